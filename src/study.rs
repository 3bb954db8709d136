//! One system under study: its answers, each derived once and verified before anyone sees it.

mod flow;
pub mod limit;
pub mod point;
mod recurrence;
mod timed;
mod undefined;

pub use flow::Flow;
pub use undefined::undefined;

use crate::answer::{Answer, Names, goal_name, step_goal};
use crate::calculus::{self, Derivations, Printing, Rule};
use crate::derivation::{Derivation, Goal, ShapeDerivation};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, nearest};
use crate::integer::Var;
use crate::language::syntax::{Expr, Layout, Name, Statement, Target};
use crate::limits::{Limit, Limits};
use crate::matrix::{MatrixForm, Unfit, entry::entry, matrix_form};
use crate::model::count::Count;
use crate::model::{OneStep, Quote, Sizes, System, elaborate_within, jacobian_name};
use crate::recognise::perform::confirms;
use crate::recognise::{Operation, recognise};
use crate::verify::{Certificate, Trials, Unverified};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A system with the answers derived from it so far.
pub struct Study {
    /// The system.
    pub system: System,
    /// The letters given to what the author left without one.
    pub names: Names,
    trials: Option<Trials>,
    answers: BTreeMap<String, (Answer, Certificate)>,
    derivations: Derivations,
    bracketed: Derivations,
    steps: BTreeMap<Name, (Rc<OneStep>, Derivations)>,
    printing: Printing,
    layout: Option<Layout>,
    open: Vec<Goal>,
}

/// Why there is no answer.
#[derive(Clone, Debug)]
pub enum NoAnswer {
    /// It was derived but did not pass verification.
    Unverified(Unverified),
    /// What was asked for makes no sense in this system.
    Refused(Diagnostic),
}

impl From<Unverified> for NoAnswer {
    fn from(unverified: Unverified) -> Self {
        NoAnswer::Unverified(unverified)
    }
}

impl Study {
    /// The system that statements describe, at the sizes chosen.
    ///
    /// # Errors
    /// What is wrong with the statements.
    pub fn new(statements: &[Statement], base: i64, sizes: &Sizes) -> Result<Study, Diagnostics> {
        Study::within(statements, base, sizes, &Limits::default())
    }

    /// The same within other limits.
    ///
    /// # Errors
    /// As [`Study::new`].
    pub fn within(statements: &[Statement], base: i64, sizes: &Sizes, limits: &Limits) -> Result<Study, Diagnostics> {
        let system = elaborate_within(statements, base, sizes, limits)?;
        let names = Names::new(&system);
        Ok(Study {
            system,
            names,
            trials: None,
            answers: BTreeMap::new(),
            derivations: Derivations::default(),
            bracketed: Derivations::default(),
            steps: BTreeMap::new(),
            printing: Printing::default(),
            layout: None,
            open: Vec::new(),
        })
    }

    /// The same with formulas that use no letters beyond the author's: for code.
    pub fn without_letters(mut self) -> Study {
        self.names = Names::default();
        self.rested()
    }

    /// The same without what verification has worked out, when nothing more is asked: it is the larger part.
    pub fn rested(mut self) -> Study {
        self.trials = None;
        self.answers.clear();
        self.steps.clear();
        self
    }

    /// The same with the lengths of axes written out.
    pub fn without_lengths(mut self) -> Study {
        self.names.lengths.clear();
        self.trials = None;
        self.answers.clear();
        self.steps.clear();
        self
    }

    /// The same with derivatives in another form.
    pub fn printed(mut self, printing: Printing) -> Study {
        self.printing = printing;
        self.answers.clear();
        self.derivations = Derivations::default();
        self.steps.clear();
        self
    }

    /// The same with the matrix form beside each answer that has one, in a layout.
    pub fn with_matrices(mut self, layout: Option<Layout>) -> Study {
        self.layout = layout;
        self
    }

    /// The layout in which matrix forms stand beside the answers, if they are wanted.
    pub fn layout(&self) -> Option<Layout> {
        self.layout
    }

    /// Derives and verifies a goal, or gives what was derived before.
    ///
    /// # Errors
    /// If the goal names no array of the system, or the answer does not pass verification.
    pub fn answer(&mut self, goal: &Goal) -> Result<(Answer, Certificate), NoAnswer> {
        let key = goal_name(goal);
        if let Some(found) = self.answers.get(&key) {
            return Ok(found.clone());
        }
        let found = if self.system.limits.expired() { None } else { Some(self.new_answer(&key, goal)) };
        match found {
            Some(Ok(found)) => Ok(found),
            Some(Err(why)) if !self.system.limits.expired() => Err(why),
            _ => Err(Unverified::unfinished(key).into()),
        }
    }

    fn new_answer(&mut self, key: &str, goal: &Goal) -> Result<(Answer, Certificate), NoAnswer> {
        let Some(mut answer) = self.derived(goal) else {
            let message = format!("the derivation of `{key}` grows too large");
            let hint = "write long products and sums over an index, leave out equations";
            let hint = self.system.limits.hint(Limit::Rewriting, hint);
            return Err(NoAnswer::Refused(Diagnostic::general(message).hint(hint)));
        };
        if matches!(goal, Goal::Jacobian { .. }) && answer.left == answer.formula {
            let message = format!("`{key}` would be its own definition: an array that is computed from itself");
            let hint = "ask for the derivatives for inputs and weights, or write one step as a system of its own";
            return Err(NoAnswer::Refused(Diagnostic::general(message).hint(hint)));
        }
        self.insert_jacobian(&mut answer);
        let certificate = ready(&mut self.trials, &self.system, &self.names)?.verify(&answer)?;
        self.answers.insert(key.into(), (answer.clone(), certificate.clone()));
        Ok((answer, certificate))
    }

    fn derived(&mut self, goal: &Goal) -> Option<Answer> {
        let Goal::Step { output, .. } = goal else {
            let derivation = self.derivation(goal)?;
            return Some(Answer::of(&self.system, &self.names, (*derivation).clone()));
        };
        let phases = self.phases(goal);
        if !self.steps.contains_key(output) {
            self.steps.insert(output.clone(), (Rc::new(self.system.step(output)?), Derivations::default()));
        }
        let (step, derivations) = self.steps.get_mut(output)?;
        Answer::of_step(&self.system, &self.names, (step, derivations), goal, &phases)
    }

    fn derivation(&mut self, goal: &Goal) -> Option<Rc<Derivation>> {
        let phases = self.phases(goal);
        self.derivations.derive(&self.system, goal, &phases)
    }

    /// The goals, each after those of the gradients of intermediates that its answer speaks of.
    pub fn with_adjoints(&mut self, goals: &[Goal]) -> Vec<Goal> {
        self.with_adjoints_but(goals, &[])
    }

    /// The same without those that are given.
    pub fn with_adjoints_but(&mut self, goals: &[Goal], given: &[Goal]) -> Vec<Goal> {
        let mut all: Vec<Goal> = Vec::new();
        let mut seen: BTreeSet<String> = given.iter().map(goal_name).collect();
        for goal in goals {
            let mut open = vec![(goal.clone(), false)];
            while let Some((goal, ready)) = open.pop() {
                let name = goal_name(&goal);
                if ready {
                    all.push(goal);
                } else if seen.insert(name) {
                    let read = self.derivation(&goal).map(|d| calculus::adjoints_in(&self.system, &d));
                    open.push((goal, true));
                    open.extend(read.unwrap_or_default().into_iter().rev().map(|goal| (goal, false)));
                }
            }
        }
        all
    }

    fn phases(&self, goal: &Goal) -> Vec<&'static [Rule]> {
        match goal {
            Goal::Value { .. } => Printing::Brackets.phases(),
            Goal::Jacobian { .. } | Goal::Step { .. } | Goal::Gradient { .. } => self.printing.phases(),
        }
    }

    /// The operations whose sum an answer is, if it is recognised – as it is printed, or with its
    /// inequalities as brackets – and, at every assignment of sizes, performing them from their
    /// parameters gives a sample of its entries.
    pub fn operation(&mut self, answer: &Answer) -> Option<Vec<Operation>> {
        if answer.step.is_some() {
            return None;
        }
        let found = recognise(&self.system, &answer.derivation).or_else(|| {
            let plain = self.with_brackets(&answer.derivation.goal)?;
            recognise(&self.system, &plain)
        })?;
        let trials = ready(&mut self.trials, &self.system, &self.names).ok()?;
        performs(trials, answer, &found).then_some(found)
    }

    /// The derivation with inequalities as brackets, where they are printed in another way.
    fn with_brackets(&mut self, goal: &Goal) -> Option<Rc<Derivation>> {
        let other = self.printing != Printing::Brackets;
        other.then(|| self.bracketed.derive(&self.system, goal, &Printing::Brackets.phases())).flatten()
    }

    /// The matrix form of an answer – as it is printed, or with its inequalities as brackets – if it
    /// has one and, at every assignment of sizes, that gives a sample of its entries.
    ///
    /// # Errors
    /// Why it has none.
    pub fn matrix(&mut self, answer: &Answer, layout: Layout) -> Result<MatrixForm, Unfit> {
        let form = |study: &Study, derivation: &Derivation| {
            let quote = study.names.quote(&study.system, &derivation.indices);
            matrix_form(&study.system, &quote, derivation, layout)
        };
        let found = form(self, &answer.derivation).or_else(|why| {
            let plain = self.with_brackets(&answer.derivation.goal);
            plain.map_or(Err(why), |derivation| form(self, &derivation))
        })?;
        let trials = ready(&mut self.trials, &self.system, &self.names).map_err(|_| Unfit::Differs)?;
        if gives(trials, &self.system, answer, &found) { Ok(found) } else { Err(Unfit::Differs) }
    }

    /// Derives and verifies the shape of an array.
    ///
    /// # Errors
    /// As [`Study::answer`].
    pub fn shape(&mut self, array: &str) -> Result<(ShapeDerivation, Certificate), NoAnswer> {
        let Some(shape) = calculus::shape(&self.system, array) else {
            return Err(NoAnswer::Refused(Diagnostic::general(format!("there is no array `{array}`"))));
        };
        let trials = ready(&mut self.trials, &self.system, &self.names)?;
        let certificate = trials.verify_shape(&self.system, &shape).map_err(|why| refused(&self.system, why))?;
        Ok((shape, certificate))
    }

    /// Counts and verifies the entries of arrays.
    ///
    /// # Errors
    /// As [`Study::answer`].
    pub fn count(&mut self, names: &[Name]) -> Result<(Count, Certificate), NoAnswer> {
        let count = self.system.count(names);
        let certificate = ready(&mut self.trials, &self.system, &self.names)?.verify_count(&count)?;
        Ok((count, certificate))
    }

    /// All goals: every output, its Jacobians, the gradients; with respect to `arrays` or, if there
    /// are none, to every input and weight.
    pub fn goals(&self, arrays: &[Name]) -> Vec<Goal> {
        let wanted: Vec<Name> = match arrays {
            [] => self.system.differentiable().map(|a| a.name.clone()).collect(),
            some => some.to_vec(),
        };
        let mut goals = Vec::new();
        for output in &self.system.outputs {
            goals.push(Goal::Value { output: output.clone() });
            goals.extend(wanted.iter().map(|array| Goal::Jacobian { output: output.clone(), array: array.clone() }));
        }
        goals.extend(wanted.iter().map(|array| Goal::Gradient { array: array.clone() }));
        goals
    }

    /// The goal that a target names. For a second derivative the first one becomes an array of the
    /// system.
    ///
    /// # Errors
    /// If it names an array that the system does not have, or has no derivative for.
    pub fn goal(&mut self, target: &Target, span: Span) -> Result<Goal, Diagnostic> {
        match target {
            Target::Shape(inner) => self.goal(inner, span),
            Target::Value(name, _) => {
                self.defined(name, span)?;
                Ok(Goal::Value { output: name.clone() })
            }
            Target::Jacobian((output, rows), (array, columns)) => {
                self.defined(output, span)?;
                self.differentiable(array, span)?;
                if let (Some(rows), Some(columns)) = (rows, columns)
                    && let Some(step) = step_goal(&self.system, (output, rows), (array, columns))
                        .map_err(|mut problems| problems.remove(0))?
                {
                    return Ok(step);
                }
                Ok(Goal::Jacobian { output: output.clone(), array: array.clone() })
            }
            Target::Gradient(array, _) => {
                self.differentiable(array, span)?;
                Ok(Goal::Gradient { array: array.clone() })
            }
            Target::Second(parts) => {
                let [(of, _), (first, _), (second, _)] = &**parts;
                self.defined(of, span)?;
                self.differentiable(first, span)?;
                self.differentiable(second, span)?;
                let output = jacobian_name(of, first);
                if self.system.equation(&output).is_none() {
                    self.system = with_jacobian(&self.system, of, first, span)?;
                    self.trials = None;
                }
                Ok(Goal::Jacobian { output, array: second.clone() })
            }
        }
    }

    /// Complains unless the array can be differentiated with respect to.
    ///
    /// # Errors
    /// If it is not an array of the system, or holds integer data.
    pub fn differentiable(&self, array: &Name, span: Span) -> Result<(), Diagnostic> {
        let given = self.system.array(array);
        let real = given.is_some_and(|a| a.role != crate::language::syntax::Role::Integer);
        if real || self.system.equation(array).is_some() {
            return Ok(());
        }
        let defined = self.system.equations.iter().map(|e| &*e.array);
        let known: Vec<&str> = self.system.differentiable().map(|a| &*a.name).chain(defined).collect();
        let message = match given {
            Some(_) => format!("`{array}` is integer data: nothing is differentiated with respect to it"),
            None => format!("there is no array `{array}`"),
        };
        Err(with_guess(Diagnostic::new(message, span), array, &known))
    }

    /// Complains unless an equation defines the array.
    ///
    /// # Errors
    /// If it is given, or there is none.
    pub fn defined(&self, array: &Name, span: Span) -> Result<(), Diagnostic> {
        if self.system.equation(array).is_some() {
            return Ok(());
        }
        let known: Vec<&str> = self.system.equations.iter().map(|e| &*e.array).collect();
        let message = match self.system.array(array) {
            Some(_) => format!("`{array}` is given, not derived"),
            None => format!("there is no array `{array}`"),
        };
        Err(with_guess(Diagnostic::new(message, span), array, &known))
    }

    /// Where the Jacobian has been derived before, a gradient may start from it: Σ g·J.
    fn insert_jacobian(&self, answer: &mut Answer) {
        let (Goal::Gradient { array }, [output]) = (&answer.derivation.goal, self.system.outputs.as_slice()) else {
            return;
        };
        let goal = Goal::Jacobian { output: output.clone(), array: array.clone() };
        let Some((jacobian, _)) = self.answers.get(&goal_name(&goal)) else { return };
        let inserted = {
            let phases = self.phases(&answer.derivation.goal);
            calculus::insert_jacobian(&self.system, &answer.derivation, &jacobian.derivation, &phases)
        };
        if let Some(term) = inserted {
            let quote = self.names.quote(&self.system, &answer.derivation.indices);
            answer.shortcut = Some(Quote { conditional_sums: true, ..quote }.formula(&term));
        }
    }
}

/// The system with the Jacobian ∂of/∂by as an array of its own, defined by the formula that was derived
/// for it and verified where no requirement on values is in force.
///
/// # Errors
/// If the formula grows too large, or does not pass verification.
pub fn with_jacobian(system: &System, of: &Name, by: &Name, span: Span) -> Result<System, Diagnostic> {
    let free = system.unconstrained();
    let names = Names::new(&free);
    let Some(derivation) = Derivations::default().written_out(&free, of, by) else {
        let message = format!("the derivation of `d{of}/d{by}` grows too large to be differentiated again");
        return Err(Diagnostic::new(message, span).hint("leave out equations, or differentiate by parts"));
    };
    let answer = Answer::of(&free, &names, derivation);
    let verified = Trials::new(&free, &names).and_then(|trials| trials.verify(&answer));
    verified.map_err(|e| Diagnostic::new(e.to_string(), span))?;
    let Derivation { indices, result, .. } = answer.derivation;
    Ok(system.with_jacobian(of, by, indices, result))
}

fn ready<'a>(trials: &'a mut Option<Trials>, system: &System, names: &Names) -> Result<&'a Trials, NoAnswer> {
    let made = match trials.take() {
        Some(made) => made,
        None => Trials::new(system, names).map_err(|why| refused(system, why))?,
    };
    Ok(trials.insert(made))
}

/// What did not verify: refused, where it is known what in the system is to blame.
fn refused(system: &System, why: Unverified) -> NoAnswer {
    match undefined(system, &why) {
        Some(diagnostic) => NoAnswer::Refused(diagnostic),
        None => why.into(),
    }
}

fn with_guess(diagnostic: Diagnostic, name: &str, known: &[&str]) -> Diagnostic {
    match nearest(name, known.iter().copied()) {
        Some(guess) => diagnostic.hint(format!("did you mean `{guess}`?")),
        None if known.is_empty() => diagnostic,
        None => diagnostic.hint(format!("there {} {}", if known.len() == 1 { "is" } else { "are" }, known.join(", "))),
    }
}

/// Whether performing operations from their parameters gives a sample of an answer's entries at every
/// assignment of sizes.
pub fn performs(trials: &Trials, answer: &Answer, operations: &[Operation]) -> bool {
    let indices = &answer.derivation.indices;
    let mut probes = trials.probes(answer);
    probes.all(|(instance, formula, entries)| confirms(operations, indices, instance, &formula, &entries))
}

/// Whether the entries of a matrix form, by the definitions of its operations, are a sample of an
/// answer's entries at every assignment of sizes.
pub fn gives(trials: &Trials, system: &System, answer: &Answer, form: &MatrixForm) -> bool {
    let free: Vec<Name> = answer.indices.iter().map(|b| b.name.clone()).collect();
    let index = |var: &Option<Var>| {
        let place = answer.derivation.indices.iter().position(|b| Some(&b.var) == var.as_ref());
        place.map_or_else(|| Expr::integer(1), |place| Expr::name(free[place].clone()))
    };
    let entry = entry(system, &form.matrix, &index(&form.row), &index(&form.column));
    let mut compared = 0;
    let agree = trials.probes(answer).all(|(instance, formula, entries)| {
        instance.compile(&entry, &free).is_ok_and(|entry| {
            entries.iter().all(|at| {
                compared += 1;
                let (value, wanted) = (instance.evaluate(&entry, at), instance.evaluate(&formula, at));
                value.is_ok() && value == wanted
            })
        })
    });
    agree && compared > 0
}
