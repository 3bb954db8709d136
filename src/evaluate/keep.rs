//! Which parts of compiled formulas are computed once and kept: those that take more than looking them up, and
//! depend on fewer indices than vary where they stand, or occur in several formulas compiled together.
//!
//! Slots are numbered by depth, so that the same part at the same depth is the same node in all of these.
//! Invariant: a kept part names the slots of all indices that it depends on.

use super::node::{Access, Exact, Normalise, Reduce, Test, Value};
use hashbrown::HashSet;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// What takes fewer operations is computed again.
const HEAVY: u32 = 12;
/// So many operations a derivative is taken to be.
const DERIVATIVE: u32 = 40;
/// So many terms a sum is taken to have.
const TERMS: u32 = 4;
/// The most indices that a kept part depends on.
const MOST_SLOTS: usize = 4;

/// A part of a formula that is kept.
#[derive(Debug)]
pub struct Kept {
    /// Its number among the formulas that are compiled together.
    pub number: u32,
    /// The indices it depends on, but for sizes.
    pub slots: Vec<usize>,
    /// What is computed.
    pub part: Value,
}

impl PartialEq for Kept {
    fn eq(&self, other: &Kept) -> bool {
        self.number == other.number
    }
}

impl Eq for Kept {}

impl Hash for Kept {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

/// A kept part and the indices at which it was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    number: u32,
    indices: [i32; MOST_SLOTS],
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let pair = |low: i32, high: i32| u64::from(low as u32) | u64::from(high as u32) << 32;
        let [a, b, c, d] = self.indices;
        state.write_u64(pair(a, b) ^ u64::from(self.number).rotate_left(48));
        if c != 0 || d != 0 {
            state.write_u64(pair(c, d));
        }
    }
}

impl Kept {
    /// The part at the indices in the slots; none if one of them is very large.
    pub fn key(&self, slots: &[i64]) -> Option<Key> {
        let mut indices = [0; MOST_SLOTS];
        for (index, slot) in indices.iter_mut().zip(&self.slots) {
            *index = i32::try_from(slots[*slot]).ok()?;
        }
        Some(Key { number: self.number, indices })
    }
}

/// A hash of keys, which nobody chooses to collide.
#[derive(Default)]
pub struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64((*byte).into()));
    }
    fn write_u64(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        self.0 = (product >> 64) as u64 ^ product as u64;
    }
}

/// A part, to be found by what it computes.
struct ByPart(Rc<Kept>);

impl PartialEq for ByPart {
    fn eq(&self, other: &ByPart) -> bool {
        self.0.part == other.0.part
    }
}

impl Eq for ByPart {}

impl Hash for ByPart {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.part.hash(state);
    }
}

/// Indices, as bits by their slots.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Slots {
    bits: u64,
    /// Whether there are others.
    more: bool,
}

impl Slots {
    fn of(slots: impl Iterator<Item = usize>) -> Slots {
        let mut all = Slots::default();
        slots.for_each(|slot| all.add(slot));
        all
    }

    fn add(&mut self, slot: usize) {
        match 1u64.checked_shl(slot as u32) {
            Some(bit) => self.bits |= bit,
            None => self.more = true,
        }
    }

    fn with(mut self, binders: &[(usize, Exact, Exact)]) -> Slots {
        binders.iter().for_each(|(slot, ..)| self.add(*slot));
        self
    }

    fn without(mut self, binders: &[(usize, Exact, Exact)]) -> Slots {
        self.bits &= !Slots::default().with(binders).bits;
        self
    }
}

/// What a part depends on, and about how many operations it takes.
#[derive(Clone, Copy, Default)]
struct Part {
    slots: Slots,
    weight: u32,
}

impl Part {
    fn and(self, other: Part) -> Part {
        let slots = Slots { bits: self.slots.bits | other.slots.bits, more: self.slots.more || other.slots.more };
        Part { slots, weight: self.weight.saturating_add(other.weight) }
    }

    fn plus(self, weight: u32) -> Part {
        Part { weight: self.weight.saturating_add(weight), ..self }
    }
}

/// Marks the parts that are kept, in one formula or in several.
pub struct Keeper {
    known: HashSet<ByPart>,
    /// Whether there are several formulas.
    several: bool,
    /// The sizes, which never vary.
    sizes: Slots,
}

impl Keeper {
    /// Nothing kept yet; so many of the first slots are sizes.
    pub fn new(several: bool, sizes: usize) -> Keeper {
        Keeper { known: HashSet::new(), several, sizes: Slots::of(0..sizes) }
    }

    /// How many parts are kept.
    pub fn count(&self) -> usize {
        self.known.len()
    }

    /// Marks the parts of a formula of so many free indices, sizes included.
    pub fn formula(&mut self, root: &mut Value, free: usize) {
        self.inside(root, Slots::of(0..free));
    }

    /// Marks the parts of a value, and then itself if it is worth keeping where those indices vary.
    fn part(&mut self, node: &mut Value, around: Slots) -> Part {
        let part = self.inside(node, around);
        let varies = part.slots.bits & !self.sizes.bits;
        let fewer = self.several || varies != around.bits & !self.sizes.bits;
        let few = !part.slots.more && varies.count_ones() as usize <= MOST_SLOTS;
        if part.weight < HEAVY || !fewer || !few {
            return part;
        }
        let slots = (0..64).filter(|slot| varies >> slot & 1 == 1).collect();
        let own = std::mem::replace(node, Value::Literal(0));
        let kept = ByPart(Rc::new(Kept { number: self.known.len() as u32, slots, part: own }));
        *node = Value::Kept(self.known.get_or_insert(kept).0.clone());
        Part { weight: 2, ..part }
    }

    fn inside(&mut self, node: &mut Value, around: Slots) -> Part {
        let one = Part { weight: 1, ..Part::default() };
        match node {
            Value::Literal(_) | Value::Param(_) => one,
            Value::Exact(exact) => of_exact(exact).plus(1),
            Value::Read(access) | Value::Adjoint(access) => of_access(access).plus(1),
            Value::Sum(terms) => terms.iter_mut().fold(one, |sum, (_, term)| sum.and(self.part(term, around))),
            Value::Product(guards, factors) => {
                let guards = guards.iter_mut().fold(one, |all, test| all.and(self.test(test, around)));
                factors.iter_mut().fold(guards, |all, (over, factor)| {
                    let inverse = if *over { HEAVY } else { 0 };
                    all.and(self.part(factor, around)).plus(inverse)
                })
            }
            Value::Power(power) => self.part(&mut power.0, around).and(of_exact(&power.1)).plus(HEAVY),
            Value::Call(_, arguments) => {
                arguments.iter_mut().fold(one, |all, argument| all.and(self.part(argument, around))).plus(HEAVY)
            }
            Value::Reduce(reduce) => self.reduce(reduce, around),
            Value::Normalise(normalise) => self.normalise(normalise, around),
            Value::Bracket(test) => self.test(test, around).plus(1),
            Value::If(parts) => {
                let (test, yes, no) = &mut **parts;
                self.test(test, around).and(self.part(yes, around)).and(self.part(no, around)).plus(1)
            }
            Value::Derivative(parts) => {
                let (of, access, _) = &mut **parts;
                self.inside(of, around).and(of_access(access)).plus(DERIVATIVE)
            }
            Value::Kept(kept) => Part { slots: Slots::of(kept.slots.iter().copied()), weight: 2 },
        }
    }

    fn reduce(&mut self, reduce: &mut Reduce, around: Slots) -> Part {
        let Reduce { binders, condition, body, .. } = reduce;
        self.repeated(binders, condition, body, around)
    }

    fn normalise(&mut self, normalise: &mut Normalise, around: Slots) -> Part {
        let Normalise { binders, condition, outer, body, .. } = normalise;
        let mut part = self.repeated(binders, condition, body, around);
        outer.iter().for_each(|slot| part.slots.add(*slot));
        part.plus(2 * HEAVY)
    }

    /// A body at all values of some indices at which a condition holds.
    fn repeated(
        &mut self,
        binders: &[(usize, Exact, Exact)],
        condition: &mut Option<Test>,
        body: &mut Value,
        around: Slots,
    ) -> Part {
        let within = around.with(binders);
        let condition = condition.as_mut().map(|test| self.test(test, within)).unwrap_or_default();
        let body = self.part(body, within).and(condition);
        let terms = binders.iter().fold(body.weight, |weight, _| weight.saturating_mul(TERMS));
        let ends = binders.iter().fold(Part::default(), |all, (_, lo, hi)| all.and(of_exact(lo)).and(of_exact(hi)));
        let all = Part { weight: terms, ..body }.and(ends).plus(1);
        Part { slots: all.slots.without(binders), ..all }
    }

    fn test(&mut self, test: &mut Test, around: Slots) -> Part {
        match test {
            Test::Values(chain) => {
                let (first, rest) = &mut **chain;
                let first = self.part(first, around);
                rest.iter_mut().fold(first, |all, (_, side)| all.and(self.part(side, around)))
            }
            Test::All(parts) | Test::Any(parts) => {
                parts.iter_mut().fold(Part::default(), |all, part| all.and(self.test(part, around)))
            }
            Test::Not(part) => self.test(part, around),
            Test::Chain(..) | Test::Divides(..) => of_test(test),
        }
    }
}

fn of_access(access: &Access) -> Part {
    access.index.iter().fold(Part::default(), |all, index| all.and(of_exact(index)))
}

fn of_exact(exact: &Exact) -> Part {
    let all = |parts: &mut dyn Iterator<Item = &Exact>| parts.fold(Part::default(), |all, e| all.and(of_exact(e)));
    match exact {
        Exact::Affine(affine) => Part { slots: Slots::of(affine.terms.iter().map(|(slot, _)| *slot)), weight: 1 },
        Exact::Constant(_) => Part::default(),
        Exact::Sum(terms) => all(&mut terms.iter().map(|(_, term)| term)).plus(1),
        Exact::Product { guards, factors, .. } => {
            let factors = all(&mut factors.iter().map(|(_, factor)| factor)).plus(1);
            guards.iter().fold(factors, |all, guard| all.and(of_test(guard)))
        }
        Exact::Power(power) => of_exact(&power.0).and(of_exact(&power.1)).plus(2),
        Exact::Least(parts) | Exact::Greatest(parts) => all(&mut parts.iter()).plus(1),
        Exact::Absolute(part) | Exact::Floor(part) | Exact::Ceil(part) => of_exact(part).plus(1),
        Exact::Read(access) => of_access(access).plus(1),
        Exact::Bracket(test) => of_test(test),
        Exact::If(parts) => of_test(&parts.0).and(of_exact(&parts.1)).and(of_exact(&parts.2)),
    }
}

/// A condition inside an index; what depends on one of values is not kept.
fn of_test(test: &Test) -> Part {
    match test {
        Test::Chain(first, rest) => rest.iter().fold(of_exact(first), |all, (_, side)| all.and(of_exact(side))).plus(1),
        Test::Divides(divisor, of) => of_exact(divisor).and(of_exact(of)).plus(1),
        Test::All(parts) | Test::Any(parts) => parts.iter().fold(Part::default(), |all, part| all.and(of_test(part))),
        Test::Not(part) => of_test(part),
        Test::Values(_) => Part { slots: Slots { more: true, ..Slots::default() }, weight: 1 },
    }
}
