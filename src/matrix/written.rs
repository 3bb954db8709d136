//! A matrix form that somebody wrote, given the shapes of a system: the way from `W^T*g` to a matrix
//! whose entries can be compared.
//!
//! `1` and `I` take the shape that their place asks for; 1 is a number where a scalar is wanted. Nothing
//! of the recognition is used here. Invariant: what is read fits together – every product joins equal
//! ranges, and the whole has the shape asked for.

use super::plain::{is_number, plain};
use super::shapes::{Dim, Draft, Op, Shapes};
use super::{Extent, Form, Matrix};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::integer::Index;
use crate::language::function::Function;
use crate::language::greek;
use crate::language::print::{Alphabet, matrix as print};
use crate::language::syntax::{Expr, ExprKind, MatrixExpr, MatrixKind, Name, Operator, Sign};
use crate::model::{Quote, System};
use num_traits::{One, ToPrimitive, Zero};

/// How many parts a written form may have.
const MOST_PARTS: usize = 500;

/// The letters that a write-up gives to what the author left without one.
#[derive(Clone, Copy, Debug)]
pub struct Letters<'a> {
    /// Output, letter of its upstream gradient.
    pub upstream: &'a [(Name, Name)],
    /// Letter, length of an axis.
    pub lengths: &'a [(Name, Index)],
}

/// A matrix form that was read.
#[derive(Clone, Debug)]
pub struct Written {
    /// The matrix.
    pub matrix: Matrix,
    /// Whether an upstream gradient was written with its letter.
    pub lettered: bool,
}

/// Why a written form is no matrix of the shape asked for.
#[derive(Clone, Debug)]
pub enum Misfit {
    /// Something in it is not known, or has no meaning.
    Unreadable(Diagnostic),
    /// Shapes in it do not fit together: a sentence with both.
    Shapes(String),
    /// Its shape, and the one asked for.
    Whole([String; 2]),
}

impl From<Diagnostic> for Misfit {
    fn from(diagnostic: Diagnostic) -> Self {
        Misfit::Unreadable(diagnostic)
    }
}

type Read<T> = Result<T, Misfit>;

/// A written form as a matrix with these rows and columns.
///
/// # Errors
/// Why it is none.
pub fn read(system: &System, letters: Letters<'_>, written: &MatrixExpr, wanted: &[Extent; 2]) -> Read<Written> {
    let mut reader = Reader { system, letters, shapes: Shapes::default(), lettered: false, parts: 0 };
    let [rows, columns] = wanted.each_ref().map(|extent| Dim::Known(extent.clone()));
    let zero = matches!(&written.kind, MatrixKind::Entry(e) if is_number(e, Zero::is_zero));
    let draft = match zero {
        true => {
            let form = Form::Scalar(Expr::integer(0));
            Draft::leaf(form, rows.clone(), columns.clone(), written.span)
        }
        false => reader.matrix(written)?,
    };
    if !(reader.shapes.join(&draft.rows, &rows) && reader.shapes.join(&draft.columns, &columns)) {
        let (yours, right) = (reader.shape(&draft), reader.shapes.text(&rows, &columns));
        return Err(Misfit::Whole([yours, right]));
    }
    let lettered = reader.lettered;
    match reader.shapes.matrix(draft) {
        Ok(matrix) => Ok(Written { matrix, lettered }),
        Err(span) => {
            let message = "how many rows this has does not follow from what it stands with";
            Err(Diagnostic::new(message, span).hint("give it a place in a product or a sum with an array").into())
        }
    }
}

struct Reader<'a> {
    system: &'a System,
    letters: Letters<'a>,
    shapes: Shapes,
    lettered: bool,
    parts: usize,
}

impl Reader<'_> {
    fn shape(&self, draft: &Draft) -> String {
        self.shapes.text(&draft.rows, &draft.columns)
    }

    fn matrix(&mut self, written: &MatrixExpr) -> Read<Draft> {
        let span = written.span;
        self.parts += 1;
        if self.parts > MOST_PARTS {
            let message = format!("a matrix form has at most {MOST_PARTS} parts");
            return Err(Diagnostic::new(message, span)
                .hint("give a part of it a name, in an equation of its own")
                .into());
        }
        match &written.kind {
            MatrixKind::Entry(value) if is_number(value, One::is_one) => {
                let rows = self.shapes.open();
                Ok(Draft::leaf(Form::Ones, rows, Dim::Known(Extent::One), span))
            }
            MatrixKind::Entry(value) => match self.slice(value) {
                Some((name, at)) => self.array(Form::Slice(name.clone(), at.to_vec()), name, span),
                None => Ok(Draft::scalar(value.clone(), span)),
            },
            MatrixKind::Name(name) => self.name(name, span),
            MatrixKind::Upstream(name) => self.upstream(name, span),
            MatrixKind::Transpose(of) => self.transpose(of, span),
            MatrixKind::Power(base, exponent, entry) => self.power(base, exponent, *entry, span),
            MatrixKind::Product(factors) => self.product(written, factors),
            MatrixKind::Entrywise(factors) => self.entrywise(factors),
            MatrixKind::Sum(terms) => {
                let parts: Read<Vec<Draft>> = terms.iter().map(|(_, term)| self.matrix(term)).collect();
                let parts = parts?;
                for (place, part) in parts.iter().enumerate().skip(1) {
                    self.alike((&terms[0].1, &parts[0]), (&terms[place].1, part), "added to")?;
                }
                let signs: Vec<Sign> = terms.iter().map(|(sign, _)| *sign).collect();
                Ok(Draft::like(Op::Sum(signs), parts, span))
            }
            MatrixKind::Call(name, arguments) => self.call(name, arguments, span),
            MatrixKind::Compare(relation, pair) => {
                let parts = vec![self.matrix(&pair[0])?, self.matrix(&pair[1])?];
                self.broadcast(Op::Compare(*relation), &[&pair[0], &pair[1]], parts, span)
            }
        }
    }

    fn name(&mut self, name: &Name, span: Span) -> Read<Draft> {
        if self.system.bounds(name).is_some() {
            return self.array(Form::Array(name.clone()), name, span);
        }
        let scalar = |value: Expr| Ok(Draft::scalar(value, span));
        if self.system.given.contains_key(name) || self.system.sizes.iter().any(|(size, _)| size == name) {
            return scalar(Expr::name(name.clone()));
        }
        let letter = self.letters.upstream.iter().find(|(_, letter)| letter == name).map(|(output, _)| output);
        let output = match (letter, self.system.outputs.as_slice()) {
            (None, [only]) if &**name == "g" => Some(only),
            (letter, _) => letter,
        };
        if let Some(output) = output {
            self.lettered = true;
            return self.array(Form::Upstream(output.clone(), None), output, span);
        }
        if let Some((_, length)) = self.letters.lengths.iter().find(|(letter, _)| letter == name) {
            return scalar(Quote::plain().index(length));
        }
        match &**name {
            "I" => {
                let side = self.shapes.open();
                Ok(Draft::leaf(Form::Identity, side.clone(), side, span))
            }
            "pi" | "π" => scalar(Expr::name(Function::Pi.name())),
            _ => match greek::typed(name) {
                Some(typed) => self.name(&typed.into(), span),
                None => Err(self.unknown(name, span).into()),
            },
        }
    }

    fn unknown(&self, name: &Name, span: Span) -> Diagnostic {
        let known = self.system.arrays.iter().map(|a| &*a.name).chain(self.system.equations.iter().map(|e| &*e.array));
        let names: Vec<&str> = known.collect();
        let hint = match nearest(name, names.iter().copied()) {
            Some(guess) => format!("did you mean `{guess}`?"),
            None => format!("the arrays are {}; `I` is the identity, `1` a vector of ones", names.join(", ")),
        };
        Diagnostic::new(format!("there is no array `{name}`"), span).hint(hint)
    }

    fn upstream(&mut self, name: &Name, span: Span) -> Read<Draft> {
        if self.system.equation(name).is_some() {
            return self.array(Form::Upstream(name.clone(), None), name, span);
        }
        if self.system.bounds(name).is_none() {
            return Err(self.unknown(name, span).into());
        }
        let message = format!("`dl/d{name}` is what is asked for: nothing defines `{name}`");
        let outputs: Vec<String> = self.system.outputs.iter().map(|o| format!("`dl/d{o}`")).collect();
        Err(Diagnostic::new(message, span).hint(format!("given upstream: {}", outputs.join(", "))).into())
    }

    /// The array and the first indices of a read that leaves axes open: `x[1]` of a matrix x.
    fn slice<'e>(&self, value: &'e Expr) -> Option<(&'e Name, &'e [Expr])> {
        let ExprKind::Read(name, at) = &value.kind else { return None };
        (self.system.bounds(name)?.len() > at.len()).then_some((name, at))
    }

    /// An array, or what the first indices leave of it, as a matrix: two axes are rows and columns; of any
    /// other number those with more than one place count.
    fn array(&mut self, form: Form, name: &Name, span: Span) -> Read<Draft> {
        let given = if let Form::Slice(_, first) = &form { first.len() } else { 0 };
        let axes = self.system.bounds(name).unwrap_or_default();
        let mut extents: Vec<Extent> = axes.iter().skip(given).map(|(lo, hi)| Extent::new(lo, hi)).collect();
        if extents.len() != 2 {
            extents.retain(|extent| *extent != Extent::One);
        }
        let count = extents.len();
        let mut extents = extents.into_iter().map(Dim::Known);
        let (rows, columns) = (extents.next(), extents.next());
        if count > 2 {
            let message = format!("`{name}` has {count} axes, a matrix has two");
            return Err(Diagnostic::new(message, span).hint("claim it with indices").into());
        }
        let one = || Dim::Known(Extent::One);
        Ok(Draft::leaf(form, rows.unwrap_or_else(one), columns.unwrap_or_else(one), span))
    }

    /// `A^T`; of a scalar a power, if T is a size or an array.
    fn transpose(&mut self, of: &MatrixExpr, span: Span) -> Read<Draft> {
        let part = self.matrix(of)?;
        let t: Name = "T".into();
        let named = self.system.names(&t);
        if named && self.shapes.is_scalar(&part) {
            let exponent = self.name(&t, span)?;
            return Ok(Draft::like(Op::Apply(Function::Pow), vec![part, exponent], span));
        }
        let (rows, columns) = (part.columns.clone(), part.rows.clone());
        Ok(Draft { op: Op::Transpose, parts: vec![part], rows, columns, span })
    }

    fn power(&mut self, base: &MatrixExpr, exponent: &MatrixExpr, entry: bool, span: Span) -> Read<Draft> {
        let part = self.matrix(base)?;
        if !entry && self.shapes.is_wide(&part) {
            let text = print(base, Alphabet::Ascii);
            let message =
                format!("a power of `{text}`, which is {}, could be of its entries or of it", self.shape(&part));
            let hint = format!("write `{text}.^2` entry by entry, or `{text}*{text}`");
            return Err(Diagnostic::new(message, span).hint(hint).into());
        }
        let whole = plain(exponent).and_then(|value| match value.kind {
            ExprKind::Number(n) if n.is_integer() => n.to_integer().to_i64(),
            ExprKind::Sum(terms) => match terms.as_slice() {
                [(Sign::Minus, Expr { kind: ExprKind::Number(n), .. })] if n.is_integer() => {
                    n.to_integer().to_i64().and_then(i64::checked_neg)
                }
                _ => None,
            },
            _ => None,
        });
        if let Some(n) = whole {
            return Ok(Draft::like(Op::Power(n), vec![part], span));
        }
        let raised = self.matrix(exponent)?;
        self.broadcast(Op::Apply(Function::Pow), &[base, exponent], vec![part, raised], span)
    }

    /// A product from the left: scalars scale, anything else is joined at equal ranges.
    fn product(&mut self, whole: &MatrixExpr, factors: &[(Operator, MatrixExpr)]) -> Read<Draft> {
        if factors.iter().any(|(operator, _)| matches!(operator, Operator::Div | Operator::Mod)) {
            let integers = plain(whole).ok_or_else(|| {
                Diagnostic::new("`div` and `mod` stand between integers", whole.span).hint("as in `N div 2`")
            })?;
            return Ok(Draft::scalar(integers, whole.span));
        }
        let mut left: Option<Draft> = None;
        for (place, (operator, factor)) in factors.iter().enumerate() {
            let right = self.matrix(factor)?;
            left = Some(match left {
                None => right,
                Some(before) if *operator == Operator::Over => self.divided(before, right, factor)?,
                Some(before) => self.times(before, right, (&factors[..place], factor))?,
            });
        }
        left.ok_or_else(|| Diagnostic::new("this product is empty", whole.span).into())
    }

    fn times(
        &mut self,
        left: Draft,
        right: Draft,
        (before, factor): (&[(Operator, MatrixExpr)], &MatrixExpr),
    ) -> Read<Draft> {
        if self.shapes.is_open_column(&left) && !self.shapes.is_one(&right.rows) {
            self.shapes.join(&left.rows, &Dim::Known(Extent::One));
        }
        if self.shapes.is_scalar(&left) {
            return Ok(Draft::scaled(left, right));
        }
        if self.shapes.is_scalar(&right) {
            return Ok(Draft::scaled(right, left));
        }
        if self.shapes.join(&left.columns, &right.rows) {
            return Ok(Draft::product(left, right));
        }
        let kind = MatrixKind::Product(before.to_vec());
        let whole = MatrixExpr::new(kind);
        let before = if let [(_, only)] = before { only } else { &whole };
        Err(self.clash((before, &left), (factor, &right), "times"))
    }

    fn divided(&mut self, above: Draft, below: Draft, divisor: &MatrixExpr) -> Read<Draft> {
        let one = Dim::Known(Extent::One);
        if self.shapes.join(&below.rows, &one) && self.shapes.join(&below.columns, &one) {
            return Ok(Draft::like(Op::Quotient, vec![above, below], divisor.span));
        }
        let message =
            format!("`{}` is {}: nothing is divided by it", print(divisor, Alphabet::Ascii), self.shape(&below));
        Err(Diagnostic::new(message, divisor.span).hint("entry by entry, write `./`").into())
    }

    fn entrywise(&mut self, factors: &[(Operator, MatrixExpr)]) -> Read<Draft> {
        let mut left: Option<Draft> = None;
        for (operator, factor) in factors {
            let right = self.matrix(factor)?;
            left = Some(match left {
                None => right,
                Some(before) => {
                    self.alike((&factors[0].1, &before), (factor, &right), "entry by entry with")?;
                    let op = if *operator == Operator::Over { Op::Quotient } else { Op::Hadamard };
                    let span = before.span.to(right.span);
                    Draft::like(op, vec![before, right], span)
                }
            });
        }
        left.ok_or_else(|| Diagnostic::general("this product is empty").into())
    }

    /// Two forms of one shape.
    fn alike(&mut self, a: (&MatrixExpr, &Draft), b: (&MatrixExpr, &Draft), how: &str) -> Read<()> {
        if self.shapes.join(&a.1.rows, &b.1.rows) && self.shapes.join(&a.1.columns, &b.1.columns) {
            return Ok(());
        }
        Err(self.clash(a, b, how))
    }

    fn clash(&self, (a, left): (&MatrixExpr, &Draft), (b, right): (&MatrixExpr, &Draft), how: &str) -> Misfit {
        let text = |m: &MatrixExpr| print(m, Alphabet::Ascii);
        let (left, right) = (self.shape(left), self.shape(right));
        Misfit::Shapes(format!("the shapes do not fit: `{}`, {left}, {how} `{}`, {right}", text(a), text(b)))
    }

    /// Of one shape, but for scalars, which are the same for all entries: a `1` beside anything else is one.
    fn broadcast(&mut self, op: Op, written: &[&MatrixExpr], parts: Vec<Draft>, span: Span) -> Read<Draft> {
        let (ones, others): (Vec<&Draft>, Vec<&Draft>) = parts.iter().partition(|p| self.shapes.is_open_column(p));
        if !others.is_empty() {
            for one in ones {
                self.shapes.join(&one.rows, &Dim::Known(Extent::One));
            }
        }
        let mut first: Option<usize> = None;
        for (place, part) in parts.iter().enumerate() {
            if self.shapes.is_scalar(part) {
                continue;
            }
            match first {
                None => first = Some(place),
                Some(k) => self.alike((written[k], &parts[k]), (written[place], part), "entry by entry with")?,
            }
        }
        let wide = first.or((!parts.is_empty()).then_some(0));
        let one = || Dim::Known(Extent::One);
        let (rows, columns) = wide.map_or((one(), one()), |k| (parts[k].rows.clone(), parts[k].columns.clone()));
        Ok(Draft { op, parts, rows, columns, span })
    }

    fn call(&mut self, name: &Name, arguments: &[MatrixExpr], span: Span) -> Read<Draft> {
        let parts: Read<Vec<Draft>> = arguments.iter().map(|argument| self.matrix(argument)).collect();
        let mut parts = parts?;
        match (&**name, parts.len()) {
            ("tr", 1) => {
                let of = parts.remove(0);
                self.square(&arguments[0], &of)?;
                let one = Dim::Known(Extent::One);
                Ok(Draft { op: Op::Trace, parts: vec![of], rows: one.clone(), columns: one, span })
            }
            ("diag", 1) => {
                let of = parts.remove(0);
                let side = of.rows.clone();
                if self.shapes.is_one(&of.columns) {
                    return Ok(Draft { op: Op::Diag, parts: vec![of], rows: side.clone(), columns: side, span });
                }
                self.square(&arguments[0], &of)?;
                Ok(Draft { op: Op::Diagonal, parts: vec![of], rows: side, columns: Dim::Known(Extent::One), span })
            }
            _ => {
                let Some(function) = Function::named(name, parts.len()) else {
                    return Err(unknown_function(name, parts.len(), span).into());
                };
                let written: Vec<&MatrixExpr> = arguments.iter().collect();
                self.broadcast(Op::Apply(function), &written, parts, span)
            }
        }
    }

    fn square(&mut self, written: &MatrixExpr, of: &Draft) -> Read<()> {
        if self.shapes.join(&of.rows, &of.columns) {
            return Ok(());
        }
        let text = print(written, Alphabet::Ascii);
        Err(Misfit::Shapes(format!("`{text}` is {}, which is not square", self.shape(of))))
    }
}

fn unknown_function(name: &Name, arguments: usize, span: Span) -> Diagnostic {
    let known = || Function::all().map(Function::name).chain(["diag", "tr"]);
    match known().find(|word| *word == &**name) {
        Some(_) => Diagnostic::new(format!("`{name}` does not take {arguments} arguments"), span),
        None => {
            let diagnostic = Diagnostic::new(format!("there is no function `{name}` of matrices"), span);
            match nearest(name, known()) {
                Some(guess) => diagnostic.hint(format!("did you mean `{guess}`?")),
                None => diagnostic.hint("give it a name in an equation, or claim it with indices"),
            }
        }
    }
}
