//! Random trees of everything the parser can make.

use crate::diagnostic::Span;
use crate::language::syntax::*;
use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::collection::vec;
use proptest::option::{self, of};
use proptest::prelude::*;

/// Names that come close to words of the language.
const NAMES: [&str; 20] = [
    "x", "W", "f", "k", "k'", "K_H", "df", "dx", "d", "l", "ℓ", "iv", "elta", "input", "size", "α", "x2", "sums",
    "iff", "mod_1",
];

fn name() -> impl Strategy<Value = Name> {
    proptest::sample::select(&NAMES[..]).prop_map(Name::from)
}

fn kind(kind: impl Strategy<Value = ExprKind>) -> impl Strategy<Value = Expr> {
    kind.prop_map(Expr::new)
}

fn number() -> impl Strategy<Value = ExprKind> {
    (0i64..2000, prop::sample::select(vec![1i64, 1, 1, 2, 8, 10, 100]))
        .prop_map(|(value, scale)| ExprKind::Number(BigRational::new(BigInt::from(value), BigInt::from(scale))))
}

fn range(value: impl Strategy<Value = Expr> + Clone) -> impl Strategy<Value = (Expr, Expr)> {
    (value.clone(), value)
}

fn binder(value: impl Strategy<Value = Expr> + Clone) -> impl Strategy<Value = Binder> {
    (name(), of(range(value))).prop_map(|(name, range)| Binder { name, range, span: Span::default() })
}

fn operator() -> impl Strategy<Value = Operator> {
    use Operator::{Div, Matmul, Mod, Over, Times};
    prop_oneof![4 => Just(Times), 2 => Just(Over), 1 => Just(Div), 1 => Just(Mod), 1 => Just(Matmul)]
}

/// What joins the factors of a matrix form.
fn over() -> impl Strategy<Value = Operator> {
    use Operator::{Div, Mod, Over, Times};
    prop_oneof![4 => Just(Times), 2 => Just(Over), 1 => Just(Div), 1 => Just(Mod)]
}

fn product(value: impl Strategy<Value = Expr>) -> impl Strategy<Value = ExprKind> {
    vec((operator(), value), 2..5).prop_map(|mut factors| {
        factors[0].0 = Operator::Times;
        ExprKind::Product(factors)
    })
}

fn sum(value: impl Strategy<Value = Expr> + Clone) -> impl Strategy<Value = ExprKind> {
    let sign = || prop_oneof![Just(Sign::Plus), Just(Sign::Minus)];
    prop_oneof![
        value.clone().prop_map(|term| ExprKind::Sum(vec![(Sign::Minus, term)])),
        vec((sign(), value), 2..4).prop_map(ExprKind::Sum),
    ]
}

fn call(value: impl Strategy<Value = Expr>) -> impl Strategy<Value = ExprKind> {
    let called = prop::sample::select(vec!["floor", "ceil", "min", "exp", "d", "df", "delta", "x"]);
    (called, vec(value, 0..3)).prop_map(|(name, arguments)| ExprKind::Call(name.into(), arguments))
}

fn layer(value: impl Strategy<Value = Expr> + Clone) -> impl Strategy<Value = ExprKind> {
    let setting = (name(), value.clone()).prop_map(|(name, value)| Setting { name, value, span: Span::default() });
    (name(), vec(value.clone(), 0..3), vec(setting, 0..3), of(vec(value, 1..3)))
        .prop_map(|(layer, arguments, settings, at)| LayerCall { layer, arguments, settings, at }.kind())
}

fn reduce(value: impl Strategy<Value = Expr> + Clone + 'static) -> impl Strategy<Value = ExprKind> {
    use Reduction::{Mean, Product, Sum, Variance};
    let extremum = prop::sample::select(Extremum::ALL.to_vec()).prop_map(Reduction::Extremum);
    let word = prop_oneof![Just(Sum), Just(Mean), Just(Product), Just(Variance), extremum];
    let p = option::weighted(0.3, condition_of(value.clone().boxed()));
    (word, vec(binder(value.clone()), 1..3), p, value)
        .prop_map(|(word, binders, p, body)| ExprKind::Reduce(word, binders, p.map(Box::new), Box::new(body)))
}

fn normalised(value: impl Strategy<Value = Expr> + Clone + 'static) -> impl Strategy<Value = ExprKind> {
    let word = prop::sample::select(Normaliser::ALL.to_vec());
    let p = option::weighted(0.3, condition_of(value.clone().boxed()));
    (word, vec(binder(value.clone()), 1..3), p, value).prop_map(|(word, binders, p, argument)| {
        ExprKind::Normalise(word, binders, p.map(Box::new), Box::new(argument))
    })
}

fn derivative(value: impl Strategy<Value = Expr> + Clone) -> impl Strategy<Value = ExprKind> {
    let at = vec(value.clone(), 0..3);
    prop_oneof![
        (name(), at.clone()).prop_map(|(name, at)| ExprKind::Upstream(name, at)),
        (value, name(), at).prop_map(|(of, by, at)| ExprKind::Derivative(Box::new(of), by, at)),
    ]
}

fn relation() -> impl Strategy<Value = Relation> {
    use Relation::*;
    prop::sample::select(vec![Equal, NotEqual, Less, AtMost, Greater, AtLeast])
}

fn condition_of(value: BoxedStrategy<Expr>) -> BoxedStrategy<Condition> {
    let links = vec((relation(), value.clone()), 1..3);
    let leaf = prop_oneof![
        3 => (value.clone(), links).prop_map(|(first, links)| Condition::Chain(first, links)),
        1 => (value.clone(), value).prop_map(|(left, right)| Condition::Divides(left, right)),
    ];
    leaf.prop_recursive(2, 4, 2, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Condition::All),
            vec(inner.clone(), 2..4).prop_map(Condition::Any),
            inner.prop_map(|p| Condition::Not(Box::new(p))),
        ]
    })
    .boxed()
}

/// Any expression.
pub(super) fn expression() -> BoxedStrategy<Expr> {
    let leaf = prop_oneof![kind(number()), kind(name().prop_map(ExprKind::Name))];
    leaf.prop_recursive(5, 40, 4, |value| {
        let value = value.boxed();
        let p = condition_of(value.clone());
        prop_oneof![
            3 => kind((name(), vec(value.clone(), 1..3)).prop_map(|(name, at)| ExprKind::Read(name, at))),
            3 => kind(sum(value.clone())),
            3 => kind(product(value.clone())),
            1 => kind((value.clone(), value.clone())
                .prop_map(|(base, above)| ExprKind::Power(Box::new(base), Box::new(above)))),
            2 => kind(reduce(value.clone())),
            1 => kind(call(value.clone())),
            1 => kind(layer(value.clone())),
            1 => kind(normalised(value.clone())),
            1 => kind(derivative(value.clone())),
            1 => kind(p.clone().prop_map(|p| ExprKind::Bracket(Box::new(p)))),
            1 => kind((p, value.clone(), value)
                .prop_map(|(p, then, other)| ExprKind::If(Box::new(p), Box::new(then), Box::new(other)))),
        ]
    })
    .boxed()
}

/// Any condition.
pub(super) fn condition() -> BoxedStrategy<Condition> {
    condition_of(small())
}

/// A small expression, for trees that hold many.
fn small() -> BoxedStrategy<Expr> {
    let leaf = prop_oneof![kind(number()), kind(name().prop_map(ExprKind::Name))];
    leaf.prop_recursive(2, 6, 3, |value| {
        let value = value.boxed();
        prop_oneof![
            kind(sum(value.clone())),
            kind(product(value.clone())),
            kind(reduce(value.clone())),
            kind((name(), vec(value, 1..3)).prop_map(|(name, at)| ExprKind::Read(name, at))),
        ]
    })
    .boxed()
}

/// Any target.
pub(super) fn target() -> BoxedStrategy<Target> {
    let one = || (name(), of(vec(small(), 1..3)));
    let plain = prop_oneof![
        one().prop_map(|(name, at)| Target::Value(name, at)),
        (one(), one())
            .prop_filter("the loss by itself is a gradient", |((above, at), _)| {
                at.is_some() || !["l", "ℓ"].contains(&&**above)
            })
            .prop_map(|(above, below)| Target::Jacobian(above, below)),
        one().prop_map(|(name, at)| Target::Gradient(name, at)),
    ];
    (plain, any::<bool>())
        .prop_map(|(target, shape)| if shape { Target::Shape(Box::new(target)) } else { target })
        .boxed()
}

/// A formula that stands in a matrix form as it is.
fn entry() -> impl Strategy<Value = MatrixKind> {
    let read = (name(), vec(small(), 1..3)).prop_map(|(name, at)| ExprKind::Read(name, at));
    let upstream = (name(), vec(small(), 1..3)).prop_map(|(name, at)| ExprKind::Upstream(name, at));
    let bracket = (small(), small()).prop_map(|(m, e)| ExprKind::Bracket(Box::new(Condition::Divides(m, e))));
    kind(prop_oneof![number(), read, upstream, bracket]).prop_map(MatrixKind::Entry)
}

fn matrices(
    list: impl Strategy<Value = Vec<(Operator, MatrixExpr)>>,
) -> impl Strategy<Value = Vec<(Operator, MatrixExpr)>> {
    list.prop_map(|mut factors| {
        factors[0].0 = Operator::Times;
        factors
    })
}

/// Any matrix form.
pub(super) fn matrix() -> impl Strategy<Value = MatrixExpr> {
    let called = || prop::sample::select(vec!["diag", "tr", "exp", "d", "df", "max"]).prop_map(Name::from);
    let letter = prop::sample::select(vec!["T", "I", "W", "x", "dx", "d", "l", "α", "k'"]).prop_map(Name::from);
    let leaf = prop_oneof![entry(), letter.clone().prop_map(MatrixKind::Name), letter.prop_map(MatrixKind::Upstream),];
    let entrywise = || prop_oneof![Just(Operator::Times), Just(Operator::Over)];
    let sign = || prop_oneof![Just(Sign::Plus), Just(Sign::Minus)];
    leaf.prop_map(MatrixExpr::new).prop_recursive(4, 24, 3, move |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let one = inner.clone();
        prop_oneof![
            boxed().prop_map(MatrixKind::Transpose),
            (boxed(), boxed(), any::<bool>()).prop_map(|(base, n, entry)| MatrixKind::Power(base, n, entry)),
            matrices(vec((over(), one.clone()), 2..4)).prop_map(MatrixKind::Product),
            matrices(vec((entrywise(), one.clone()), 2..4)).prop_map(MatrixKind::Entrywise),
            vec((sign(), one.clone()), 2..4).prop_map(MatrixKind::Sum),
            one.clone().prop_map(|term| MatrixKind::Sum(std::vec![(Sign::Minus, term)])),
            (called(), vec(one.clone(), 0..3)).prop_map(|(name, list)| MatrixKind::Call(name, list)),
            (relation(), one.clone(), one).prop_map(|(joint, a, b)| MatrixKind::Compare(joint, Box::new([a, b]))),
        ]
        .prop_map(MatrixExpr::new)
    })
}

fn axis() -> impl Strategy<Value = Axis> {
    let pad = prop_oneof![small().prop_map(|both| (both.clone(), both)), (small(), small())];
    (option::weighted(0.3, small()), small(), option::weighted(0.3, pad)).prop_map(|(first, last, pad)| Axis {
        first,
        last,
        pad,
    })
}

fn array() -> impl Strategy<Value = ArrayDecl> {
    (name(), vec(axis(), 0..3), option::weighted(0.2, range(small()))).prop_map(|(name, axes, values)| ArrayDecl {
        name,
        axes,
        values,
        span: Span::default(),
    })
}

fn arrays() -> impl Strategy<Value = StatementKind> {
    let role = prop_oneof![Just(Role::Input), Just(Role::Weight), Just(Role::Integer), Just(Role::Plain)];
    (role, vec(array(), 1..3))
        .prop_filter("a bare name alone declares nothing", |(role, list)| {
            *role != Role::Plain || !list[0].axes.is_empty() || (list.len() > 1 && list[0].values.is_none())
        })
        .prop_map(|(role, list)| StatementKind::Arrays(role, list))
}

fn left_index() -> impl Strategy<Value = LeftIndex> {
    prop_oneof![binder(small()).prop_map(LeftIndex::Free), small().prop_map(LeftIndex::Fixed)]
}

fn statement() -> impl Strategy<Value = Statement> {
    let size = (name(), of(small()), of(small())).prop_map(|(name, least, default)| SizeDecl {
        name,
        least,
        default,
        span: Span::default(),
    });
    let bound = of((relation().prop_filter("`=` is the default", |joint| *joint != Relation::Equal), small()));
    let param = (name(), bound, of(small())).prop_map(|(name, bound, default)| ParamDecl {
        name,
        bound,
        default,
        span: Span::default(),
    });
    let equation = (name(), vec(left_index(), 0..3), expression()).prop_map(|(array, at, body)| Equation {
        array,
        at,
        body,
        span: Span::default(),
    });
    prop_oneof![
        vec(size, 1..3).prop_map(StatementKind::Size),
        vec(param, 1..3).prop_map(StatementKind::Param),
        condition().prop_map(StatementKind::Require),
        arrays(),
        equation.prop_map(StatementKind::Equation),
        vec(name().prop_map(|name| (name, Span::default())), 1..3).prop_map(StatementKind::Output),
        (name(), "[a-zA-Z_(){}\\\\'\"]{1,8}( [a-z]{1,3})?")
            .prop_map(|(name, text)| StatementKind::Notation(name, text)),
    ]
    .prop_map(|kind| Statement { kind, span: Span::default() })
}

fn statements() -> impl Strategy<Value = Vec<Statement>> {
    vec(statement(), 0..4)
}

/// Any text that quotes can hold.
fn text() -> impl Strategy<Value = String> {
    "[a-z é$\\\\{}()#;\"\n]{0,12}[a-z]".prop_filter("three quotes end a text", |text| !text.contains("\"\"\""))
}

fn label() -> impl Strategy<Value = String> {
    "[a-z0-9][a-z0-9.]{0,3}"
}

fn answers() -> impl Strategy<Value = Vec<Answer>> {
    let sizes = vec((name(), small()), 0..3);
    let kind = prop_oneof![
        3 => (target(), sizes).prop_map(|(target, sizes)| AnswerKind::Derive(target, sizes)),
        1 => equality().prop_map(|equality| AnswerKind::Show(Box::new(equality))),
        1 => (target(), target()).prop_map(|(left, right)| AnswerKind::Compare(left, right)),
        1 => (target(), given()).prop_map(|(target, given)| AnswerKind::Given(target, given)),
        1 => target().prop_map(AnswerKind::Picture),
        1 => (bare_target(), of(layout())).prop_map(|(target, layout)| AnswerKind::Matrix(target, layout)),
        1 => target().prop_map(AnswerKind::Diagram),
        1 => target().prop_map(AnswerKind::Count),
        1 => point().prop_map(|asked| AnswerKind::Value(Box::new(asked))),
        1 => limit().prop_map(|asked| AnswerKind::Limit(Box::new(asked))),
        1 => text().prop_map(AnswerKind::Text),
    ];
    vec(kind.prop_map(|kind| Answer { kind, span: Span::default() }), 0..4)
}

fn given() -> impl Strategy<Value = GivenGradient> {
    let reading = prop::sample::select(Reading::ALL.to_vec());
    (reading, target(), of(target())).prop_map(|(reading, gradient, jacobian)| GivenGradient {
        reading,
        gradient,
        jacobian,
    })
}

fn point() -> impl Strategy<Value = ValueAsked> {
    let values = small().prop_map(Values::One);
    let values = values.prop_recursive(3, 8, 3, |inner| vec(inner, 1..4).prop_map(Values::List));
    let of = prop_oneof![
        (name(), of(vec(small(), 1..3))).prop_map(|(name, at)| Target::Value(name, at)),
        (name(), of(vec(small(), 1..3))).prop_map(|(name, at)| Target::Gradient(name, at)),
    ];
    let given = (of, values).prop_map(|(of, values)| Given { of, values, span: Span::default() });
    (target(), vec((name(), small()), 0..3), vec(given, 1..4)).prop_map(|(target, sizes, at)| ValueAsked {
        target,
        sizes,
        at,
    })
}

fn limit() -> impl Strategy<Value = LimitAsked> {
    let to = prop_oneof![
        Just(Place::Infinity(Sign::Plus)),
        Just(Place::Infinity(Sign::Minus)),
        small().prop_map(Place::At),
    ];
    (target(), name(), to).prop_map(|(target, param, to)| LimitAsked { target, param, to })
}

fn equality() -> impl Strategy<Value = Equality> {
    let ranged =
        (name(), range(small())).prop_map(|(name, range)| Binder { name, range: Some(range), span: Span::default() });
    ([expression(), expression()], vec(ranged, 0..3)).prop_map(|(sides, ranges)| Equality { sides, ranges })
}

fn layout() -> impl Strategy<Value = Layout> {
    prop::sample::select(Layout::ALL.to_vec())
}

/// Any target but a shape.
fn bare_target() -> impl Strategy<Value = Target> {
    target().prop_map(|target| target.within().clone())
}

fn homework() -> impl Strategy<Value = Homework> {
    let own = prop_oneof![3 => Just(Vec::new()), 1 => statements()];
    let part = (label(), text(), own, answers()).prop_map(|(label, text, statements, answers)| Part {
        label,
        text,
        statements,
        answers,
    });
    let question = (label(), text(), of(layout()), statements(), answers(), vec(part, 0..3)).prop_map(
        |(label, text, layout, statements, answers, parts)| Question {
            label,
            text,
            layout,
            statements,
            answers,
            parts,
            span: Span::default(),
        },
    );
    let problem = (label(), text(), of(layout()), vec(question, 0..3))
        .prop_map(|(label, title, layout, questions)| Problem { label, title, layout, questions });
    let date = of("[0-9-]{1,10}");
    (text(), of(text()), of(text()), date, vec(text(), 0..3), of(layout()), vec(problem, 0..2)).prop_map(
        |(title, author, course, date, numbering, layout, problems)| Homework {
            title,
            author,
            course,
            date,
            numbering,
            layout,
            problems,
        },
    )
}

fn test() -> impl Strategy<Value = Test> {
    let subject = (name(), vec((name(), small()), 0..3)).prop_map(|(layer, sizes)| Subject {
        layer,
        sizes,
        span: Span::default(),
    });
    let matrix = (matrix(), of(layout())).prop_map(|(matrix, layout)| ClaimValue::Matrix(matrix, layout));
    let count = expression().prop_map(ClaimValue::Count);
    let formula = prop_oneof![3 => expression().prop_map(ClaimValue::Formula), 1 => matrix, 1 => count];
    let claim = (any::<bool>(), target(), formula, vec(small(), 0..4), of(text())).prop_map(
        |(expected, target, formula, lengths, because)| {
            let value = match target {
                Target::Shape(_) => ClaimValue::Shape(lengths),
                _ => formula,
            };
            Claim { expected, target, value, because, span: Span::default() }
        },
    );
    (text(), of(subject), statements(), vec(claim, 0..4)).prop_map(|(title, subject, statements, claims)| Test {
        title,
        subject,
        statements,
        claims,
        span: Span::default(),
    })
}

/// Any file.
pub(super) fn file() -> impl Strategy<Value = File> {
    let layer = (name(), prop_oneof![Just(String::new()), text()], statements())
        .prop_map(|(name, about, statements)| Layer { name, about, statements, span: Span::default() });
    let item =
        prop_oneof![layer.prop_map(Item::Layer), homework().prop_map(Item::Homework), test().prop_map(Item::Test),];
    (of(-3i64..3), vec(item, 0..3), statements()).prop_map(|(base, items, statements)| File { base, items, statements })
}
