//! A system at given sizes: random entries in its given arrays, computed entries in the others,
//! and the derivative of each by dual numbers.
//!
//! Invariant: entries are a function of program, sizes and seed alone; `values` holds one vector
//! for each layout of the scope, upstream gradients included.

use super::compile::{self, ConditionFormula, Formula, General, IntegerFormula};
use super::component::Component;
use super::draw;
use super::error::EvalError;
use super::linear::Linear;
use super::machine::Machine;
use super::node::Place;
use super::number::{Memory, Nothing};
use super::pinned::Pins;
use super::reverse::{self, Adjoints, Probe, sweep, sweep_from};
use super::scalar::{Agreement, Scalar};
use super::scope::{Layout, Scope, Sizes};
use super::tangent::{Slopes, Stored, Tangent, Tangents};
use super::work::Work;
use crate::language::function::Function;
use crate::language::program::Program;
use crate::language::syntax::{Condition, Expr, Name};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::slice::from_ref;

/// Of more equations than this the entries are differentiated backwards.
const MANY: usize = 60;

/// After so many directions in which entries were differentiated forwards, the equations are linearised.
const SEVERAL: u32 = 3;

/// A work limit that takes about a second.
pub const DEFAULT_WORK: u64 = 20_000_000;

/// A system at given sizes with random numbers in its given arrays.
#[derive(Debug)]
pub struct Instance {
    pub(super) scope: Scope,
    pub(super) params: Vec<Scalar>,
    pub(super) values: Vec<Vec<Scalar>>,
    pub(super) components: Vec<Component>,
    /// The component that defines an array, and the first that reads it, by their places.
    pub(super) defined_in: BTreeMap<usize, usize>,
    pub(super) first_read_in: BTreeMap<usize, usize>,
    outputs: Vec<Name>,
    seed: u64,
    pub(super) work: Work,
    pub(super) forward_work: u64,
    one_hot: RefCell<BTreeMap<Place, Tangents>>,
    /// The total derivatives of entries for all others, as far as they were needed.
    backward: RefCell<BTreeMap<Place, Rc<Adjoints>>>,
    probe: OnceCell<Probe>,
    /// How many directions there were.
    directions: Cell<u32>,
    linear: OnceCell<Option<Linear>>,
    adjoints: OnceCell<Adjoints>,
    /// Whether the residue of an entry may be opaque.
    pub(super) opaque: bool,
    /// Whether an entry may depend on floating point, or may not be real.
    pub(super) valued: bool,
    /// A function that had no real value.
    pub(super) outside: Cell<Option<Function>>,
    pub(super) pins: Pins,
    /// What is chosen for entries.
    pub(super) held: BTreeMap<Place, Scalar>,
}

impl Instance {
    /// Draws inputs, weights, params, integer data and the upstream gradient of each output, and
    /// computes the defined arrays; where functions have no real values, or a fact does not hold, at
    /// several points. At most `limit` elementary operations are done for it and for everything
    /// asked of it afterwards.
    ///
    /// # Errors
    /// A size without a number, an equation that has no value somewhere in its box, a fact that is
    /// none, too much work.
    pub fn new(program: &Program, sizes: &Sizes, seed: u64, limit: u64) -> Result<Instance, EvalError> {
        Instance::sharing(program, sizes, seed, &Work::new(limit))
    }

    /// The same with a limit that several instances share.
    ///
    /// # Errors
    /// As [`Instance::new`].
    pub fn sharing(program: &Program, sizes: &Sizes, seed: u64, work: &Work) -> Result<Instance, EvalError> {
        draw::instance(program, sizes, seed, work, &Pins::default())
    }

    /// The same with chosen values for some entries.
    ///
    /// # Errors
    /// As [`Instance::new`]; an entry outside its box.
    pub fn pinned(
        program: &Program,
        sizes: &Sizes,
        seed: u64,
        work: &Work,
        pins: &Pins,
    ) -> Result<Instance, EvalError> {
        draw::instance(program, sizes, seed, work, pins)
    }

    /// Nothing given and nothing defined yet.
    pub(super) fn empty(program: &Program, sizes: &Sizes, seed: u64, work: &Work) -> Instance {
        Instance {
            scope: Scope::new(sizes),
            params: Vec::new(),
            values: Vec::new(),
            components: Vec::new(),
            defined_in: BTreeMap::new(),
            first_read_in: BTreeMap::new(),
            outputs: program.outputs.clone(),
            seed,
            work: work.clone(),
            forward_work: 0,
            one_hot: RefCell::default(),
            backward: RefCell::default(),
            probe: OnceCell::default(),
            directions: Cell::default(),
            linear: OnceCell::default(),
            adjoints: OnceCell::new(),
            opaque: false,
            valued: false,
            outside: Cell::default(),
            pins: Pins::default(),
            held: BTreeMap::new(),
        }
    }

    /// Lets a formula write `name[…]` for the upstream gradient of an array.
    ///
    /// # Errors
    /// The array is unknown or integer data.
    pub fn alias_upstream(&mut self, name: Name, array: &str) -> Result<(), EvalError> {
        self.differentiable(array)?;
        self.scope.aliases.insert(name, array.into());
        Ok(())
    }

    /// The outputs of the system, in source order.
    pub fn outputs(&self) -> &[Name] {
        &self.outputs
    }

    /// The seed that the entries were drawn from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How many elementary operations were done so far, by all instances that share the limit.
    pub fn work(&self) -> u64 {
        self.work.done()
    }

    /// Forgets operations done since `work` said `done`: whoever calls this bounds them in another way.
    pub fn set_work_back(&self, done: u64) {
        self.work.set_back(done);
    }

    /// Forgets all that was done and remembered since `work` said `done`.
    pub fn forget(&mut self, done: u64) {
        self.work.set_back(done);
        self.one_hot.get_mut().clear();
        self.backward.get_mut().clear();
        self.probe.take();
        self.linear.take();
        self.directions.set(0);
        self.adjoints.take();
    }

    /// How many elementary operations one run of the system takes.
    pub fn forward_work(&self) -> u64 {
        self.forward_work
    }

    /// The first and last index of each axis of an array, given or defined.
    pub fn axes(&self, array: &str) -> Option<&[(i64, i64)]> {
        let number = self.scope.array(array).ok()?;
        Some(&self.scope.layouts[number].axes)
    }

    /// An entry of an array that holds scalars; none outside its box.
    pub fn entry(&self, array: &str, at: &[i64]) -> Option<Scalar> {
        let place = self.scope.place(self.scope.array(array).ok()?, at)?;
        self.values[place.array].get(place.offset).copied()
    }

    /// An entry of integer data; none outside its box.
    pub fn integer_entry(&self, array: &str, at: &[i64]) -> Option<i64> {
        let place = self.scope.place(self.scope.array(array).ok()?, at)?;
        let integers = self.scope.layouts[place.array].integers.as_ref()?;
        integers.get(place.offset).copied()
    }

    /// All entries of an array that holds scalars, row-major.
    pub fn entries(&self, array: &str) -> Option<&[Scalar]> {
        let number = self.scope.array(array).ok()?;
        let real = self.scope.layouts[number].integers.is_none();
        real.then(|| self.values[number].as_slice())
    }

    /// An entry of the upstream gradient of an array: as given for an output that nothing reads, the
    /// total derivative of the loss for any other; none outside its box.
    pub fn upstream(&self, array: &str, at: &[i64]) -> Option<Scalar> {
        match self.scope.upstream.get(array).filter(|_| !self.scope.passed_on.contains(array)) {
            Some(given) => {
                let place = self.scope.place(*given, at)?;
                self.values[place.array].get(place.offset).copied()
            }
            None => self.total_upstream(array, at).ok(),
        }
    }

    /// The total derivative of the loss Σ g·f over all outputs f for an entry of any array; a
    /// defined entry is moved as if it were given, and all that is computed from it follows, later
    /// entries of a recurrent array too.
    ///
    /// # Errors
    /// The array is unknown or integer data, the entry is outside its box, or too much work.
    pub fn total_upstream(&self, array: &str, at: &[i64]) -> Result<Scalar, EvalError> {
        let place = self.differentiable_place(array, at)?;
        Ok(self.adjoints()?[place.array].get(place.offset).copied().unwrap_or_default())
    }

    /// The total derivatives of the loss for all arrays, computed once.
    pub(super) fn adjoints(&self) -> Result<&Adjoints, EvalError> {
        if let Some(known) = self.adjoints.get() {
            return Ok(known);
        }
        let found = sweep(self)?;
        Ok(self.adjoints.get_or_init(|| found))
    }

    /// The number of each output and that of its upstream gradient.
    pub(super) fn seeds(&self) -> impl Iterator<Item = (usize, usize)> {
        let scope = &self.scope;
        self.outputs.iter().filter_map(|name| Some((*scope.arrays.get(name)?, *scope.upstream.get(name)?)))
    }

    /// The value of a param.
    pub fn param(&self, name: &str) -> Option<Scalar> {
        let index = self.scope.params.iter().position(|param| &**param == name)?;
        self.params.get(index).copied()
    }

    /// Whether a value of the formula may have an opaque residue, so that two formulas may differ
    /// there and be equal.
    pub fn is_opaque(&self, formula: &Formula) -> bool {
        self.opaque || formula.opaque
    }

    /// Whether the values of two formulas are the same, exactly or where that is all one can ask in
    /// floating point.
    pub fn agree(&self, (one, a): (&Formula, Scalar), (other, b): (&Formula, Scalar)) -> bool {
        a.agreement(b, self.is_opaque(one) || self.is_opaque(other), 0.0) != Agreement::None
    }

    /// Whether two values, one of them that of the formula, are the same.
    pub fn agreement(&self, formula: &Formula, found: Scalar, expected: Scalar) -> Agreement {
        found.agreement(expected, self.is_opaque(formula), 0.0)
    }

    /// The derivative of every defined array along a direction on one array, row-major. A defined
    /// array is moved as if it were given: its own equation is left out. Along a direction on a
    /// recurrent array it is the sum over the entries of what [`Instance::entry_tangent`] gives.
    ///
    /// # Errors
    /// The array is unknown, is integer data, or has not as many entries as the direction.
    pub fn tangent(&self, array: &str, direction: &[Scalar]) -> Result<Tangent<'_>, EvalError> {
        let array = self.differentiable(array)?;
        let (expected, found) = (self.scope.layouts[array].volume, direction.len());
        if expected != found {
            return Err(EvalError::Count { expected, found });
        }
        let tangents = Rc::new(self.forward_one(array, direction.to_vec())?);
        Ok(Tangent { instance: self, tangents })
    }

    /// The derivative of the entries of one array along a direction on another, as [`Instance::tangent`] gives it.
    ///
    /// # Errors
    /// As of [`Instance::tangent`].
    pub fn slopes<'a>(&'a self, array: &str, direction: &'a [Scalar]) -> Result<Slopes<'a>, EvalError> {
        match self.is_deep() {
            true => Ok(Slopes::Backward { instance: self, array: self.differentiable(array)?, direction }),
            false => Ok(Slopes::Forward(self.tangent(array, direction)?)),
        }
    }

    /// The total derivative of every defined array for one entry; computed once for each entry. The
    /// equation of that entry alone is left out, later entries of the same array follow.
    ///
    /// # Errors
    /// The array is unknown or integer data, or the entry is outside its box.
    pub fn entry_tangent(&self, array: &str, at: &[i64]) -> Result<Tangent<'_>, EvalError> {
        let tangents = self.forward_one_hot(self.differentiable_place(array, at)?)?;
        Ok(Tangent { instance: self, tangents })
    }

    /// Resolves a formula once; `free` names its free indices in the order of `at`.
    ///
    /// # Errors
    /// Unknown names, binders without ranges, constructs without exact values.
    pub fn compile(&self, formula: &Expr, free: &[Name]) -> Result<Formula, EvalError> {
        compile::value(&self.scope, formula, free, true)
    }

    /// Resolves formulas of the same free indices for all sizes of the program, to be evaluated
    /// [together](Instance::evaluator).
    ///
    /// # Errors
    /// Those of [`Instance::compile`].
    pub fn compile_general(&self, formulas: &[&Expr], free: &[Name]) -> Result<General, EvalError> {
        compile::general(&self.scope, formulas, free)
    }

    /// Resolves an integer expression once.
    ///
    /// # Errors
    /// Those of [`Instance::compile`].
    pub fn compile_integer(&self, formula: &Expr, free: &[Name]) -> Result<IntegerFormula, EvalError> {
        compile::integer(&self.scope, formula, free)
    }

    /// Resolves a condition once.
    ///
    /// # Errors
    /// Those of [`Instance::compile`].
    pub fn compile_condition(&self, formula: &Condition, free: &[Name]) -> Result<ConditionFormula, EvalError> {
        compile::condition(&self.scope, formula, free)
    }

    /// The value of a formula at the given free indices.
    ///
    /// # Errors
    /// The formula has no value there.
    pub fn evaluate(&self, formula: &Formula, at: &[i64]) -> Result<Scalar, EvalError> {
        self.evaluator(from_ref(formula))(0, at)
    }

    /// The value of an integer expression at the given free indices.
    ///
    /// # Errors
    /// The expression has no integer value there.
    pub fn evaluate_integer(&self, formula: &IntegerFormula, at: &[i64]) -> Result<i128, EvalError> {
        counted(formula.free, at.len())?;
        let mut machine = Machine::new(&self.scope, &self.work, Nothing, formula.slots);
        machine.slots[..at.len()].copy_from_slice(at);
        machine.integer(&formula.root)
    }

    /// Whether a condition holds at the given free indices.
    ///
    /// # Errors
    /// The condition has no answer there.
    pub fn evaluate_condition(&self, formula: &ConditionFormula, at: &[i64]) -> Result<bool, EvalError> {
        counted(formula.free, at.len())?;
        let memory = Stored { instance: self, literals: &formula.literals };
        let mut machine = Machine::new(&self.scope, &self.work, memory, formula.slots);
        machine.slots[..at.len()].copy_from_slice(at);
        machine.decided(&formula.root)
    }

    /// The values of formulas that were resolved together, or of one, each at its free indices: what was computed
    /// once is kept from call to call.
    pub fn evaluator<'a>(&'a self, formulas: &'a [Formula]) -> impl FnMut(usize, &[i64]) -> Result<Scalar, EvalError> {
        self.evaluating(formulas, |stored| stored)
    }

    /// The same in a memory that is made of the entries as they are.
    pub(super) fn evaluating<'a, M: Memory>(
        &'a self,
        formulas: &'a [Formula],
        memory: impl FnOnce(Stored<'a>) -> M,
    ) -> impl FnMut(usize, &[i64]) -> Result<M::Number, EvalError> {
        let literals = formulas.first().map_or(&[][..], |formula| &formula.literals);
        let slots = formulas.iter().map(|formula| formula.slots).max().unwrap_or(0);
        let memory = memory(Stored { instance: self, literals });
        let mut machine = Machine::new(&self.scope, &self.work, memory, slots);
        move |number, at| {
            let formula = &formulas[number];
            counted(formula.free, at.len())?;
            self.work.expect(formula.least.into())?;
            machine.value_at(&formula.root, at)
        }
    }

    /// The place of an entry for which derivatives can be taken.
    pub(super) fn differentiable_place(&self, array: &str, at: &[i64]) -> Result<Place, EvalError> {
        let array = self.differentiable(array)?;
        let layout = &self.scope.layouts[array];
        let offset = layout.offset(at).ok_or_else(|| outside(layout, at))?;
        Ok(Place { array, offset })
    }

    pub(super) fn differentiable(&self, array: &str) -> Result<usize, EvalError> {
        let number = self.scope.array(array)?;
        match &self.scope.layouts[number].integers {
            Some(_) => Err(EvalError::NotDifferentiable(array.into())),
            None => Ok(number),
        }
    }

    /// Whether the system has so many equations that its entries are better differentiated backwards, each for
    /// all arrays at once, than forwards for every entry of every array.
    pub(super) fn is_deep(&self) -> bool {
        self.components.len() > MANY
    }

    /// The total derivatives of one entry for all others, remembered.
    pub(super) fn backward_from(&self, entry: Place) -> Result<Rc<Adjoints>, EvalError> {
        if let Some(known) = self.backward.borrow().get(&entry) {
            return Ok(known.clone());
        }
        let adjoints = Rc::new(sweep_from(self, entry)?);
        self.backward.borrow_mut().insert(entry, adjoints.clone());
        Ok(adjoints)
    }

    pub(super) fn probe(&self) -> Result<&Probe, EvalError> {
        if let Some(known) = self.probe.get() {
            return Ok(known);
        }
        let found = reverse::probe(self)?;
        Ok(self.probe.get_or_init(|| found))
    }

    /// The derivatives for one entry, remembered.
    pub(super) fn forward_one_hot(&self, place: Place) -> Result<Tangents, EvalError> {
        if let Some(known) = self.one_hot.borrow().get(&place) {
            return Ok(known.clone());
        }
        let volume = self.scope.layouts[place.array].volume;
        self.work.charge(volume as u64)?;
        let mut direction = vec![Scalar::ZERO; volume];
        direction[place.offset] = Scalar::ONE;
        let tangents = Rc::new(self.forward_one(place.array, direction)?);
        self.one_hot.borrow_mut().insert(place, tangents.clone());
        Ok(tangents)
    }

    fn forward_one(&self, array: usize, direction: Vec<Scalar>) -> Result<Vec<Vec<Scalar>>, EvalError> {
        let mut tangents = vec![Vec::new(); self.values.len()];
        tangents[array] = direction;
        match self.linear()? {
            Some(linear) => linear.forward(self, tangents),
            None => self.forward(tangents),
        }
    }

    /// The linearised equations, once there have been several directions; none if they are large.
    pub(super) fn linear(&self) -> Result<Option<&Linear>, EvalError> {
        self.directions.set(self.directions.get() + 1);
        if self.directions.get() <= SEVERAL {
            return Ok(None);
        }
        if self.linear.get().is_none() {
            let found = Linear::of(self)?;
            let _ = self.linear.set(found);
        }
        Ok(self.linear.get().and_then(Option::as_ref))
    }
}

pub(super) fn counted(expected: usize, found: usize) -> Result<(), EvalError> {
    if expected == found { Ok(()) } else { Err(EvalError::Count { expected, found }) }
}

pub(super) fn outside(layout: &Layout, at: &[i64]) -> EvalError {
    let indices = at.iter().zip(&layout.axes).enumerate();
    for (axis, (&index, &(first, last))) in indices {
        if index < first || index > last {
            let (array, index) = (layout.name.clone(), index.into());
            return EvalError::OutOfRange { array, axis, index, first, last };
        }
    }
    let (expected, found) = (layout.axes.len(), at.len());
    EvalError::Count { expected, found }
}
