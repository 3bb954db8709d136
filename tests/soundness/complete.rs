//! The integer solver against brute force: with every range a number, or made of outer indices, the
//! solver must say *yes* exactly where a condition always holds, *no* exactly where it never does, and
//! *unknown* exactly where both happen. With symbolic sizes it must be right at all sizes tried.

use crate::cases;
use backprose::evaluate::Random;
use backprose::integer::{Atom, Condition, Extreme, Facts, Index, Truth, Var};
use std::collections::BTreeMap;

const CASES: u64 = 6_000;
const SYMBOLIC: u64 = 2_000;
const SMALL: (i128, usize) = (5, 3_000);
const LARGE: (i128, usize) = (60, 300_000);
const INDICES: [&str; 4] = ["i", "j", "k", "l"];
const SIZES: [(&str, i128); 2] = [("N", 1), ("P", 0)];
const ENTRIES: (i128, i128) = (1, 3);

#[test]
fn numbers_are_decided_exactly() {
    let mut counts = BTreeMap::new();
    for seed in cases(CASES) {
        let case = Case::new(seed, false);
        let Some((yes, no)) = case.brute_force(SMALL) else {
            *counts.entry("too large").or_insert(0) += 1;
            continue;
        };
        let judged = case.facts().judge(&case.question);
        let (kind, right) = match (yes, no) {
            (true, true) => ("unknown", judged == Truth::Unknown),
            (true, false) => ("yes", judged == Truth::Yes),
            (false, true) => ("no", judged == Truth::No),
            (false, false) => ("nowhere", judged != Truth::Unknown),
        };
        assert!(right, "seed {seed}: {judged:?}, where it is {kind}: {case:#?}");
        *counts.entry(kind).or_insert(0) += 1;
    }
    println!("systems of numbers: {counts:?}");
    for kind in ["yes", "no", "unknown", "nowhere"] {
        assert!(counts[kind] > 500, "{kind} is too rare: {counts:?}");
    }
}

/// What happens at all small sizes need not happen at all: where *unknown* is said and only one truth
/// value was seen, the other one is looked for at larger sizes.
#[test]
fn linear_systems_with_symbols_are_decided() {
    let mut counts = BTreeMap::new();
    for seed in cases(SYMBOLIC) {
        let case = Case::new(seed, true);
        let Some((yes, no)) = case.brute_force(SMALL) else {
            *counts.entry("too large").or_insert(0) += 1;
            continue;
        };
        let judged = case.facts().judge(&case.question);
        let wrong = (judged == Truth::Yes && no) || (judged == Truth::No && yes);
        assert!(!wrong, "seed {seed}: {judged:?} is wrong: {case:#?}");
        let kind = match (yes, no, judged) {
            (true, true, _) => "unknown",
            (false, false, _) => "nowhere",
            (.., Truth::Yes) => "yes",
            (.., Truth::No) => "no",
            (.., Truth::Unknown) if case.brute_force(LARGE) == Some((true, true)) => "unknown, by large sizes",
            (.., Truth::Unknown) => "left open",
        };
        *counts.entry(kind).or_insert(0) += 1;
    }
    println!("linear systems with symbols: {counts:?}");
    for (kind, least) in [("yes", 200), ("no", 200), ("unknown", 200), ("unknown, by large sizes", 20)] {
        assert!(counts[kind] > least, "{kind} is too rare: {counts:?}");
    }
    let open = counts.get("left open").copied().unwrap_or_default();
    assert!(100 * open < counts["yes"] + counts["no"], "too many are left open: {counts:?}");
}

/// Sizes and ranges from the outside in, requirements and a question.
#[derive(Debug)]
struct Case {
    sizes: &'static [(&'static str, i128)],
    ranges: Vec<(Var, Index, Index)>,
    requires: Vec<Condition>,
    question: Condition,
}

impl Case {
    fn new(seed: u64, symbolic: bool) -> Case {
        let sizes: &[(&str, i128)] = if symbolic { &SIZES } else { &[] };
        let data = seed.is_multiple_of(8) && !symbolic;
        let products = seed % 8 == 1 && !symbolic;
        let mut source = Source { random: Random::new(seed), sizes, bound: 0, data, products };
        let most = if data || products || symbolic { 2 } else { INDICES.len() };
        let mut ranges = Vec::new();
        for name in &INDICES[..1 + source.below(most)] {
            let (lo, hi) = source.range();
            ranges.push((Var::new(*name), lo, hi));
            source.bound += 1;
        }
        let requires: Vec<Condition> = (0..[0, 0, 0, 1, 1, 2][source.below(6)]).map(|_| source.condition(1)).collect();
        let question = match source.below(4) {
            0 => source.consequence(&requires),
            _ => source.condition(2),
        };
        Case { sizes, ranges, requires, question }
    }

    fn facts(&self) -> Facts {
        let mut facts = Facts::default();
        self.sizes.iter().for_each(|(name, least)| facts.bound_size((*name).into(), *least));
        facts.bound_data("t".into(), Index::constant(ENTRIES.0), Index::constant(ENTRIES.1));
        for (var, lo, hi) in &self.ranges {
            facts.bound_index(var, lo, hi);
        }
        self.requires.iter().for_each(|condition| facts.require(condition));
        facts
    }

    /// Whether the question was true, and false, at some place that satisfies the facts, for sizes so
    /// far above the least; none if there are too many places.
    fn brute_force(&self, (reach, places): (i128, usize)) -> Option<(bool, bool)> {
        let (mut seen, mut left) = ((false, false), places);
        let finished = self.places(&mut Place { reach, ..Place::default() }, 0, &mut seen, &mut left);
        (finished || seen == (true, true)).then_some(seen)
    }

    fn places(&self, place: &mut Place, depth: usize, seen: &mut (bool, bool), left: &mut usize) -> bool {
        if *left == 0 || *seen == (true, true) {
            return false;
        }
        *left -= 1;
        match self.next(place, depth, seen) {
            Ok((atom, lo, hi)) => (lo..=hi).all(|n| {
                place.values.push((atom.clone(), n));
                let finished = self.places(place, depth + 1, seen, left);
                place.values.pop();
                finished
            }),
            Err(Missing(at)) => (ENTRIES.0..=ENTRIES.1).all(|entry| {
                place.entries.insert(at.clone(), entry);
                let finished = self.places(place, depth, seen, left);
                place.entries.remove(&at);
                finished
            }),
        }
    }

    /// What gets a value next, and the ends of its range; no value where all have one.
    fn next(&self, place: &Place, depth: usize, seen: &mut (bool, bool)) -> Result<(Atom, i128, i128), Missing> {
        if let Some((name, least)) = self.sizes.get(depth) {
            return Ok((Atom::Size((*name).into()), *least, least + place.reach));
        }
        let Some((var, lo, hi)) = self.ranges.get(depth - self.sizes.len()) else {
            self.conclude(place, seen)?;
            return Ok((Atom::Size("".into()), 0, -1));
        };
        Ok((Atom::Var(var.clone()), value(lo, place)?, value(hi, place)?))
    }

    fn conclude(&self, place: &Place, seen: &mut (bool, bool)) -> Result<(), Missing> {
        for condition in &self.requires {
            if !holds(condition, place)? {
                return Ok(());
            }
        }
        if holds(&self.question, place)? {
            seen.0 = true;
        } else {
            seen.1 = true;
        }
        Ok(())
    }
}

/// Values of sizes and indices, and of the entries of the data read so far.
#[derive(Default)]
struct Place {
    reach: i128,
    values: Vec<(Atom, i128)>,
    entries: BTreeMap<Vec<i128>, i128>,
}

/// An entry was read that has no value yet.
struct Missing(Vec<i128>);

fn value(e: &Index, place: &Place) -> Result<i128, Missing> {
    let mut sum = 0;
    for (monomial, n) in e.terms() {
        let mut product = *n;
        for atom in monomial {
            product *= atom_value(atom, place)?;
        }
        sum += product;
    }
    Ok(sum)
}

fn atom_value(atom: &Atom, place: &Place) -> Result<i128, Missing> {
    let values: Vec<i128> = atom.parts().into_iter().map(|part| value(part, place)).collect::<Result<_, _>>()?;
    match atom {
        Atom::Var(_) | Atom::Size(_) => Ok(place.values.iter().find(|(other, _)| other == atom).unwrap().1),
        Atom::Div(_) => Ok(values[0].div_euclid(values[1])),
        Atom::Extreme(Extreme::Greatest, _) => Ok(*values.iter().max().unwrap()),
        Atom::Extreme(Extreme::Least, _) => Ok(*values.iter().min().unwrap()),
        Atom::Datum(..) => place.entries.get(&values).copied().ok_or(Missing(values)),
    }
}

fn holds(condition: &Condition, place: &Place) -> Result<bool, Missing> {
    let number = |e: &Index| value(e, place);
    Ok(match condition {
        Condition::Equal(a, b) => number(a)? == number(b)?,
        Condition::AtMost(a, b) => number(a)? <= number(b)?,
        Condition::Within(lo, e, hi) => number(lo)? <= number(e)? && number(e)? <= number(hi)?,
        Condition::Divides(m, e) => number(e)?.rem_euclid(number(m)?) == 0,
        Condition::All(parts) => {
            let values: Vec<bool> = parts.iter().map(|p| holds(p, place)).collect::<Result<_, _>>()?;
            values.into_iter().all(|v| v)
        }
        Condition::Any(parts) => {
            let values: Vec<bool> = parts.iter().map(|p| holds(p, place)).collect::<Result<_, _>>()?;
            values.into_iter().any(|v| v)
        }
        Condition::Not(inner) => !holds(inner, place)?,
    })
}

struct Source {
    random: Random,
    sizes: &'static [(&'static str, i128)],
    bound: usize,
    data: bool,
    products: bool,
}

impl Source {
    fn below(&mut self, n: usize) -> usize {
        self.random.between(0, n as i64 - 1) as usize
    }

    fn number(&mut self, least: i64, most: i64) -> i128 {
        self.random.between(least, most).into()
    }

    fn index(&mut self) -> Index {
        let unknowns = self.bound + self.sizes.len();
        match self.below(unknowns.max(1)) {
            k if k < self.bound => Index::var(&Var::new(INDICES[k])),
            k if k < unknowns => Index::size(self.sizes[k - self.bound].0),
            _ => Index::constant(2),
        }
    }

    fn range(&mut self) -> (Index, Index) {
        let products = std::mem::take(&mut self.products);
        let range = self.linear_range();
        self.products = products;
        range
    }

    fn linear_range(&mut self) -> (Index, Index) {
        let lo = match self.below(8) {
            0 => self.index().plus_number(self.random.between(-3, 1).into()),
            1 => self.expression(1),
            _ => Index::constant(self.number(-4, 3)),
        };
        let width = if self.data { 2 } else { 6 };
        let hi = match self.below(8) {
            0 => self.index().plus_number(self.random.between(1, 5).into()),
            1 => Index::extreme(Extreme::Least, vec![self.expression(1), lo.plus_number(width)]),
            _ => lo.plus_number(self.number(0, width as i64) - i128::from(self.below(12) == 0)),
        };
        (lo, hi)
    }

    fn expression(&mut self, terms: usize) -> Index {
        let mut sum = Index::constant(self.number(-9, 9));
        for _ in 0..1 + self.below(terms) {
            let steep = self.number(-7, 7);
            sum = sum.plus(&self.index().times_number(steep));
        }
        let divisor = Index::constant(self.number(2, 5));
        match self.below(12) {
            0 => sum.floor_div(&divisor),
            1 => sum.modulo(&divisor),
            2 => sum.floor_div(&divisor).times_number(self.number(-4, 4)).plus(&self.index()),
            3 => Index::extreme(Extreme::Greatest, vec![sum, self.index()]),
            4 => Index::extreme(Extreme::Least, vec![sum, self.index(), Index::constant(self.number(-3, 3))]),
            5 => sum.absolute(),
            6 if self.data => {
                let at = if self.below(2) == 0 { self.index() } else { sum.modulo(&Index::constant(2)) };
                Index::atom(Atom::Datum("t".into(), vec![at])).times_number(self.number(-2, 2)).plus(&self.index())
            }
            7 | 8 if self.products => {
                self.index().times(&self.index()).plus(&self.index()).times_number(self.number(-3, 3))
            }
            _ => sum,
        }
    }

    fn relation(&mut self) -> Condition {
        match self.below(7) {
            0 | 1 => Condition::AtMost(self.expression(2), self.expression(1)),
            2 => {
                let e = self.expression(2);
                let lo = self.number(-20, 10);
                Condition::Within(Index::constant(lo), e, Index::constant(lo + self.number(0, 25)))
            }
            3 => Condition::Equal(self.expression(2), self.expression(1)),
            4 => {
                Condition::Equal(self.expression(1).times_number(2), self.expression(1).times_number(4).plus_number(2))
            }
            5 => Condition::Divides(Index::constant(self.number(1, 6)), self.expression(2)),
            _ => Condition::Divides(Index::constant(self.number(2, 4)), self.expression(1).times_number(2)),
        }
    }

    fn condition(&mut self, depth: usize) -> Condition {
        if depth == 0 {
            return self.relation();
        }
        let parts = |source: &mut Source| (0..2 + source.below(2)).map(|_| source.condition(depth - 1)).collect();
        match self.below(6) {
            0 => Condition::Any(parts(self)),
            1 => Condition::All(parts(self)),
            2 => Condition::Not(Box::new(self.condition(depth - 1))),
            _ => self.relation(),
        }
    }

    /// Something that follows from a requirement, if there is one, or that contradicts it.
    fn consequence(&mut self, requires: &[Condition]) -> Condition {
        let Some(first) = requires.first().cloned() else { return self.condition(2) };
        let other = self.condition(1);
        let weaker = Condition::Any(vec![other, first]);
        if self.below(2) == 0 { weaker } else { Condition::Not(Box::new(weaker)) }
    }
}
