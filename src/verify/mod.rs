//! Verification: every answer, and every line of its derivation, against the equations as the
//! author wrote them, run by the independent evaluator.
//!
//! An answer is checked in the very syntax in which it is printed, at random points of the field
//! of p = 2^61 − 1 elements. What fails is never printed.

mod assignments;
mod count;
pub mod point;
mod sample;
mod step;
mod unverified;

pub(crate) use assignments::Limits;
pub use assignments::assignments;
pub use unverified::{Cause, Unverified};

use crate::answer::{Answer, Names};
use crate::derivation::{Derivation, Goal, ShapeDerivation};
use crate::evaluate::check::{
    Checked, Failure as CheckFailure, check_gradient, check_gradient_by_steps, check_jacobian, check_product,
    check_value,
};
use crate::evaluate::range::{BoxFault, check_box};
use crate::evaluate::{EvalError, Formula, General, Instance, Random, Scalar, Sizes, Steps, Work, integer};
use crate::language::syntax::{Expr, Name};
use crate::limits::Limit;
use crate::model::{OneStep, Quote, System};

/// What was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// Entries of formulas compared with the equations.
    pub entries: usize,
    /// Those of them that were equal in floating point only: opaque functions stood in the way.
    pub numeric: usize,
    /// Places of output boxes at which every read was found in range, and none just outside.
    pub places: usize,
    /// Random points of the field at which they were compared.
    pub points: usize,
    /// Assignments of numbers to symbolic sizes; 0 if every size is a number.
    pub assignments: usize,
    /// Values of lines of derivations compared with the line before.
    pub steps: usize,
    /// Arrays whose entries were counted.
    pub counted: usize,
    /// Values at chosen points compared with what the equations give there.
    pub values: usize,
    /// Entries followed towards a limit.
    pub limits: usize,
    /// Entries at which both sides of an equality were compared.
    pub compared: usize,
    /// Whether functions stand in the equations: over the field each is an unknown value, with the
    /// derivative that the table of functions gives it.
    pub functions: bool,
    /// Whether some box was too large to check every entry.
    pub sampled: bool,
}

impl Certificate {
    /// Both together.
    pub fn and(&self, other: &Certificate) -> Certificate {
        Certificate {
            entries: self.entries + other.entries,
            numeric: self.numeric + other.numeric,
            places: self.places + other.places,
            points: self.points.max(other.points),
            assignments: self.assignments.max(other.assignments),
            steps: self.steps + other.steps,
            counted: self.counted + other.counted,
            values: self.values + other.values,
            limits: self.limits + other.limits,
            compared: self.compared + other.compared,
            functions: self.functions || other.functions,
            sampled: self.sampled || other.sampled,
        }
    }
}

/// Instances of a system at the sizes and points at which its answers are tried.
pub struct Trials {
    symbolic: bool,
    functions: bool,
    runs: Vec<(Sizes, Vec<Instance>)>,
    work: Work,
    budget: Budget,
    /// How much work had been done when all instances were drawn.
    drawn: u64,
}

/// How many operations the answers of a system together may take, and each of them at most.
#[derive(Clone, Copy)]
struct Budget {
    /// What is allowed for a system with few equations.
    allowed: u64,
    all: u64,
    each: u64,
}

/// How many times as many they may take where one evaluation alone exceeds what is left.
const HARD: u64 = 40;
/// Where the runs of the system have taken more than this, it is run at no further points.
const COSTLY: u64 = 500_000;
/// Where an answer has taken more than this, it is tried at no further points.
const ANSWER: u64 = 500_000;
/// The share of the operations left that the entries of an answer, or its lines, may take.
const SHARE: u64 = 12;
/// How many times its share a line may take at one entry where lines were compared at other sizes.
const LINE: u64 = 40;
/// A system with more equations than this has many answers, and a budget that grows with them.
const MANY: usize = 60;
/// How many operations an equation adds then, and an answer may take.
const MORE: u64 = 3_000_000;
const ASSIGNMENTS: usize = 8;
/// The same for a system with many equations.
const FEW: usize = 4;

impl Budget {
    fn of(system: &System) -> Budget {
        let allowed = system.limits.of(Limit::Work) as u64;
        match system.equations.len() {
            few if few <= MANY => Budget { allowed, all: allowed, each: allowed },
            many => Budget { allowed, all: allowed + MORE * many as u64, each: MORE / 4 },
        }
    }
}

impl Trials {
    /// Draws sizes and points for a system.
    ///
    /// # Errors
    /// If no sizes satisfy the requirements, or the system cannot be evaluated; sizes at which its values only
    /// grow too large are left out where there are others.
    pub fn new(system: &System, names: &Names) -> Result<Self, Unverified> {
        let many = system.equations.len() > MANY;
        let chosen = assignments(system, if many { FEW } else { ASSIGNMENTS });
        let fail = |reason: String, sizes: &Sizes| Unverified {
            answer: "the system".into(),
            reason,
            sizes: sizes.clone(),
            cause: None,
        };
        let valueless = |e: EvalError, sizes: &Sizes| {
            let reason = e.to_string();
            Unverified { cause: Some(Box::new(Cause::Evaluation(e))), ..fail(reason, sizes) }
        };
        if chosen.is_empty() {
            let reason = "no small sizes were found that satisfy all requirements".into();
            return Err(fail(reason, &Sizes::new()));
        }
        let budget = Budget::of(system);
        let work = Work::until(HARD * budget.all, &system.limits);
        let (mut runs, mut too_large) = (Vec::new(), None);
        'sizes: for (k, mut sizes) in chosen.into_iter().enumerate() {
            let shown = sizes.clone();
            let plain = Quote::plain();
            for (name, index) in &names.lengths {
                let value = integer(&plain.index(index), &sizes).map_err(|e| fail(e.to_string(), &shown))?;
                sizes.insert(name.clone(), value as i64);
            }
            let mut instances: Vec<Instance> = Vec::new();
            let mut spent = 0;
            let points = if system.sizes.is_empty() { 20 } else { 2 - usize::from(many) };
            while instances.len() < points {
                let seed = Random::new((1000 * k + instances.len()) as u64 + 1).bits();
                let mut instance = match Instance::sharing(&system.program, &sizes, seed, &work) {
                    Ok(instance) => instance,
                    Err(error) if error.grew_too_large() => {
                        too_large.get_or_insert(valueless(error, &shown));
                        continue 'sizes;
                    }
                    Err(error) => return Err(valueless(error, &shown)),
                };
                for (output, letter) in names.upstream.iter().chain(&system.direct) {
                    instance.alias_upstream(letter.clone(), output).map_err(|e| fail(e.to_string(), &shown))?;
                }
                spent += instance.forward_work();
                instances.push(instance);
                if spent > COSTLY {
                    break;
                }
            }
            runs.push((shown, instances));
        }
        if let (true, Some(error)) = (runs.is_empty(), too_large) {
            return Err(error);
        }
        let (symbolic, functions) = (!system.sizes.is_empty(), !system.functions().is_empty());
        let drawn = work.done();
        Ok(Trials { symbolic, functions, runs, work, budget, drawn })
    }

    /// Forgets what was done since the instances were drawn, so that what is verified next may cost as
    /// much as what was verified first.
    pub fn forget(&mut self) {
        let instances = self.runs.iter_mut().flat_map(|(_, instances)| instances);
        instances.for_each(|instance| instance.forget(self.drawn));
    }

    /// Checks an answer and every line of its derivation.
    ///
    /// # Errors
    /// The first entry that differs, with the sizes.
    pub fn verify(&self, answer: &Answer) -> Result<Certificate, Unverified> {
        let mut total = Certificate { functions: self.functions, ..Certificate::default() };
        let before = self.work.done();
        let free: Vec<Name> = answer.indices.iter().map(|b| b.name.clone()).collect();
        let lines: Vec<&Expr> = answer.all_lines().collect();
        let mut general: Option<[General; 2]> = None;
        for (sizes, instances) in &self.runs {
            let fail =
                |reason: String| Unverified { answer: answer.name.clone(), reason, sizes: sizes.clone(), cause: None };
            let broken = |e: EvalError| fail(e.to_string());
            let general = match &general {
                Some(general) => general,
                None => {
                    let compiled = |formulas: &[&Expr]| instances[0].compile_general(formulas, &free).map_err(broken);
                    general.insert([compiled(&[&answer.formula])?, compiled(&lines)?])
                }
            };
            let [formula, lines] = general.each_ref().map(|general| general.at(&instances[0]).map_err(broken));
            let (formula, lines) = (&formula?[0], lines?);
            for (k, instance) in instances.iter().enumerate() {
                if k > 0 && self.work.done() - before > ANSWER {
                    break;
                }
                let share = self.share();
                let affordable = sample::affordable(instance, &answer.derivation, formula, share);
                let compared = compare(instance, answer, formula, affordable);
                let (checked, sampled) = compared.map_err(|e| Unverified {
                    cause: e.work().map(|e| Box::new(Cause::Evaluation(e))),
                    ..fail(describe(answer, &e))
                })?;
                if k == 0 {
                    total.entries += checked.entries;
                    total.numeric += checked.numeric;
                }
                total.sampled |= sampled;
                total.points += 1;
                if k == 0 {
                    check_examples(instance, answer, &free, formula).map_err(&fail)?;
                    let most = if total.steps > 0 { LINE * self.share() } else { u64::MAX };
                    total.steps += self.check_lines(instance, answer, &lines, most).map_err(&fail)?;
                }
            }
        }
        if let (Goal::Step { .. }, 0, Some((sizes, _))) = (&answer.derivation.goal, total.entries, self.runs.last()) {
            let reason = "at none of the sizes tried are there two such steps".into();
            return Err(Unverified { answer: answer.name.clone(), reason, sizes: sizes.clone(), cause: None });
        }
        total.assignments = if self.symbolic { self.runs.len() } else { 0 };
        Ok(total)
    }

    /// How many operations the entries of an answer, or its lines, may take at one assignment of sizes.
    fn share(&self) -> u64 {
        let left = self.budget.all.saturating_sub(self.work.done());
        (left / SHARE).min(self.budget.each) / self.runs.len() as u64
    }

    /// One instance for each assignment of sizes, with the answer compiled for it and a sample of its
    /// entries, half of them where it is not 0: for what else is claimed of the answer.
    pub fn probes(&self, answer: &Answer) -> impl Iterator<Item = (&Instance, Formula, Vec<Vec<i64>>)> {
        let free: Vec<Name> = answer.indices.iter().map(|b| b.name.clone()).collect();
        let share = self.budget.each.min(self.budget.allowed / SHARE) / self.runs.len() as u64;
        self.runs.iter().filter_map(move |(_, instances)| {
            let instance = instances.first()?;
            let formula = instance.compile(&answer.formula, &free).ok()?;
            let runs = (self.runs.len(), share);
            let entries = sample::entries(instance, &answer.derivation, Some(&formula), runs, sample::PROBES);
            Some((instance, formula, entries))
        })
    }

    /// Compares each line of a derivation with the one before, at a sample of entries; no more of them once a line
    /// takes more operations than `most`.
    fn check_lines(&self, instance: &Instance, answer: &Answer, lines: &[Formula], most: u64) -> Result<usize, String> {
        let steps = answer.step.as_ref().map(|step| Steps::new(instance, &step.axes)).transpose();
        let steps = steps.map_err(|e| e.to_string())?;
        let mut evaluate = instance.evaluator(lines);
        let mut compared = 0;
        let done = self.work.done();
        let share = self.share();
        for at in sample::entries(instance, &answer.derivation, lines.last(), (self.runs.len(), share), sample::LINES) {
            if compared > 0 && self.work.done() - done > share {
                break;
            }
            let step = match &steps {
                Some(steps) => row_step(steps, &answer.derivation, &at).map_err(|e| e.to_string())?,
                None => None,
            };
            let named = |k: usize| match k.checked_sub(1) {
                None => "the first line".into(),
                Some(before) => {
                    let rule = answer.derivation.steps.get(before).map_or("presentation", |step| step.rule.text());
                    format!("the step by the rule `{rule}` (line {k})")
                }
            };
            let mut within = steps.as_ref().map(|steps| steps.evaluator(lines, step.as_deref()));
            let mut before: Option<(&Formula, Scalar)> = None;
            for (k, line) in lines.iter().enumerate() {
                let value = self.work.at_most(most, || match &mut within {
                    Some(within) => within(k, &at),
                    None => evaluate(k, &at),
                });
                let value = match value {
                    Err(EvalError::TooMuchWork { .. }) if most < u64::MAX => return Ok(compared),
                    value => value.map_err(|e| format!("{} has no value at {at:?}: {e}", named(k)))?,
                };
                if before.is_some_and(|b| !instance.agree(b, (line, value))) {
                    return Err(format!("{} changes the value at {at:?}", named(k)));
                }
                before = Some((line, value));
                compared += 1;
            }
        }
        Ok(compared)
    }

    /// Checks that the total derivatives of a state for an earlier one are the products of those of the
    /// steps between.
    ///
    /// # Errors
    /// The entry that differs, with the sizes.
    pub fn verify_product(
        &self,
        state: &Name,
        step: &OneStep,
        (axis, upwards): (usize, bool),
    ) -> Result<Certificate, Unverified> {
        let mut total = Certificate { functions: self.functions, ..Certificate::default() };
        for (sizes, instances) in &self.runs {
            let name = format!("the product form of d{state}/d{state}");
            let fail = |e: CheckFailure| Unverified {
                answer: name.clone(),
                reason: e.to_string(),
                sizes: sizes.clone(),
                cause: None,
            };
            let instance = &instances[0];
            let steps = Steps::new(instance, &step.axes).map_err(|e| fail(e.into()))?;
            let checked = check_product(&steps, state, axis, upwards).map_err(fail)?;
            total.entries += checked.entries;
            total.numeric += checked.numeric;
            total.points += 1;
        }
        total.assignments = if self.symbolic { self.runs.len() } else { 0 };
        Ok(total)
    }

    /// Checks that the derived box of an array is the largest one in which every read is in range,
    /// and that the lengths are its own.
    ///
    /// # Errors
    /// The index and the value that is wrongly in or out of it.
    pub fn verify_shape(&self, system: &System, shape: &ShapeDerivation) -> Result<Certificate, Unverified> {
        let mut total = Certificate::default();
        let plain = Quote::plain();
        for (sizes, instances) in &self.runs {
            let name = format!("shape {}", shape.array);
            let fail = |reason: String| Unverified { answer: name.clone(), reason, sizes: sizes.clone(), cause: None };
            let Some(axes) = instances[0].axes(&shape.array) else { return Err(fail("there is no such array".into())) };
            for (length, (first, last)) in shape.lengths.iter().zip(axes) {
                let claimed = integer(&plain.index(length), sizes).map_err(|e| fail(e.to_string()))?;
                if claimed != i128::from(last - first + 1) {
                    return Err(fail(format!("a length is given as {claimed}, it is {}", last - first + 1)));
                }
            }
            let equation = system.program.equations.iter().position(|e| *e.array == *shape.array);
            if let (Some(number), false) = (equation, shape.limits.is_empty()) {
                let small = axes.iter().map(|(lo, hi)| hi - lo + 1).product::<i64>() <= 20_000;
                if small && all_open(shape) {
                    let checked = check_box(&system.program, sizes, number, system.base, axes);
                    let larger = |fault: BoxFault| {
                        let cause = match &fault {
                            BoxFault::Extends { index, value } => {
                                let (array, index) = (shape.array.clone(), index.clone());
                                Some(Box::new(Cause::Larger { array, index, value: *value }))
                            }
                            _ => None,
                        };
                        Unverified { cause, ..fail(fault.to_string()) }
                    };
                    total.places += checked.map_err(larger)?.entries;
                } else {
                    total.sampled = true;
                }
            }
        }
        total.assignments = if self.symbolic { self.runs.len() } else { 0 };
        Ok(total)
    }
}

/// Compares the entries of an answer with the equations: all of them where there are few, otherwise a
/// sample, which is said.
fn compare(
    instance: &Instance,
    answer: &Answer,
    formula: &Formula,
    affordable: usize,
) -> Result<(Checked, bool), CheckFailure> {
    let derivation = &answer.derivation;
    if let (Goal::Gradient { array }, Some(step)) = (&derivation.goal, &answer.step) {
        return Ok((check_gradient_by_steps(&Steps::new(instance, &step.axes)?, array, formula)?, false));
    }
    if let (Goal::Step { .. }, Some(step)) = (&derivation.goal, &answer.step) {
        return step::check(instance, step, derivation, formula, affordable);
    }
    if !sample::is_small(instance, derivation, affordable) {
        return Ok((sample::check(instance, &derivation.goal, formula, affordable)?, true));
    }
    let checked = match &derivation.goal {
        Goal::Value { output } => check_value(instance, output, formula),
        Goal::Jacobian { output, array } | Goal::Step { output, array, .. } => {
            check_jacobian(instance, output, array, formula)
        }
        Goal::Gradient { array } => check_gradient(instance, array, formula),
    };
    Ok((checked?, false))
}

/// The step of an entry of the output, if the answer is of one step.
fn row_step(steps: &Steps, derivation: &Derivation, at: &[i64]) -> Result<Option<Vec<i64>>, EvalError> {
    match &derivation.goal {
        Goal::Step { output, .. } => steps.of(output, &at[..derivation.output_axes]).map(Some),
        _ => Ok(None),
    }
}

/// Compares each worked entry with the formula there, at a sample of the indices it leaves open.
fn check_examples(instance: &Instance, answer: &Answer, free: &[Name], formula: &Formula) -> Result<(), String> {
    for (example, value) in &answer.examples {
        let value = instance.compile(value, free).map_err(|e| e.to_string())?;
        for mut at in sample::entries(instance, &answer.derivation, None, (1, 0), sample::LINES) {
            for (var, number) in &example.at {
                let axis = answer.derivation.indices.iter().position(|b| b.var == *var);
                let slot =
                    axis.and_then(|axis| at.get_mut(axis)).ok_or("an example names an index that is not free")?;
                *slot = *number as i64;
            }
            let found = instance.evaluate(&value, &at).map_err(|e| e.to_string())?;
            let expected = instance.evaluate(formula, &at).map_err(|e| e.to_string())?;
            if !instance.agree((&value, found), (formula, expected)) {
                return Err(format!("the example at {at:?} differs from the formula"));
            }
        }
    }
    Ok(())
}

fn all_open(shape: &ShapeDerivation) -> bool {
    (0..shape.indices.len()).all(|axis| shape.limits.iter().any(|l| l.axis == axis))
}

fn describe(answer: &Answer, failure: &CheckFailure) -> String {
    let place = |at: &[i64]| {
        let pairs = answer.indices.iter().zip(at).map(|(b, v)| format!("{} = {v}", b.name));
        pairs.collect::<Vec<_>>().join(", ")
    };
    match failure {
        CheckFailure::Mismatch(m) => format!("the entry at {} differs from the definition", place(&m.at)),
        CheckFailure::NoValue { at, error } => format!("the entry at {} has no value: {error}", place(at)),
        CheckFailure::Error(error) => error.to_string(),
    }
}
