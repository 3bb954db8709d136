//! Vector form: what the author wrote of whole vectors and matrices, written out with indices.
//!
//! In an equation the trailing axes of arrays may be left out, on both sides alike, and `@` sums over
//! the last axis at its left and the first at its right: h[t] = tanh(W @ x[t] + b) becomes
//! h[t,i] = tanh(Σ_j W[i,j]·x[t,j] + b[i]). Invariant: an equation in which every axis has its index
//! stays as it is, and afterwards every axis has one.

use super::resolve::{each_part, map_parts_mut};
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::language::syntax::*;
use std::collections::{BTreeMap, BTreeSet};

/// What axes that the author left out are called, in this order of preference.
const LETTERS: [&str; 12] = ["i", "j", "k", "l", "m", "p", "q", "r", "s", "u", "v", "w"];
/// The function that exchanges the two axes of a matrix.
pub(super) const TRANSPOSE: &str = "transpose";

/// The statements with every axis indexed and every `@` a sum.
///
/// # Errors
/// Shapes that do not fit.
pub(super) fn written_out(statements: &[Statement]) -> Result<Vec<Statement>, Diagnostics> {
    let mut vectors = Vectors::new(statements);
    let lowered = statements.iter().map(|statement| match &statement.kind {
        StatementKind::Equation(equation) => {
            let kind = StatementKind::Equation(vectors.equation(equation));
            Statement { kind, span: statement.span }
        }
        _ => statement.clone(),
    });
    let lowered = lowered.collect();
    if vectors.problems.is_empty() { Ok(lowered) } else { Err(vectors.problems) }
}

/// How many axes each array has.
struct Vectors {
    ranks: BTreeMap<Name, usize>,
    lengths: BTreeMap<Name, Vec<Expr>>,
    defined: BTreeSet<Name>,
    taken: BTreeSet<Name>,
    /// What the indices of an array are called in its equations.
    letters: BTreeMap<Name, BTreeSet<Name>>,
    problems: Diagnostics,
}

impl Vectors {
    fn new(statements: &[Statement]) -> Vectors {
        let mut vectors = Vectors {
            ranks: BTreeMap::new(),
            lengths: BTreeMap::new(),
            defined: BTreeSet::new(),
            taken: BTreeSet::new(),
            letters: BTreeMap::new(),
            problems: Vec::new(),
        };
        let mut equations = Vec::new();
        for statement in statements {
            match &statement.kind {
                StatementKind::Size(sizes) => vectors.taken.extend(sizes.iter().map(|s| s.name.clone())),
                StatementKind::Param(params) => params.iter().for_each(|p| vectors.declare(&p.name, &[])),
                StatementKind::Arrays(_, arrays) => arrays.iter().for_each(|a| vectors.declare(&a.name, &a.axes)),
                StatementKind::Equation(equation) => equations.push(equation),
                StatementKind::Call(call) => {
                    call.arguments.iter().for_each(|a| vectors.declare(&a.declared.name, &a.declared.axes));
                }
                StatementKind::Require(_) | StatementKind::Output(_) | StatementKind::Notation(..) => {}
            }
        }
        vectors.defined = equations.iter().map(|e| e.array.clone()).collect();
        vectors.taken.extend(vectors.defined.iter().cloned());
        vectors.find_ranks(&equations);
        equations.iter().for_each(|equation| vectors.collect_letters(equation));
        vectors
    }

    fn declare(&mut self, name: &Name, axes: &[Axis]) {
        self.taken.insert(name.clone());
        self.ranks.insert(name.clone(), axes.len());
        let lengths = axes.iter().map(|axis| axis.last.clone()).collect();
        self.lengths.insert(name.clone(), lengths);
    }

    fn collect_letters(&mut self, equation: &Equation) {
        let letters = self.letters.entry(equation.array.clone()).or_default();
        for index in &equation.at {
            if let LeftIndex::Free(binder) = index {
                letters.insert(binder.name.clone());
            }
        }
    }

    /// The axes of defined arrays: those on the left and those that the right side leaves open; of
    /// arrays defined by each other, as far as something decides them.
    fn find_ranks(&mut self, equations: &[&Equation]) {
        let declared: BTreeSet<Name> = self.ranks.keys().cloned().collect();
        for _ in 0..=equations.len() {
            let mut changed = false;
            for equation in equations.iter().filter(|e| !declared.contains(&e.array)) {
                let Some(open) = self.open(&equation.body) else { continue };
                let rank = equation.at.len() + open;
                let known = self.ranks.get(&equation.array).copied();
                if known.is_none_or(|known| known < rank) {
                    self.ranks.insert(equation.array.clone(), rank);
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        for equation in equations {
            self.ranks.entry(equation.array.clone()).or_insert(equation.at.len());
        }
    }

    /// How many axes a formula leaves open; none if that depends on an array not known yet.
    fn open(&self, expr: &Expr) -> Option<usize> {
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::Upstream(..) | ExprKind::Derivative(..) | ExprKind::Layer(_) => Some(0),
            ExprKind::Name(name) => self.left_open(name, 0),
            ExprKind::Read(name, at) => self.left_open(name, at.len()),
            ExprKind::Sum(terms) => joint(terms.iter().map(|(_, term)| self.open(term))),
            ExprKind::Product(factors) => self.open_product(factors),
            ExprKind::Power(base, _) => self.open(base),
            ExprKind::Reduce(_, _, _, body) => self.open(body),
            ExprKind::Call(name, arguments) => {
                let open = joint(arguments.iter().map(|argument| self.open(argument)));
                let binds = normaliser(name).is_some_and(Normaliser::binds);
                open.map(|open| if binds { open.saturating_sub(1) } else { open })
            }
            ExprKind::Normalise(.., argument) => self.open(argument),
            ExprKind::Bracket(condition) => self.open_condition(condition),
            ExprKind::If(condition, then, other) => {
                joint([self.open_condition(condition), self.open(then), self.open(other)].into_iter())
            }
        }
    }

    fn left_open(&self, name: &Name, given: usize) -> Option<usize> {
        match self.ranks.get(name) {
            Some(rank) => Some(rank.saturating_sub(given)),
            None if self.defined.contains(name) => None,
            None => Some(0),
        }
    }

    fn open_product(&self, factors: &[(Operator, Expr)]) -> Option<usize> {
        let mut whole = Some(0);
        for (operator, factor) in factors {
            let open = self.open(factor);
            whole = match operator {
                Operator::Matmul => Some((whole? + open?).saturating_sub(2)),
                Operator::Times | Operator::Over | Operator::Div | Operator::Mod => joint([whole, open].into_iter()),
            };
        }
        whole
    }

    fn open_condition(&self, condition: &Condition) -> Option<usize> {
        match condition {
            Condition::Chain(first, rest) => {
                joint(std::iter::once(first).chain(rest.iter().map(|(_, side)| side)).map(|side| self.open(side)))
            }
            Condition::Divides(..) => Some(0),
            Condition::All(parts) | Condition::Any(parts) => joint(parts.iter().map(|p| self.open_condition(p))),
            Condition::Not(inner) => self.open_condition(inner),
        }
    }

    fn equation(&mut self, equation: &Equation) -> Equation {
        let left = self.left_open(&equation.array, equation.at.len()).unwrap_or(0);
        if left == 0 && !self.is_vector_form(&equation.body) || self.forgets_an_index(equation) {
            return equation.clone();
        }
        let open = self.open(&equation.body).unwrap_or(0);
        if open > left {
            let axes = |n: usize| if n == 1 { "1 axis".to_string() } else { format!("{n} axes") };
            let message = format!("`{}` has {} without an index, its right side {}", equation.array, axes(left), open);
            self.problems.push(
                Diagnostic::new(message, equation.span)
                    .hint("declare it with its axes, or leave that to its equations"),
            );
            return equation.clone();
        }
        let mut used = self.taken.clone();
        used.extend(self.letters.get(&equation.array).into_iter().flatten().cloned());
        each_part(&equation.body, &mut |part| match &part.kind {
            ExprKind::Name(name) => {
                used.insert(name.clone());
            }
            ExprKind::Reduce(_, binders, ..) | ExprKind::Normalise(_, binders, ..) => {
                used.extend(binders.iter().map(|b| b.name.clone()));
            }
            _ => {}
        });
        let indices: Vec<Name> = (0..left).map(|_| fresh(&mut used)).collect();
        let free = |name: &Name| LeftIndex::Free(Binder { name: name.clone(), range: None, span: equation.span });
        let at = equation.at.iter().cloned().chain(indices.iter().map(free)).collect();
        let body = self.lower(&equation.body, &indices, &used);
        Equation { at, body, ..equation.clone() }
    }

    /// Whether something on the right side has no index for an axis, or multiplies matrices.
    fn is_vector_form(&self, body: &Expr) -> bool {
        let mut found = false;
        each_part(body, &mut |part| {
            found |= match &part.kind {
                ExprKind::Name(name) => self.left_open(name, 0).unwrap_or(0) > 0,
                ExprKind::Read(name, at) => self.left_open(name, at.len()).unwrap_or(0) > 0,
                ExprKind::Product(factors) => factors.iter().any(|(o, _)| *o == Operator::Matmul),
                _ => false,
            };
        });
        found
    }

    /// Whether an array has some of its indices and lacks one for an axis as long as one on which an
    /// index of the equation stands elsewhere: that is a slip and no vector.
    fn forgets_an_index(&self, equation: &Equation) -> bool {
        let (mut walked, mut lacking) = (Vec::new(), Vec::new());
        each_part(&equation.body, &mut |part| {
            let ExprKind::Read(name, at) = &part.kind else { return };
            let Some(lengths) = self.lengths.get(name) else { return };
            if at.len() < lengths.len() {
                lacking.extend(lengths[at.len()..].iter().cloned());
            } else {
                let bare = at.iter().zip(lengths).filter(|(index, _)| matches!(index.kind, ExprKind::Name(_)));
                walked.extend(bare.map(|(_, length)| length.clone()));
            }
        });
        lacking.iter().any(|length| walked.contains(length))
    }

    /// The formula with its open axes indexed, the last of them by the last of the indices.
    fn lower(&mut self, expr: &Expr, indices: &[Name], used: &BTreeSet<Name>) -> Expr {
        let span = expr.span;
        let kind = match &expr.kind {
            ExprKind::Name(name) => self.indexed(name, &[], indices, span),
            ExprKind::Read(name, at) => self.indexed(name, at, indices, span),
            ExprKind::Number(_) | ExprKind::Upstream(..) | ExprKind::Derivative(..) | ExprKind::Layer(_) => {
                expr.kind.clone()
            }
            ExprKind::Power(base, exponent) => {
                ExprKind::Power(Box::new(self.lower(base, indices, used)), exponent.clone())
            }
            ExprKind::Product(factors) => return self.lower_product(factors, span, indices, used),
            ExprKind::Call(name, arguments) => return self.lower_call(expr, name, arguments, indices, used),
            ExprKind::Reduce(word, binders, condition, body) => {
                let body = Box::new(self.lower(body, indices, used));
                ExprKind::Reduce(*word, binders.clone(), condition.clone(), body)
            }
            ExprKind::Normalise(word, binders, condition, argument) => {
                let argument = Box::new(self.lower(argument, indices, used));
                ExprKind::Normalise(*word, binders.clone(), condition.clone(), argument)
            }
            ExprKind::Sum(_) | ExprKind::Bracket(_) | ExprKind::If(..) => {
                return map_parts_mut(expr, &mut |part| self.lower(part, indices, used));
            }
        };
        Expr { kind, span }
    }

    fn indexed(&self, name: &Name, at: &[Expr], indices: &[Name], span: Span) -> ExprKind {
        let open = self.left_open(name, at.len()).unwrap_or(0).min(indices.len());
        if open == 0 && at.is_empty() {
            return ExprKind::Name(name.clone());
        }
        let added = indices[indices.len() - open..].iter();
        let added = added.map(|index| Expr { kind: ExprKind::Name(index.clone()), span });
        ExprKind::Read(name.clone(), at.iter().cloned().chain(added).collect())
    }

    fn lower_product(
        &mut self,
        factors: &[(Operator, Expr)],
        span: Span,
        indices: &[Name],
        used: &BTreeSet<Name>,
    ) -> Expr {
        let Some(((operator, last), before)) = factors.split_last() else { return Expr::integer(1) };
        if before.is_empty() {
            return self.lower(last, indices, used);
        }
        if *operator == Operator::Matmul {
            return self.contracted(before, last, span, indices, used);
        }
        let last = self.lower(last, indices, used);
        let first = self.lower_product(before, span, indices, used);
        let is_flat = before.iter().all(|(operator, _)| *operator != Operator::Matmul) && before.len() > 1;
        let mut all = match first.kind {
            ExprKind::Product(flat) if is_flat => flat,
            _ => vec![(Operator::Times, first)],
        };
        all.push((*operator, last));
        Expr { kind: ExprKind::Product(all), span }
    }

    /// Σ over the last axis of the left and the first of the right.
    fn contracted(
        &mut self,
        left: &[(Operator, Expr)],
        right: &Expr,
        span: Span,
        indices: &[Name],
        used: &BTreeSet<Name>,
    ) -> Expr {
        let (rows, columns) = (self.open_product(left).unwrap_or(0), self.open(right).unwrap_or(0));
        if rows == 0 || !(1..=2).contains(&columns) || indices.len() + 2 < rows + columns {
            let message = "`@` multiplies a matrix or a vector with a matrix or a vector";
            let label = format!("{rows} open at the left, {columns} at the right");
            let hint = "axes are open where an array is written without an index for them";
            self.problems.push(Diagnostic::new(message, span).label(label).hint(hint));
            return Expr::integer(0);
        }
        let indices = &indices[indices.len() + 2 - rows - columns..];
        let mut used = used.clone();
        let summed = fresh(&mut used);
        let joined = |own: &[Name], first: bool| {
            let mut all = own.to_vec();
            all.insert(if first { 0 } else { all.len() }, summed.clone());
            all
        };
        let left = self.lower_product(left, span, &joined(&indices[..rows - 1], false), &used);
        let (mut binders, left) = match left.kind {
            ExprKind::Reduce(Reduction::Sum, binders, None, body) => (binders, *body),
            _ => (Vec::new(), left),
        };
        used.extend(binders.iter().map(|b| b.name.clone()));
        let right = self.lower(right, &joined(&indices[rows - 1..], true), &used);
        let binder = Binder { name: summed, range: None, span };
        binders.push(binder);
        let body = Expr { kind: ExprKind::Product(vec![(Operator::Times, left), (Operator::Times, right)]), span };
        Expr { kind: ExprKind::Reduce(Reduction::Sum, binders, None, Box::new(body)), span }
    }

    fn lower_call(
        &mut self,
        whole: &Expr,
        name: &Name,
        arguments: &[Expr],
        indices: &[Name],
        used: &BTreeSet<Name>,
    ) -> Expr {
        let span = whole.span;
        if let (TRANSPOSE, [matrix], [.., row, column]) = (&**name, arguments, indices)
            && self.open(matrix) == Some(2)
        {
            return self.lower(matrix, &[column.clone(), row.clone()], used);
        }
        if let (Some(word), [argument]) = (normaliser(name), arguments)
            && self.open(argument).is_some_and(|open| open > 0)
        {
            let (mut inner, mut used) = (indices.to_vec(), used.clone());
            if word.binds() {
                inner.push(fresh(&mut used));
            }
            let Some(over) = inner.last().cloned() else { return whole.clone() };
            let argument = Box::new(self.lower(argument, &inner, &used));
            let binder = Binder { name: over, range: None, span };
            return Expr { kind: ExprKind::Normalise(word, vec![binder], None, argument), span };
        }
        map_parts_mut(whole, &mut |part| self.lower(part, indices, used))
    }
}

/// The axes of a sum or a product entry by entry: those of the part that has most.
fn joint(mut parts: impl Iterator<Item = Option<usize>>) -> Option<usize> {
    let mut known = true;
    let most = parts.by_ref().fold(0, |most, part| {
        known &= part.is_some();
        most.max(part.unwrap_or(0))
    });
    (known || most > 0).then_some(most)
}

fn normaliser(name: &str) -> Option<Normaliser> {
    Normaliser::ALL.into_iter().find(|word| word.word() == name)
}

/// A letter that means nothing else.
fn fresh(used: &mut BTreeSet<Name>) -> Name {
    let numbered = (1..).map(|k| Name::from(format!("i_{k}")));
    let mut wishes = LETTERS.iter().map(|letter| Name::from(*letter)).chain(numbered);
    let name = wishes.find(|name| !used.contains(name)).unwrap_or_else(|| "i".into());
    used.insert(name.clone());
    name
}
