//! Small systems with arrays of pairwise different lengths, run at many sizes and random points,
//! and what a term is worth in them.
//!
//! The value of a term is what the independent evaluator makes of its plain syntax, at all values
//! of the free indices that occur in it.

use backprose::evaluate::{EvalError, Formula, Instance, Random, Scalar, Sizes, integer};
use backprose::integer::{Facts, Index, Var};
use backprose::language::parse::parse_file;
use backprose::language::print::{Alphabet, expression};
use backprose::language::syntax::{Expr, Name};
use backprose::model::{self, Bound, Quote, System, Term, elaborate};
use std::collections::BTreeSet;

/// Every size a number.
pub const NUMERIC: &str = "
input x[5, 3]   weight W[2, 3, 4]   input z[0..6]   weight v   input y[3]
require sum[k] y[k] = 1
h[p in 1..4] = sum[k in 1..3] x[p+1, k] * z[p+k-1]
f[i in 1..2, q in 2..4] = sum[k in 1..3] W[i, k, q] * h[q]^2
output f";

/// Every size a symbol.
pub const SYMBOLIC: &str = "
size N, K, S, P >= 0
require K <= N
input x[N, K]   weight W[2, K, S]   input z[0..P]   weight v   input y[K]
require sum[k] y[k] = 1
h[p in 1..N] = sum[k in 1..K] x[p, k] * W[1, k, 1]
f[i in 1..2, q in 1..K] = sum[s in 1..S] W[i, q, s] * h[q]^2
output f";

const SIZES: &[[i64; 4]] = &[[4, 3, 2, 1], [2, 1, 3, 0], [5, 2, 1, 3]];
const WORK: u64 = 40_000_000;
const MOST_POINTS: usize = 24;

/// A system, its free indices, and the instances in which terms are evaluated.
pub struct Fixture {
    /// The system.
    pub system: System,
    /// One index for each range that an axis has.
    pub free: Vec<Bound>,
    runs: Vec<(Sizes, Instance)>,
}

/// The system that a text describes.
pub fn system(text: &str) -> System {
    let file = parse_file(text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    elaborate(&file.statements, file.base.unwrap_or(1), &model::Sizes::default())
        .unwrap_or_else(|e| panic!("{text}: {e:?}"))
}

impl Fixture {
    /// The system of a text, at sizes in the order N, K, S, P if it has any.
    pub fn new(text: &str) -> Fixture {
        let system = system(text);
        let names = system.arrays.iter().map(|a| &a.name).chain(system.equations.iter().map(|e| &e.array));
        let mut free: Vec<Bound> = Vec::new();
        for (lo, hi) in names.flat_map(|name| system.bounds(name).unwrap_or_default()) {
            if !free.iter().any(|b| b.lo == lo && b.hi == hi) {
                let var = Var::new(["a", "b", "c", "d", "e", "u", "w"][free.len()]);
                free.push(Bound { var, lo, hi });
            }
        }
        let chosen: Vec<Sizes> = match system.sizes.is_empty() {
            true => vec![Sizes::new()],
            false => SIZES.iter().map(|v| system.sizes.iter().map(|(n, _)| n.clone()).zip(*v).collect()).collect(),
        };
        let instance = |sizes: &Sizes| Instance::new(&system.program, sizes, 7, WORK).expect("the system has values");
        let runs = chosen.into_iter().map(|sizes| (sizes.clone(), instance(&sizes))).collect();
        Fixture { system, free, runs }
    }

    /// Both systems.
    pub fn all() -> [Fixture; 2] {
        [Fixture::new(NUMERIC), Fixture::new(SYMBOLIC)]
    }

    /// What is known of the sizes and free indices.
    pub fn facts(&self) -> Facts {
        let mut facts = self.system.facts();
        self.free.iter().for_each(|b| facts.bound_index(&b.var, &b.lo, &b.hi));
        facts
    }

    /// The free indices.
    pub fn taken(&self) -> BTreeSet<Var> {
        self.free.iter().map(|b| b.var.clone()).collect()
    }

    /// The values of a term at all sizes and all values of the free indices `vars`.
    pub fn values(&self, term: &Term, vars: &BTreeSet<Var>) -> Result<Vec<Scalar>, EvalError> {
        self.values_of(&Quote::plain().formula(term), vars)
    }

    /// The values of a formula, as of a term.
    pub fn values_of(&self, formula: &Expr, vars: &BTreeSet<Var>) -> Result<Vec<Scalar>, EvalError> {
        let names: Vec<Name> = self.free.iter().map(|b| b.var.name.clone()).collect();
        let mut values = Vec::new();
        for (sizes, instance) in &self.runs {
            let compiled: Formula = instance.compile(formula, &names)?;
            for at in self.points(sizes, vars) {
                values.push(instance.evaluate(&compiled, &at)?);
            }
        }
        Ok(values)
    }

    /// All values of the free indices `vars`, the others at their first; some of them if many.
    fn points(&self, sizes: &Sizes, vars: &BTreeSet<Var>) -> Vec<Vec<i64>> {
        let number = |e: &Index| integer(&Quote::plain().index(e), sizes).expect("an integer") as i64;
        let mut points: Vec<Vec<i64>> = vec![Vec::new()];
        for bound in &self.free {
            let (lo, hi) = (number(&bound.lo), number(&bound.hi));
            let last = if vars.contains(&bound.var) { hi } else { lo };
            let extended = |at: &Vec<i64>| (lo..=last).map(|n| [at.as_slice(), &[n]].concat()).collect::<Vec<_>>();
            points = points.iter().flat_map(extended).collect();
        }
        let mut random = Random::new(points.len() as u64);
        while points.len() > MOST_POINTS {
            let place = random.between(0, points.len() as i64 - 1) as usize;
            points.swap_remove(place);
        }
        points
    }
}

/// A term as text.
pub fn show(term: &Term) -> String {
    expression(&Quote::plain().formula(term), Alphabet::Ascii)
}
