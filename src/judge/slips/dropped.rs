//! Slips made on the right formula: something in it is left out.
//!
//! Invariant: every suspect is a form of the right answer with one thing gone, at one place or at
//! all places that hold the same.

use super::Suspect;
use super::scene::{Scene, Step, inner, text};
use super::tree::{Role, as_integer, changed, places, product, sum, weaker, with_all, with_place, without_binder};
use crate::language::syntax::{Condition, Expr, ExprKind, Operator, Reduction, Relation, Sign};

/// Changes of one place: what is said of each, and what stands there then.
pub(super) type Changes = Vec<(String, Expr)>;

/// A formula with a change at each place in turn; among integers also at all places that hold the
/// same, which comes first.
pub(super) fn at_each_place(formula: &Expr, change: &dyn Fn(Role, &Expr) -> Changes) -> Changes {
    let all = places(formula);
    let mut found = Vec::new();
    for (number, (role, part)) in all.iter().enumerate() {
        for (sentence, new) in change(*role, part) {
            if role.integer() && all.iter().filter(|(r, e)| r.integer() && e == part).count() > 1 {
                found.push((sentence.clone(), with_all(formula, true, part, &new)));
            }
            found.push((sentence, with_place(formula, number, &new)));
        }
    }
    found
}

/// A coefficient of an index of the output.
pub(super) fn stride(scene: &Scene) -> Vec<Suspect> {
    coefficient(scene, Step::Stride)
}

/// A coefficient of an index that is summed over.
pub(super) fn dilation(scene: &Scene) -> Vec<Suspect> {
    coefficient(scene, Step::Dilation)
}

/// The shift of an index by a padding.
pub(super) fn padding(scene: &Scene) -> Vec<Suspect> {
    let paddings = scene.paddings();
    in_forms(scene, &|role, part| {
        let ExprKind::Sum(terms) = &part.kind else { return Vec::new() };
        let without = |k: usize| {
            let mut rest = terms.clone();
            let (sign, term) = rest.remove(k);
            let new = sum(rest);
            let sign = if sign == Sign::Plus { "" } else { "-" };
            let sentence = format!(
                "the padding {} is missing: {} became {}",
                format!("{sign}{}", inner(&term)).trim_start_matches('-'),
                inner(part),
                inner(&new)
            );
            (sentence, new)
        };
        let is_padding = |k: &usize| role.integer() && paddings.contains(&terms[*k].1);
        (0..terms.len()).filter(is_padding).map(without).collect()
    })
}

/// ∂ℓ/∂f[…]
pub(super) fn upstream(scene: &Scene) -> Vec<Suspect> {
    let without = |form: &Expr| {
        let mut first = None;
        let new = changed(form, &mut |_, part| {
            if let ExprKind::Upstream(..) = part.kind {
                first.get_or_insert_with(|| text(part));
                *part = Expr::integer(1);
            }
            true
        });
        first.map(|read| Suspect::mutant(format!("the upstream gradient {read} is not multiplied in"), new))
    };
    scene.forms.iter().filter_map(without).collect()
}

/// A bracket or condition, or a part of one.
pub(super) fn bracket(scene: &Scene) -> Vec<Suspect> {
    in_answer(scene, &|role, part| {
        let (condition, rebuilt): (&Condition, &dyn Fn(Option<Condition>) -> Expr) = match &part.kind {
            ExprKind::Bracket(condition) if !role.integer() => (condition, &|rest| match rest {
                Some(rest) => Expr::new(ExprKind::Bracket(Box::new(rest))),
                None => Expr::integer(1),
            }),
            ExprKind::If(condition, a, b) => (condition, &|rest| match rest {
                Some(rest) => Expr::new(ExprKind::If(Box::new(rest), a.clone(), b.clone())),
                None => (**a).clone(),
            }),
            ExprKind::Reduce(word, binders, Some(condition), body) => (condition, &|rest| {
                Expr::new(ExprKind::Reduce(*word, binders.clone(), rest.map(Box::new), body.clone()))
            }),
            _ => return Vec::new(),
        };
        let shown = |e: Condition| text(&Expr::new(ExprKind::Bracket(Box::new(e))));
        let weaker = weaker(condition).into_iter().map(|rest| {
            let sentence = match &rest {
                None => format!("the condition {} is missing", shown(condition.clone())),
                Some(rest) => {
                    format!("of the condition {} only {} is left", shown(condition.clone()), shown(rest.clone()))
                }
            };
            (sentence, rebuilt(rest))
        });
        weaker.collect()
    })
    .into_iter()
    .map(|suspect| match suspect.shown {
        super::Shown::Mutant(formula) => Suspect::mutant(suspect.sentence, with_floors(&formula)),
        _ => suspect,
    })
    .collect()
}

/// A term of a sum that stands on the diagonal only.
pub(super) fn diagonal(scene: &Scene) -> Vec<Suspect> {
    term(scene, true)
}

/// Any other term of a sum.
pub(super) fn summand(scene: &Scene) -> Vec<Suspect> {
    term(scene, false)
}

/// A number or size as a factor, or as one of a divisor.
pub(super) fn factor(scene: &Scene) -> Vec<Suspect> {
    in_forms(scene, &|role, part| {
        let ExprKind::Product(factors) = &part.kind else { return Vec::new() };
        let mut found = Vec::new();
        for (k, (operator, factor)) in factors.iter().enumerate().filter(|_| !role.integer()) {
            let over = if *operator == Operator::Over { "1/" } else { "" };
            let mut rest = factors.clone();
            rest.remove(k);
            if is_constant(scene, factor) {
                found.push((format!("the factor {over}{} is missing", text(factor)), product(rest)));
            }
            let ExprKind::Product(divisors) = &factor.kind else { continue };
            for (m, (_, divisor)) in divisors.iter().enumerate().filter(|(_, (o, _))| *o == Operator::Times) {
                let mut left = divisors.clone();
                left.remove(m);
                let mut new = factors.clone();
                new[k].1 = product(left);
                if is_constant(scene, divisor) {
                    found.push((format!("the factor {over}{} is missing", text(divisor)), product(new)));
                }
            }
        }
        found
    })
}

/// A sum over one of its indices, which then has its first value.
pub(super) fn sum_over(scene: &Scene) -> Vec<Suspect> {
    in_forms(scene, &|_, part| {
        let ExprKind::Reduce(Reduction::Sum, binders, condition, body) = &part.kind else { return Vec::new() };
        let without = |k: usize| {
            let binder = &binders[k];
            let (lo, _) = binder.range.clone()?;
            let inner = without_binder(binders, k, condition.as_deref(), body);
            let new = with_all(&inner, true, &Expr::name(binder.name.clone()), &lo);
            Some((format!("the sum over {} is missing", binder.name), new))
        };
        (0..binders.len()).filter_map(without).collect()
    })
}

/// The slips made on the answer itself, not on the lines before it, which nobody would have gone by.
fn in_answer(scene: &Scene, change: &dyn Fn(Role, &Expr) -> Changes) -> Vec<Suspect> {
    let changes = scene.forms.iter().take(1).flat_map(|form| at_each_place(form, change));
    changes.map(|(sentence, formula)| Suspect::mutant(sentence, formula)).collect()
}

fn in_forms(scene: &Scene, change: &dyn Fn(Role, &Expr) -> Changes) -> Vec<Suspect> {
    let changes = scene.forms.iter().flat_map(|form| at_each_place(form, change));
    changes.map(|(sentence, formula)| Suspect::mutant(sentence, formula)).collect()
}

fn coefficient(scene: &Scene, wanted: Step) -> Vec<Suspect> {
    in_forms(scene, &|role, part| {
        let ExprKind::Product(factors) = &part.kind else { return Vec::new() };
        let without = |k: usize| {
            let mut rest = factors.clone();
            let (operator, factor) = rest.remove(k);
            let new = product(rest);
            let lost = operator == Operator::Times && scene.is_coefficient(&factor) && scene.has_index(&new);
            (lost && scene.step_of(&new) == wanted).then(|| {
                let (word, factor) = (wanted.word(), inner(&factor));
                (format!("the {word} {factor} is missing: {} became {}", inner(part), inner(&new)), new)
            })
        };
        if role.integer() { (0..factors.len()).filter_map(without).collect() } else { Vec::new() }
    })
}

fn term(scene: &Scene, diagonal: bool) -> Vec<Suspect> {
    in_answer(scene, &|role, part| {
        let ExprKind::Sum(terms) = &part.kind else { return Vec::new() };
        let without = |k: usize| {
            let mut rest = terms.clone();
            let (_, gone) = rest.remove(k);
            let kind = if diagonal { "term on the diagonal" } else { "summand" };
            (format!("the {kind} {} is missing", text(&gone)), sum(rest))
        };
        let wanted = |k: &usize| !role.integer() && terms.len() > 1 && has_equality(&terms[*k].1) == diagonal;
        (0..terms.len()).filter(wanted).map(without).collect()
    })
}

/// Whether a bracket in it asks whether two indices are equal.
fn has_equality(expr: &Expr) -> bool {
    let equal = |condition: &Condition| {
        let chain =
            |c: &Condition| matches!(c, Condition::Chain(_, rest) if rest.iter().any(|(r, _)| *r == Relation::Equal));
        match condition {
            Condition::All(parts) => parts.iter().any(chain),
            other => chain(other),
        }
    };
    places(expr).iter().any(|(_, part)| match &part.kind {
        ExprKind::Bracket(condition) | ExprKind::If(condition, ..) => equal(condition),
        _ => false,
    })
}

/// Whether an expression holds numbers and sizes only.
fn is_constant(scene: &Scene, expr: &Expr) -> bool {
    let reads = places(expr).iter().any(|(_, part)| {
        matches!(&part.kind, ExprKind::Read(..) | ExprKind::Upstream(..) | ExprKind::Bracket(_) | ExprKind::If(..))
            || matches!(&part.kind, ExprKind::Name(name) if scene.system.bounds(name).is_some())
    });
    !reads && !scene.has_index(expr) && as_integer(expr) != Some(1)
}

/// Exact quotients in indices rounded down: without the condition they need not be exact.
fn with_floors(formula: &Expr) -> Expr {
    changed(formula, &mut |role, part| {
        if let ExprKind::Product(factors) = &mut part.kind
            && role.integer()
        {
            factors.iter_mut().filter(|(o, _)| *o == Operator::Over).for_each(|(o, _)| *o = Operator::Div);
        }
        true
    })
}
