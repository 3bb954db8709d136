//! The right side of a formula as an expression of the specification language.

use super::head::{Head, Items, plain, power_of_indices};
use super::whole::is_transpose;
use crate::answer::Names;
use crate::diagnostic::Diagnostic;
use crate::language::function::Function;
use crate::language::syntax::{Condition, Expr, ExprKind, Layout, Name, Operator, Relation, Target};
use crate::latex::{Fence, Kind, Link, Tree, read};
use crate::model::System;
use num_bigint::BigInt;
use num_rational::BigRational;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

/// The longest number that is read.
const MOST_DIGITS: usize = 100;

/// Reads formulas about one system.
#[derive(Clone)]
pub struct Reader<'a> {
    pub(super) system: &'a System,
    pub(super) names: &'a Names,
    /// The notations of arrays, the longest first.
    pub(super) patterns: Patterns,
    /// The author's own symbols and what they are.
    definitions: Vec<(Name, Expr)>,
    /// Letters of the author's for arrays and derivatives, without indices.
    pub(super) letters: Vec<(Symbol, Head)>,
    /// The author's own symbols that have indices or are whole vectors.
    pub(super) own: Vec<Own>,
    /// How derivatives are laid out.
    pub(super) layout: Layout,
    /// Whether indices above and below stand in the other order than they are written in.
    pub(super) swapped: bool,
    /// Names that a fresh index must not have.
    pub(super) taken: RefCell<BTreeSet<Name>>,
    /// Whether the statement that is read speaks of an upstream gradient.
    pub(super) upstream: Cell<bool>,
    /// The same, of that of an output.
    pub(super) given: Cell<bool>,
    /// Whether its left side is `dW`.
    pub(super) differentials: Cell<bool>,
}

/// A symbol of the author's own with what it stands for: `\delta_i = p_i - y_i`, `\delta = p - y`.
#[derive(Clone, Debug)]
pub struct Own {
    /// The letter, without indices.
    pub letter: Tree,
    /// Its indices; none of a whole vector.
    pub at: Vec<Name>,
    /// What it stands for.
    pub value: Tree,
}

/// A symbol as it is written: its factors.
pub type Symbol = Vec<(Link, Tree)>;

/// The notations of a system's arrays, read; the longest first.
pub type Patterns = Rc<[(Symbol, Name)]>;

/// Reads the notations of a system's arrays.
pub fn patterns(system: &System) -> Patterns {
    let pattern = |(name, text): &(Name, String)| {
        let tree = read(text).ok()?.into_iter().next()?;
        let items = match tree.kind {
            Kind::Row(factors) => factors,
            _ => vec![(Link::Beside, tree)],
        };
        Some((items, name.clone()))
    };
    let mut patterns: Vec<_> = system.notation.iter().filter_map(pattern).collect();
    patterns.sort_by_key(|(items, _)| std::cmp::Reverse(items.len()));
    patterns.into()
}

impl<'a> Reader<'a> {
    /// Of a system, with the letters its write-up uses.
    pub fn new(system: &'a System, names: &'a Names) -> Reader<'a> {
        Reader::with_patterns(system, names, patterns(system))
    }

    /// The same with the system's [`patterns`], which need not be read again.
    pub fn with_patterns(system: &'a System, names: &'a Names, patterns: Patterns) -> Reader<'a> {
        Reader {
            system,
            names,
            patterns,
            definitions: Vec::new(),
            letters: Vec::new(),
            own: Vec::new(),
            layout: Layout::default(),
            swapped: false,
            taken: RefCell::default(),
            upstream: Cell::new(false),
            given: Cell::new(false),
            differentials: Cell::new(false),
        }
    }

    /// The same with the layout in which whole derivatives are written.
    pub fn with_layout(self, layout: Layout) -> Self {
        Reader { layout, ..self }
    }

    /// The same with symbols of the author's own that have indices or are whole vectors.
    pub fn with_own(self, own: &[Own]) -> Self {
        Reader { own: own.to_vec(), ..self }
    }

    /// The same as it was before a symbol of the author's own was defined.
    pub(super) fn before(&self, place: usize) -> Self {
        Reader { own: self.own[..place].to_vec(), ..self.clone() }
    }

    /// The same with indices above and below in the other order.
    pub(super) fn with_scripts_swapped(self) -> Self {
        Reader { swapped: !self.swapped, ..self }
    }

    /// The layout in which whole derivatives are read.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// An index that means nothing else here.
    pub(super) fn fresh(&self, scope: &[Name]) -> Name {
        const LETTERS: [&str; 12] = ["i", "j", "k", "m", "n", "p", "q", "r", "s", "t", "u", "v"];
        let mut taken = self.taken.borrow_mut();
        let free = |name: &Name| {
            !(taken.contains(name) || scope.contains(name) || self.system.names(name) || self.is_defined(name))
        };
        let numbered = (0..).map(|k| Name::from(format!("at_{k}")));
        let found = LETTERS.into_iter().map(Name::from).chain(numbered).find(free).unwrap_or_else(|| "at".into());
        taken.insert(found.clone());
        found
    }

    /// The same with symbols that the author defined.
    pub fn with_definitions(mut self, definitions: &[(Name, Expr)]) -> Self {
        self.definitions = definitions.to_vec();
        self
    }

    /// The same with letters for what has a name here: an array, a size, `dl/dW`, `df/dx`; others are
    /// passed over.
    pub fn with_letters<'s>(mut self, letters: impl IntoIterator<Item = (&'s Symbol, &'s str)>) -> Self {
        for (symbol, name) in letters {
            let symbol: Symbol = symbol.iter().map(|(link, tree)| (*link, self.spelled(tree))).collect();
            if let Some(head) = self.named(name) {
                self.letters.push((symbol, head));
            } else if let ([(_, tree)], true) = (symbol.as_slice(), self.is_size(name))
                && let Some(letter) = plain(tree)
            {
                self.definitions.push((letter.as_str().into(), Expr::name(name)));
            }
        }
        self
    }

    /// Whether something has this name here: an array, a size, a derivative.
    pub fn has(&self, name: &str) -> bool {
        self.is_size(name) || self.named(name).is_some()
    }

    /// The array or derivative of a name such as `W` or `dl/dW`.
    fn named(&self, name: &str) -> Option<Head> {
        let array = |name: &str| self.is_array(name).then(|| (Name::from(name), Vec::new()));
        let Some((above, below)) = name.split_once('/') else {
            return array(name).map(|(name, at)| Head::Array(name, at));
        };
        let (name, at) = array(below.trim().strip_prefix('d')?)?;
        match above.trim().strip_prefix('d')? {
            "l" => Some(Head::Gradient(name, at)),
            output => Some(Head::Local(array(output)?, (name, at))),
        }
    }

    /// The symbol of the author's own that a left side is: a letter that names nothing declared, and no
    /// entry of an array that an equation defines.
    pub fn own_symbol(&self, tree: &Tree) -> Option<Name> {
        let name = plain(tree).filter(|name| !self.is_array(name) && !self.is_size(name))?;
        let letter = self.names.upstream.iter().any(|(_, letter)| **letter == *name);
        (!letter && !self.is_entry(tree)).then(|| name.as_str().into())
    }

    /// Adds the names of an expression that are neither declared nor bound in it.
    pub fn unknown(&self, expr: &Expr, found: &mut Vec<String>) {
        match &expr.kind {
            ExprKind::Name(name) if !self.is_size(name) && !self.is_array(name) => {
                if !found.contains(&name.to_string()) {
                    found.push(name.to_string());
                }
            }
            ExprKind::Reduce(..) => {}
            _ => crate::model::visit(expr, &mut |part| self.unknown(part, found)),
        }
    }

    /// Whether a name is a symbol that the author defined.
    pub(super) fn is_defined(&self, name: &str) -> bool {
        self.definitions.iter().any(|(known, _)| **known == *name)
    }

    /// Whether a letter that nothing declares has a meaning: that of a length, of an upstream gradient, of a
    /// constant.
    pub(super) fn is_letter(&self, name: &str) -> bool {
        let length = self.names.lengths.iter().any(|(letter, _)| **letter == *name);
        length || self.is_upstream(name) || Function::named(name, 0).is_some()
    }

    /// Whether a name is a size of the system, a symbol or given.
    pub fn is_size(&self, name: &str) -> bool {
        self.system.given.contains_key(name) || self.system.sizes.iter().any(|(size, _)| **size == *name)
    }

    /// The names among the indices of a target.
    pub fn indices_of(&self, target: &Target) -> Vec<Name> {
        let lists = match target {
            Target::Shape(inner) => return self.indices_of(inner),
            Target::Value(_, at) | Target::Gradient(_, at) => vec![at],
            Target::Jacobian((_, rows), (_, columns)) => vec![rows, columns],
            Target::Second(parts) => parts.iter().map(|(_, at)| at).collect(),
        };
        let name = |e: &Expr| match &e.kind {
            ExprKind::Name(name) => Some(name.clone()),
            _ => None,
        };
        lists.into_iter().flatten().flatten().filter_map(name).collect()
    }

    /// The value a tree stands for; `scope` holds the indices that are bound or free here.
    ///
    /// # Errors
    /// What has no meaning, at its place.
    pub fn value(&self, tree: &Tree, scope: &[Name]) -> Result<Expr, Diagnostic> {
        let kind = match &tree.kind {
            Kind::Number(digits) if digits.len() > MOST_DIGITS => {
                return Err(Diagnostic::new(format!("a number of {} digits is too long", digits.len()), tree.span));
            }
            Kind::Number(digits) => ExprKind::Number(number(digits)),
            Kind::Sum(terms) => {
                let terms = terms.iter().map(|(sign, term)| Ok((*sign, self.value(term, scope)?)));
                ExprKind::Sum(terms.collect::<Result<_, Diagnostic>>()?)
            }
            Kind::Row(factors) => return self.row(factors, tree, scope),
            Kind::Big(word, below, above, body) => return self.big(word, (below, above), body, tree, scope),
            Kind::Cases(cases) => return self.cases(cases, tree, scope),
            Kind::Relations(Some(_), _) | Kind::Joined(..) => {
                return Err(Diagnostic::new("a condition stands where a value is expected", tree.span)
                    .hint("a condition in square brackets counts 1 or 0"));
            }
            Kind::Relations(None, _) | Kind::List(_) | Kind::Words(_) => {
                return Err(Diagnostic::new("a value is expected here", tree.span));
            }
            _ => return self.row(&[(Link::Beside, tree.clone())], tree, scope),
        };
        Ok(Expr { kind, span: tree.span })
    }

    fn row(&self, items: &Items, whole: &Tree, scope: &[Name]) -> Result<Expr, Diagnostic> {
        let mut product: Vec<(Operator, Expr)> = Vec::new();
        let mut place = 0;
        while place < items.len() {
            let (link, item) = &items[place];
            let operator = match link {
                Link::Beside | Link::Dot | Link::Cross | Link::Entry => Operator::Times,
                Link::Slash => Operator::Over,
                Link::Mod => Operator::Mod,
            };
            let (factor, used) = self.factor(&items[place..], scope)?;
            product.push((operator, Expr { kind: factor, span: item.span }));
            place += used;
        }
        match product.len() {
            1 => Ok(product.remove(0).1),
            _ => Ok(Expr { kind: ExprKind::Product(product), span: whole.span }),
        }
    }

    /// The factor that items begin with, and how many of them it takes.
    pub(super) fn factor(&self, items: &Items, scope: &[Name]) -> Result<(ExprKind, usize), Diagnostic> {
        if let Some(found) = self.made_of_wholes(items, scope)? {
            return Ok(found);
        }
        if let Some((head, used)) = self.head(items, scope)? {
            let above = match &items[0].1.kind {
                Kind::Scripts(_, _, Some(above)) if !matches!(above.kind, Kind::Fenced(..)) => Some(&**above),
                _ if used > 1 => power_of_indices(&items[used - 1].1).map(|(_, above)| above),
                _ => None,
            };
            let kind = self.head_expr(head);
            return Ok((self.raised(kind, above, scope)?, used));
        }
        let item = &items[0].1;
        if let Some(found) = self.delta(item, scope)? {
            return Ok((found, 1));
        }
        if let Some(found) = self.owned(item, scope)? {
            return Ok((found, 1));
        }
        if let Some(call) = self.function(items, scope)? {
            return Ok(call);
        }
        if let Some(name) = plain(item) {
            if ["bb 1", "bb I", "I"].contains(&name.as_str())
                && !self.system.names(&name)
                && let Some((Link::Beside, next)) = items.get(1)
                && let (fenced, above) = match &next.kind {
                    Kind::Scripts(base, None, Some(above)) => (&**base, Some(&**above)),
                    _ => (next, None),
                }
                && let Kind::Fenced(_, inner) = &fenced.kind
            {
                let kind = self.bracket(inner, fenced.span, scope)?;
                return Ok((self.raised(kind, above, scope)?, 2));
            }
            let defined = self.definitions.iter().find(|(n, _)| **n == *name && !scope.contains(n));
            let kind = defined.map_or_else(|| ExprKind::Name(name.as_str().into()), |(_, value)| value.kind.clone());
            return Ok((kind, 1));
        }
        Ok((self.single(item, scope)?, 1))
    }

    fn single(&self, item: &Tree, scope: &[Name]) -> Result<ExprKind, Diagnostic> {
        let call = |word: &str, inner: &[Tree]| match inner {
            [only] => Ok(ExprKind::Call(word.into(), vec![self.value(only, scope)?])),
            _ => Err(Diagnostic::new("one value is expected in these brackets", item.span)),
        };
        match &item.kind {
            Kind::Over(above, below) => {
                let parts =
                    vec![(Operator::Times, self.value(above, scope)?), (Operator::Over, self.value(below, scope)?)];
                Ok(ExprKind::Product(parts))
            }
            Kind::Root(inner) => call("sqrt", std::slice::from_ref(&**inner)),
            Kind::Fenced(Fence::Floor, inner) => call("floor", inner),
            Kind::Fenced(Fence::Ceil, inner) => call("ceil", inner),
            Kind::Fenced(Fence::Bars, inner) => call("abs", inner),
            Kind::Fenced(Fence::Square | Fence::Curly, inner) if inner.iter().any(is_condition) => {
                self.bracket(inner, item.span, scope)
            }
            Kind::Fenced(_, inner) => match inner.as_slice() {
                [only] => Ok(self.value(only, scope)?.kind),
                _ => Err(Diagnostic::new("this list belongs to no array", item.span)
                    .hint("is the letter before it declared?")),
            },
            Kind::Scripts(base, None, Some(above)) => {
                let base = self.value(base, scope)?;
                self.raised(base.kind, Some(above), scope)
            }
            Kind::Scripts(base, below @ Some(_), Some(above)) => {
                let inner = Tree { kind: Kind::Scripts(base.clone(), below.clone(), None), span: item.span };
                self.raised(self.value(&inner, scope)?.kind, Some(above), scope)
            }
            Kind::Scripts(base, Some(_), _) => {
                let shown = plain(base).unwrap_or_default();
                Err(Diagnostic::new(format!("`{shown}` with a subscript is no array and no size here"), item.span)
                    .label("not declared"))
            }
            Kind::Number(_) | Kind::Sum(_) | Kind::Row(_) | Kind::Big(..) | Kind::Cases(_) => {
                Ok(self.value(item, scope)?.kind)
            }
            _ => Err(Diagnostic::new("a value is expected here", item.span)),
        }
    }

    pub(super) fn raised(&self, base: ExprKind, above: Option<&Tree>, scope: &[Name]) -> Result<ExprKind, Diagnostic> {
        let Some(above) = above else { return Ok(base) };
        let named = matches!(&above.kind, Kind::Name(n) if self.system.names(n) || scope.iter().any(|s| **s == **n));
        if is_transpose(above) && !named {
            return Err(
                Diagnostic::new("a transpose has no indices", above.span).hint("write the entries, with indices")
            );
        }
        let exponent = self.value(above, scope)?;
        Ok(ExprKind::Power(Box::new(Expr::new(base)), Box::new(exponent)))
    }

    /// A symbol of the author's own with its indices: δ_k for `\delta_i = p_i - y_i`.
    fn owned(&self, item: &Tree, scope: &[Name]) -> Result<Option<ExprKind>, Diagnostic> {
        let (letter, below) = match &item.kind {
            Kind::Scripts(base, Some(below), None) => (&**base, Some(&**below)),
            _ => (item, None),
        };
        let Some(place) = self.own.iter().rposition(|own| own.letter == *letter) else { return Ok(None) };
        let own = &self.own[place];
        let items = match below.map(|below| &below.kind) {
            None => Vec::new(),
            Some(Kind::List(items)) => items.clone(),
            Some(Kind::Row(factors)) if own.at.len() > 1 => factors.iter().map(|(_, tree)| tree.clone()).collect(),
            Some(_) => below.into_iter().cloned().collect(),
        };
        let at = items.iter().map(|item| self.value(item, scope)).collect::<Result<Vec<_>, _>>()?;
        let before = self.before(place);
        if own.at.is_empty() {
            let Ok(whole) = before.shaped(&own.value, scope) else { return Ok(None) };
            let one = Expr::integer(1);
            return Ok(match at.as_slice() {
                [] => whole.value().map(|value| value.kind),
                [row] if whole.columns.is_one() => Some(whole.at(row, &one).kind),
                [row, column] => Some(whole.at(row, column).kind),
                _ => None,
            });
        }
        if at.len() != own.at.len() {
            return Ok(None);
        }
        let value = before.value(&own.value, &[scope, &own.at].concat())?;
        Ok(Some(
            crate::model::rewrite(&value, &|part| match &part.kind {
                ExprKind::Name(name) => own.at.iter().position(|index| index == name).map(|k| at[k].kind.clone()),
                _ => None,
            })
            .kind,
        ))
    }

    fn bracket(&self, inner: &[Tree], span: crate::diagnostic::Span, scope: &[Name]) -> Result<ExprKind, Diagnostic> {
        let mut parts = inner.iter().map(|part| self.condition(part, scope)).collect::<Result<Vec<_>, _>>()?;
        match parts.len() {
            0 => Err(Diagnostic::new("a condition is expected in these brackets", span)),
            1 => Ok(ExprKind::Bracket(Box::new(parts.remove(0)))),
            _ => Ok(ExprKind::Bracket(Box::new(Condition::All(parts)))),
        }
    }

    /// `\delta_{ij}`, `\mathbb{1}_{i = j}`
    fn delta(&self, item: &Tree, scope: &[Name]) -> Result<Option<ExprKind>, Diagnostic> {
        let Kind::Scripts(base, Some(below), None) = &item.kind else { return Ok(None) };
        match plain(base).as_deref() {
            Some("bb 1" | "bb I") => {
                let inner = match &below.kind {
                    Kind::List(items) | Kind::Fenced(_, items) => items.clone(),
                    _ => vec![(**below).clone()],
                };
                self.bracket(&inner, item.span, scope).map(Some)
            }
            Some("delta") if !self.is_array("delta") => {
                let pair: Vec<Tree> = match &below.kind {
                    Kind::List(items) => items.clone(),
                    Kind::Row(factors) => factors.iter().map(|(_, tree)| tree.clone()).collect(),
                    _ => Vec::new(),
                };
                let [a, b] = pair.as_slice() else {
                    return Err(Diagnostic::new("a Kronecker delta has two indices", item.span));
                };
                let equal = Condition::Chain(self.value(a, scope)?, vec![(Relation::Equal, self.value(b, scope)?)]);
                Ok(Some(ExprKind::Bracket(Box::new(equal))))
            }
            _ => Ok(None),
        }
    }

    fn cases(&self, cases: &[(Tree, Option<Tree>)], whole: &Tree, scope: &[Name]) -> Result<Expr, Diagnostic> {
        let zero = || Expr::integer(0);
        cases
            .iter()
            .rev()
            .try_fold(None::<Expr>, |below, (value, condition)| {
                let value = self.value(value, scope)?;
                let Some(condition) = condition else { return Ok(Some(value)) };
                let condition = Box::new(self.condition(condition, scope)?);
                let otherwise = Box::new(below.unwrap_or_else(zero));
                let kind = ExprKind::If(condition, Box::new(value), otherwise);
                Ok(Some(Expr { kind, span: whole.span }))
            })?
            .ok_or_else(|| Diagnostic::new("there is no case", whole.span))
    }
}

pub(super) fn is_condition(tree: &Tree) -> bool {
    matches!(tree.kind, Kind::Relations(..) | Kind::Joined(..))
}

fn number(digits: &str) -> BigRational {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let parsed = format!("{whole}{fraction}").parse::<BigInt>().unwrap_or_default();
    BigRational::new(parsed, BigInt::from(10).pow(fraction.len() as u32))
}
