//! The integer solver against enumeration: what it says follows holds at every size and index the
//! facts allow, and what it says is refuted holds at none.

use crate::cases;
use backprose::evaluate::Random;
use backprose::integer::{Atom, Condition, Extreme, Facts, Index, Truth, Var};
use backprose::language::syntax::Name;
use std::collections::BTreeMap;

const CASES: u64 = 500;
const DRAWS: usize = 100;
const SIZES: &[&str] = &["N", "K", "S", "P"];
const LEAST: &[i128] = &[1, 1, 1, 0];
const INDICES: &[&str] = &["i", "j", "k"];

#[test]
fn the_integer_solver_never_guesses() {
    let (mut yes, mut no, mut unknown) = (0, 0, 0);
    for seed in cases(CASES) {
        let case = Case::new(seed);
        let judged = case.facts().judge(&case.question);
        if judged == Truth::Unknown {
            unknown += 1;
            continue;
        }
        let mut places = 0;
        for at in case.places() {
            places += 1;
            assert_eq!(holds(&case.question, &at), judged == Truth::Yes, "seed {seed}, at {at:?}: {case:#?}");
        }
        *if judged == Truth::Yes { &mut yes } else { &mut no } += usize::from(places > 0);
    }
    println!("decided and not vacuous: {yes} yes, {no} no, {unknown} unknown");
    assert!(yes > 50 && no > 70, "only {yes} yes and {no} no were effective");
}

/// Values of sizes and indices.
type At = BTreeMap<Name, i128>;

/// Ranges, requirements and a question; sizes are numbers in every other case.
#[derive(Debug)]
struct Case {
    ranges: Vec<(Var, Index, Index)>,
    requires: Vec<Condition>,
    question: Condition,
    seed: u64,
}

impl Case {
    fn new(seed: u64) -> Case {
        let mut source = Source { random: Random::new(seed), symbolic: seed.is_multiple_of(2), bound: 0 };
        let mut requires: Vec<Condition> = match source.symbolic {
            true => (0..source.below(3)).map(|_| source.condition(0)).collect(),
            false => Vec::new(),
        };
        let mut ranges = Vec::new();
        while source.bound < INDICES.len() {
            let (lo, hi) = source.range();
            ranges.push((Var::new(INDICES[source.bound]), lo, hi));
            source.bound += 1;
        }
        if source.below(3) == 0 {
            requires.push(source.condition(0));
        }
        let question = source.condition(2);
        Case { ranges, requires, question, seed }
    }

    fn facts(&self) -> Facts {
        let mut facts = Facts::default();
        SIZES.iter().zip(LEAST).for_each(|(size, least)| facts.bound_size((*size).into(), *least));
        for (var, lo, hi) in &self.ranges {
            facts.bound_index(var, lo, hi);
        }
        self.requires.iter().for_each(|condition| facts.require(condition));
        facts
    }

    /// Places that satisfy the facts: sizes and indices drawn many times.
    fn places(&self) -> Vec<At> {
        let mut random = Random::new(!self.seed);
        let mut places: Vec<At> = (0..DRAWS).filter_map(|_| self.place(&mut random)).collect();
        places.retain(|at| self.requires.iter().all(|c| holds(c, at)));
        places
    }

    /// A place in all ranges, unless one is empty there.
    fn place(&self, random: &mut Random) -> Option<At> {
        let size = |(name, least): (&&str, &i128)| ((*name).into(), least + i128::from(random.between(0, 3)));
        let mut at: At = SIZES.iter().zip(LEAST).map(size).collect();
        for (var, lo, hi) in &self.ranges {
            let (lo, hi) = (value(lo, &at), value(hi, &at));
            let n = (lo <= hi).then(|| random.between(lo as i64, hi as i64))?;
            at.insert(var.name.clone(), n.into());
        }
        Some(at)
    }
}

struct Source {
    random: Random,
    symbolic: bool,
    bound: usize,
}

impl Source {
    fn below(&mut self, n: usize) -> usize {
        self.random.between(0, n as i64 - 1) as usize
    }

    fn number(&mut self) -> Index {
        Index::constant([1, 1, 1, -1, -1, 2, -2, 3, 4][self.below(9)])
    }

    fn unknown(&mut self) -> Index {
        let sizes = if self.symbolic { SIZES.len() } else { 0 };
        match self.below((self.bound + sizes).max(1)) {
            k if k < self.bound => Index::var(&Var::new(INDICES[k])),
            k if self.symbolic => Index::size(SIZES[k - self.bound]),
            _ => Index::constant(2),
        }
    }

    fn range(&mut self) -> (Index, Index) {
        let lo = if self.below(3) == 0 { self.unknown() } else { Index::constant(self.below(3) as i128) };
        let hi = match self.below(3) {
            0 => lo.plus_number(self.below(4) as i128),
            1 => self.unknown(),
            _ if self.symbolic => self.unknown().plus(&self.unknown()),
            _ => Index::constant(3 + self.below(3) as i128),
        };
        (lo, hi)
    }

    fn expression(&mut self) -> Index {
        let mut sum = Index::constant(self.below(9) as i128 - 4);
        for _ in 0..=self.below(3) {
            let mut product = self.number().times(&self.unknown());
            if self.symbolic && self.below(4) == 0 {
                product = product.times(&self.unknown());
            }
            if self.below(8) == 0 {
                let divisor = if self.symbolic && self.below(2) == 0 { Index::size("S") } else { Index::constant(2) };
                let inside = product.plus(&self.unknown()).plus_number(self.below(4) as i128 - 1);
                product = inside.floor_div(&divisor);
            }
            sum = sum.plus(&product);
        }
        sum
    }

    fn condition(&mut self, depth: usize) -> Condition {
        let choices = if depth == 0 { 5 } else { 8 };
        match self.below(choices) {
            0 | 1 => Condition::AtMost(self.expression(), self.expression()),
            2 => Condition::Within(Index::constant(1), self.expression(), self.expression()),
            3 => Condition::Equal(self.expression(), self.expression()),
            4 => {
                let divisor = if self.symbolic && self.below(3) == 0 {
                    Index::size("S")
                } else {
                    Index::constant(2 + self.below(2) as i128)
                };
                let multiple = if self.below(2) == 0 { divisor.times(&self.unknown()) } else { Index::default() };
                let rest = if self.below(2) == 0 { Index::constant(self.below(4) as i128) } else { self.expression() };
                Condition::Divides(divisor, multiple.plus(&rest))
            }
            5 => Condition::Not(Box::new(self.condition(depth - 1))),
            6 => Condition::All(vec![self.condition(depth - 1), self.condition(depth - 1)]),
            _ => Condition::Any(vec![self.condition(depth - 1), self.condition(depth - 1)]),
        }
    }
}

fn value(e: &Index, at: &At) -> i128 {
    let atom = |atom: &Atom| match atom {
        Atom::Var(var) => at[&var.name],
        Atom::Size(name) => at[name],
        Atom::Div(pair) => value(&pair.0, at).div_euclid(value(&pair.1, at)),
        Atom::Extreme(Extreme::Greatest, parts) => parts.iter().map(|p| value(p, at)).max().unwrap(),
        Atom::Extreme(Extreme::Least, parts) => parts.iter().map(|p| value(p, at)).min().unwrap(),
        Atom::Datum(..) => unreachable!("no random condition reads data"),
    };
    e.terms().iter().map(|(monomial, n)| n * monomial.iter().map(atom).product::<i128>()).sum()
}

fn holds(condition: &Condition, at: &At) -> bool {
    match condition {
        Condition::Equal(a, b) => value(a, at) == value(b, at),
        Condition::AtMost(a, b) => value(a, at) <= value(b, at),
        Condition::Within(lo, e, hi) => (value(lo, at)..=value(hi, at)).contains(&value(e, at)),
        Condition::Divides(m, e) => value(e, at).rem_euclid(value(m, at)) == 0,
        Condition::All(parts) => parts.iter().all(|p| holds(p, at)),
        Condition::Any(parts) => parts.iter().any(|p| holds(p, at)),
        Condition::Not(inner) => !holds(inner, at),
    }
}
