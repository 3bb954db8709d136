//! Slips taken back in the claim: what was exchanged, turned round or miscounted is put right.
//!
//! Invariant: every suspect is the claim with one thing changed, at one place or at all places that
//! hold the same.

use super::dropped::{Changes, at_each_place};
use super::scene::{Scene, Step, inner, text};
use super::tree::{Role, as_integer, changed, names, places, plus, renamed, sum, times, without_binder};
use super::{Shown, Suspect};
use crate::language::syntax::{Expr, ExprKind, Name, Operator, Reduction, Sign};

/// How much larger than every length a number is that nobody can have meant.
const FAR: i128 = 10;
/// The most products of two lengths that are tried as factors.
const PAIRS: usize = 60;

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
    in_claim(scene, &|role, part| {
        if !matches!(role, Role::Index | Role::Side) || !scene.has_index(part) {
            return Vec::new();
        }
        let both = paddings.iter().flat_map(|p| [(Sign::Minus, p), (Sign::Plus, p)]);
        let shifted = both.map(|(sign, p)| {
            let new = sum(vec![(Sign::Plus, part.clone()), (sign, p.clone())]);
            let sentence = format!("the padding {} is missing: {} should be {}", inner(p), inner(part), inner(&new));
            (sentence, new)
        });
        shifted.collect()
    })
}

/// The sign of the whole, of a term, or of a term of an index.
pub(super) fn sign(scene: &Scene) -> Vec<Suspect> {
    let whole = Expr::new(ExprKind::Sum(vec![(Sign::Minus, scene.claim.clone())]));
    let mut found = vec![Suspect::repair("the whole has the wrong sign".into(), whole)];
    found.extend(in_claim(scene, &|role, part| {
        let ExprKind::Sum(terms) = &part.kind else { return Vec::new() };
        let flipped = |k: usize| {
            let mut new = terms.clone();
            new[k].0 = if new[k].0 == Sign::Plus { Sign::Minus } else { Sign::Plus };
            let new = sum(new);
            (format!("the sign of {} is wrong: {} should be {}", text(&terms[k].1), text(part), text(&new)), new)
        };
        let has_sign = |k: &usize| !role.integer() || as_integer(&terms[*k].1).is_none();
        (0..terms.len()).filter(has_sign).map(flipped).collect()
    }));
    found
}

/// An index of one axis that runs backwards.
pub(super) fn flipped(scene: &Scene) -> Vec<Suspect> {
    reads(scene, &|name, at| {
        let turned =
            scene.axes(name).into_iter().enumerate().filter(|(k, _)| at.get(*k).is_some_and(|e| scene.has_index(e)));
        let turned = turned.map(|(k, (lo, hi))| {
            let mut new = at.to_vec();
            new[k] = minus(&lo, &hi, &at[k]);
            new
        });
        turned.map(|new| ("is read backwards".into(), new)).collect()
    })
}

/// Two axes of one read; then also with the ranges of bound indices that stand alone on them made
/// those of the axes.
pub(super) fn swapped_axes(scene: &Scene) -> Vec<Suspect> {
    let swapped = reads(scene, &|_, at| {
        let pairs = (0..at.len()).flat_map(|a| (0..a).map(move |b| (b, a))).filter(|(b, a)| at[*b] != at[*a]);
        let swapped = pairs.map(|(b, a)| {
            let mut new = at.to_vec();
            new.swap(b, a);
            ("has its axes exchanged".into(), new)
        });
        swapped.collect()
    });
    let ranged = |suspect: &Suspect| match &suspect.shown {
        Shown::Repair(formula) => Some(Suspect::repair(suspect.sentence.clone(), with_ranges(scene, formula))),
        Shown::Mutant(_) | Shown::Nothing => None,
    };
    let again: Vec<Suspect> = swapped.iter().filter_map(ranged).collect();
    swapped.into_iter().chain(again).collect()
}

/// Two free indices.
pub(super) fn transpose(scene: &Scene) -> Vec<Suspect> {
    let free = &scene.free;
    let pairs = (0..free.len()).flat_map(|a| (0..a).map(move |b| (&free[b], &free[a])));
    let exchanged = |(a, b): (&Name, &Name)| {
        let sentence = format!("{a} and {b} are exchanged on one side: this is the transpose");
        Suspect::repair(sentence, exchange(scene.claim, a, b))
    };
    pairs.map(exchanged).collect()
}

/// An index, a limit or a side of a condition.
pub(super) fn off_by_one(scene: &Scene) -> Vec<Suspect> {
    in_claim(scene, &|role, part| {
        let named = matches!(&part.kind, ExprKind::Name(name) if scene.is_index(name));
        let what = match role {
            Role::Value => return Vec::new(),
            Role::Lower => "the lower limit",
            Role::Upper => "the upper limit",
            Role::Side => "the bound",
            Role::Index => "the index",
            Role::Inner if named => "the index",
            Role::Inner => return Vec::new(),
        };
        let moved = [-1, 1].map(|by| {
            let new = plus(part, by);
            (format!("{what} {} is off by one: it should be {}", inner(part), inner(&new)), new)
        });
        moved.into()
    })
}

/// One upper limit.
pub(super) fn upper_limit(scene: &Scene) -> Vec<Suspect> {
    limit(scene, Role::Upper, &|_| true)
}

/// One lower limit.
pub(super) fn lower_limit(scene: &Scene) -> Vec<Suspect> {
    limit(scene, Role::Lower, &|_| true)
}

/// A limit that nobody can have meant, where another is right.
pub(super) fn placeholder(scene: &Scene) -> Vec<Suspect> {
    let far = |e: &Expr| is_far(scene, e);
    let limits = limit(scene, Role::Upper, &far).into_iter().chain(limit(scene, Role::Lower, &far));
    limits.map(|s| Suspect { sentence: format!("{}; was that left in?", s.sentence), ..s }).collect()
}

/// A limit that nobody can have meant, whatever is right.
pub(super) fn any_placeholder(scene: &Scene) -> Vec<Suspect> {
    let far = places(scene.claim)
        .into_iter()
        .find(|(role, part)| matches!(role, Role::Upper | Role::Lower) && is_far(scene, part));
    let told = far.map(|(_, part)| Suspect {
        sentence: format!("the limit {} is far beyond every length; was that left in?", inner(&part)),
        shown: Shown::Nothing,
    });
    told.into_iter().collect()
}

/// A factor that the whole lacks, a number or a size.
pub(super) fn missing_factor(scene: &Scene) -> Vec<Suspect> {
    let missing = |factor: Expr| {
        let sentence = format!("a factor {} is missing", text(&factor));
        Suspect::repair(sentence, times(factor, scene.claim.clone()))
    };
    factors(scene).into_iter().map(missing).collect()
}

/// A factor that the whole has too many.
pub(super) fn wrong_factor(scene: &Scene) -> Vec<Suspect> {
    let too_many = |factor: Expr| {
        let sentence = format!("there is a factor {} too many", text(&factor));
        let quotient = vec![(Operator::Times, scene.claim.clone()), (Operator::Over, factor)];
        Suspect::repair(sentence, Expr::new(ExprKind::Product(quotient)))
    };
    factors(scene).into_iter().map(too_many).collect()
}

/// Small numbers, sizes and lengths, and products of two of these.
fn factors(scene: &Scene) -> Vec<Expr> {
    let ends: Vec<Expr> = scene.ends().into_iter().filter(|e| as_integer(e).is_none()).collect();
    let pairs = ends.iter().enumerate().flat_map(|(k, a)| ends[..=k].iter().map(move |b| times(b.clone(), a.clone())));
    (2..=64).map(Expr::integer).chain(ends.iter().cloned()).chain(pairs.take(PAIRS)).collect()
}

/// A sum over an index on which nothing depends.
pub(super) fn doubled_sum(scene: &Scene) -> Vec<Suspect> {
    in_claim(scene, &|_, part| {
        let ExprKind::Reduce(Reduction::Sum, binders, condition, body) = &part.kind else { return Vec::new() };
        let without = |k: usize| {
            let gone = &binders[k];
            let new = without_binder(binders, k, condition.as_deref(), body);
            let unused = !names(&new).contains(&gone.name) || scene.free.contains(&gone.name);
            let sentence = format!("the sum over {} counts every term again: nothing depends on it", gone.name);
            unused.then_some((sentence, new))
        };
        (0..binders.len()).filter_map(without).collect()
    })
}

/// Two sizes, wherever they stand but in the ranges of sums, which may not have been written.
pub(super) fn exchanged_sizes(scene: &Scene) -> Vec<Suspect> {
    let used = names(scene.claim);
    let sizes: Vec<&Name> = scene.system.program.sizes.iter().filter(|size| used.contains(size)).collect();
    let pairs = (0..sizes.len()).flat_map(|a| (0..a).map(move |b| (b, a))).map(|(b, a)| (sizes[b], sizes[a]));
    let exchanged = |(a, b): (&Name, &Name)| {
        let within = changed(scene.claim, &mut |role, part| {
            let limit = matches!(role, Role::Lower | Role::Upper);
            if let ExprKind::Name(name) = &mut part.kind
                && !limit
            {
                *name = other_of(name, a, b);
            }
            !limit
        });
        let everywhere = exchange(scene.claim, a, b);
        [within, everywhere].map(|formula| Suspect::repair(format!("{a} and {b} are exchanged"), formula))
    };
    pairs.flat_map(exchanged).collect()
}

/// An index of a read in place of another.
pub(super) fn wrong_index(scene: &Scene) -> Vec<Suspect> {
    let mut known = scene.free.clone();
    for (_, part) in places(scene.claim) {
        if let ExprKind::Reduce(_, binders, ..) = part.kind {
            known.extend(binders.into_iter().map(|b| b.name));
        }
    }
    reads(scene, &|_, at| {
        let mut found = Vec::new();
        for (k, e) in at.iter().enumerate() {
            for old in names(e).iter().filter(|name| scene.is_index(name)) {
                for new in known.iter().filter(|new| *new != old) {
                    let mut other = at.to_vec();
                    other[k] = with_inner(e, old, new);
                    found.push((format!("is read at {old} where it should be {new}"), other));
                }
            }
        }
        found
    })
}

fn in_claim(scene: &Scene, change: &dyn Fn(Role, &Expr) -> Changes) -> Vec<Suspect> {
    let changes = at_each_place(scene.claim, change).into_iter();
    changes.map(|(sentence, formula)| Suspect::repair(sentence, formula)).collect()
}

/// What is said of a read, and the indices it should have.
type Rereading = (String, Vec<Expr>);

/// Reads of arrays with other indices.
fn reads(scene: &Scene, change: &dyn Fn(&str, &[Expr]) -> Vec<Rereading>) -> Vec<Suspect> {
    in_claim(scene, &|role, part| {
        let (name, at) = match &part.kind {
            ExprKind::Read(name, at) | ExprKind::Upstream(name, at) if !role.integer() => (name, at),
            _ => return Vec::new(),
        };
        let other = change(name, at).into_iter().map(|(said, new)| {
            let kind = match part.kind {
                ExprKind::Upstream(..) => ExprKind::Upstream(name.clone(), new),
                _ => ExprKind::Read(name.clone(), new),
            };
            let new = Expr::new(kind);
            (format!("{} {said}: it should be {}", text(part), text(&new)), new)
        });
        other.collect()
    })
}

/// The formula with every bound index running over the first axis on which it stands alone, if any.
fn with_ranges(scene: &Scene, formula: &Expr) -> Expr {
    let mut axes: Vec<(Name, (Expr, Expr))> = Vec::new();
    for (_, part) in places(formula) {
        if let ExprKind::Read(array, at) | ExprKind::Upstream(array, at) = &part.kind {
            for (e, range) in at.iter().zip(scene.axes(array)) {
                if let ExprKind::Name(name) = &e.kind {
                    axes.push((name.clone(), range));
                }
            }
        }
    }
    changed(formula, &mut |_, part| {
        if let ExprKind::Reduce(_, binders, ..) = &mut part.kind {
            for binder in binders {
                if let Some((_, range)) = axes.iter().find(|(name, _)| *name == binder.name) {
                    binder.range = Some(range.clone());
                }
            }
        }
        true
    })
}

fn coefficient(scene: &Scene, wanted: Step) -> Vec<Suspect> {
    let mut steps = scene.steps();
    steps.retain(|(_, step)| *step == wanted);
    in_claim(scene, &|role, part| {
        if !role.integer() || !scene.has_index(part) {
            return Vec::new();
        }
        let base = i128::from(scene.system.base);
        let with = |(factor, step): &(Expr, Step)| {
            let mut news = vec![times(factor.clone(), part.clone())];
            if base != 0 && matches!(part.kind, ExprKind::Name(_)) {
                news.push(plus(&times(factor.clone(), plus(part, -base)), base));
            }
            let said = format!("the {} {} is missing", step.word(), inner(factor));
            news.into_iter()
                .map(|new| (format!("{said}: {} should be {}", inner(part), inner(&new)), new))
                .collect::<Vec<_>>()
        };
        steps.iter().flat_map(with).collect()
    })
}

/// Other limits in place of those that `may` accepts.
fn limit(scene: &Scene, wanted: Role, may: &dyn Fn(&Expr) -> bool) -> Vec<Suspect> {
    let end = if wanted == Role::Upper { "upper" } else { "lower" };
    in_claim(scene, &|role, part| {
        if role != wanted || !may(part) {
            return Vec::new();
        }
        let with = |new: Expr| (format!("the {end} limit {} should be {}", inner(part), inner(&new)), new);
        limits(scene).into_iter().filter(|new| new != part).map(with).collect()
    })
}

/// What a limit may be: sizes, ends of axes, these shifted by one, small numbers, free indices.
pub(super) fn limits(scene: &Scene) -> Vec<Expr> {
    let mut found = scene.ends();
    let near: Vec<Expr> = found.iter().flat_map(|e| [plus(e, -1), plus(e, 1)]).collect();
    let most = longest(scene).unwrap_or(4).clamp(2, 32);
    let free = scene.free.iter().flat_map(|name| [0, -1, 1].map(|by| plus(&Expr::name(name.clone()), by)));
    for new in near.into_iter().chain((0..=most).map(Expr::integer)).chain(free) {
        if !found.contains(&new) {
            found.push(new);
        }
    }
    found
}

/// Whether a number is far beyond every length.
fn is_far(scene: &Scene, expr: &Expr) -> bool {
    as_integer(expr).is_some_and(|n| n >= 100 && n > FAR * longest(scene).unwrap_or(1))
}

/// The last index of the longest axis whose end is a number.
fn longest(scene: &Scene) -> Option<i128> {
    scene.ends().iter().filter_map(as_integer).max()
}

fn with_inner(e: &Expr, old: &Name, new: &Name) -> Expr {
    renamed(e, &|name| if name == old { new.clone() } else { name.clone() })
}

/// lo + hi − e, terms that cancel left out.
fn minus(lo: &Expr, hi: &Expr, e: &Expr) -> Expr {
    let mut terms: Vec<(Sign, Expr)> = Vec::new();
    for (outer, part) in [(Sign::Plus, lo), (Sign::Plus, hi), (Sign::Minus, e)] {
        let inner = match &part.kind {
            ExprKind::Sum(inner) => inner.clone(),
            _ => vec![(Sign::Plus, part.clone())],
        };
        for (sign, term) in inner {
            let sign = if outer == sign { Sign::Plus } else { Sign::Minus };
            match terms.iter().position(|(s, t)| *s != sign && *t == term) {
                Some(opposite) => drop(terms.remove(opposite)),
                None => terms.push((sign, term)),
            }
        }
    }
    plus(&sum(terms), 0)
}

fn exchange(claim: &Expr, a: &Name, b: &Name) -> Expr {
    renamed(claim, &|name| other_of(name, a, b))
}

/// b for a and a for b.
fn other_of(name: &Name, a: &Name, b: &Name) -> Name {
    let other = if name == a { b } else { a };
    if name == a || name == b { other.clone() } else { name.clone() }
}
