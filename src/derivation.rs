//! A derivation as plain data: a goal, the steps, the result.
//!
//! A step is a rule, a place, the formula before and after, and the side conditions discharged –
//! no prose, no LaTeX. Verification and rendering depend on this and not on the engine.

use crate::integer::{Condition, Index, Var};
use crate::language::syntax::Name;
use crate::model::system::Limit;
use crate::model::{Bound, Term};

/// What is to be derived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The elements of an array: `f[r]`.
    Value {
        /// The array.
        output: Name,
    },
    /// ∂ output / ∂ array.
    Jacobian {
        /// The array differentiated.
        output: Name,
        /// The array it is differentiated with respect to.
        array: Name,
    },
    /// The same of one step of a recurrence: of an entry of the output for an entry of the array, where
    /// what is computed at other steps is held.
    Step {
        /// The array differentiated.
        output: Name,
        /// The array it is differentiated with respect to.
        array: Name,
        /// The indices of the output.
        rows: Vec<Var>,
        /// For each axis of the array, the index at which it is read, if that is one of these or made
        /// of them: `t-1`.
        at: Vec<Option<Index>>,
    },
    /// ∂ℓ / ∂ array for a loss ℓ that depends on the outputs.
    Gradient {
        /// The array.
        array: Name,
    },
}

impl Goal {
    /// Whether an index of the output says which step this is one of, so that it is the same throughout.
    pub fn fixes(&self, var: &Var) -> bool {
        let Goal::Step { at, .. } = self else { return false };
        at.iter().flatten().any(|index| index.mentions(var))
    }

    /// Of one step, how many of the first indices of the output and of the array name it: those before
    /// any other. None where other indices stand between.
    pub fn named_first(&self) -> Option<(usize, usize)> {
        let Goal::Step { rows, at, .. } = self else { return None };
        let prefix = |flags: Vec<bool>| {
            let first = flags.iter().take_while(|named| **named).count();
            (first == flags.iter().filter(|named| **named).count()).then_some(first)
        };
        let first = prefix(rows.iter().map(|var| self.fixes(var)).collect())?;
        Some((first, prefix(at.iter().map(Option::is_some).collect())?))
    }
}

/// How a formula was derived.
#[derive(Clone, Debug)]
pub struct Derivation {
    /// What was asked.
    pub goal: Goal,
    /// The free indices of the left side and their ranges: those of the output, then those of the
    /// array.
    pub indices: Vec<Bound>,
    /// How many of them belong to the output.
    pub output_axes: usize,
    /// The first right-hand side.
    pub start: Term,
    /// The steps, each from the formula before it.
    pub steps: Vec<Step>,
    /// The last right-hand side.
    pub result: Term,
}

/// One application of one rule.
#[derive(Clone, Debug)]
pub struct Step {
    /// The rule.
    pub rule: RuleName,
    /// Where in the formula: the numbers of the children from the root down.
    pub place: Vec<usize>,
    /// The whole formula before.
    pub before: Term,
    /// The whole formula after.
    pub after: Term,
    /// The bound index that was solved for, and its value.
    pub solved: Option<(Var, Index)>,
    /// Conditions that were found to hold.
    pub discharged: Vec<Condition>,
    /// The brackets beside it on which that rests, beyond the ranges in force.
    pub given: Vec<Condition>,
}

impl Step {
    /// A step from one whole formula to another, in which nothing was solved.
    pub fn whole(rule: RuleName, before: Term, after: Term) -> Step {
        let (place, discharged, given) = (Vec::new(), Vec::new(), Vec::new());
        Step { rule, place, before, after, solved: None, discharged, given }
    }
}

/// The rules of the calculus, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleName {
    /// A named array is replaced by its definition.
    Definition,
    /// ∂ of what does not depend on the array is 0.
    Constant,
    /// ∂(a + b) = ∂a + ∂b, and ∂Σ = Σ∂.
    Sum,
    /// ∂(ab) = ∂a·b + a·∂b.
    Product,
    /// ∂Π_k F(k) = Σ_k ∂F(k)·Π_{k'≠k} F(k').
    IndexedProduct,
    /// ∂(aⁿ) = n·aⁿ⁻¹·∂a.
    Power,
    /// ∂f(u) = f′(u)·∂u.
    Chain,
    /// A bracket on values is constant wherever it has a derivative.
    Compare,
    /// ∂max_k F(k) = Σ_k [k = argmax F]·∂F(k).
    Extremum,
    /// ∂x[a]/∂x[b] = [a = b].
    Read,
    /// Σ(a + b) = Σa + Σb, a product with a sum multiplied out.
    Distribute,
    /// a·Σb = Σ a·b.
    Join,
    /// [p and q] = [p]·[q], and what is not at most is greater.
    Separate,
    /// Of a sum over i with the bracket [c·i + e = 0], the one term with i = −e/c is left.
    Sift,
    /// A sum over one number is its only term.
    Single,
    /// A bound index under a floor is divided with remainder.
    Split,
    /// An equation with an extremum is split by which of its parts it is.
    Cases,
    /// Of a sum over windows that meet without overlap, the one term that covers the place is left.
    Window,
    /// An extremum or a floor that the ranges decide is replaced by its value.
    Settle,
    /// A bracket that the ranges decide disappears, or its term does.
    Range,
    /// A bracket that bounds the index of a sum becomes its limit.
    Limit,
    /// Any linear inequality becomes a limit of a sum.
    Limits,
    /// The solutions of a congruence become one sum.
    Lattice,
    /// Interior and boundary are told apart.
    Boundary,
    /// A bracket that does not depend on the bound index moves out of the sum.
    Factor,
    /// Equal terms are collected.
    Collect,
    /// A gradient that was derived before is put in.
    Adjoint,
    /// What defines a named array becomes its name again.
    Fold,
    /// a·a⁻¹ = 1.
    Cancel,
    /// A factor that does not depend on the bound index moves out of the sum.
    Outside,
    /// a·b + a·c = a·(b + c).
    Common,
    /// The order of two values, known from a bracket, is used in another.
    Order,
    /// What the author requires of values is used.
    Fact,
    /// Multiplied out where that makes the formula shorter.
    Expand,
    /// A sum that is 0 by definition.
    Vanish,
    /// A sum of equal terms.
    Count,
    /// An identity between functions.
    Identity,
    /// Bound indices get other names.
    Rename,
    /// A sum of few terms written out.
    Terms,
}

impl RuleName {
    /// The rule's name as printed.
    pub fn text(self) -> &'static str {
        match self {
            RuleName::Definition => "definition",
            RuleName::Constant => "constant",
            RuleName::Sum => "sum",
            RuleName::Product => "product",
            RuleName::IndexedProduct => "indexed product",
            RuleName::Power => "power",
            RuleName::Chain => "chain",
            RuleName::Compare => "comparison",
            RuleName::Extremum => "extremum",
            RuleName::Read => "read",
            RuleName::Distribute => "distribute",
            RuleName::Join => "join",
            RuleName::Sift => "sift",
            RuleName::Single => "single",
            RuleName::Split => "split",
            RuleName::Separate => "separate",
            RuleName::Cases => "cases",
            RuleName::Window => "window",
            RuleName::Settle => "settle",
            RuleName::Range => "range",
            RuleName::Limit => "limit",
            RuleName::Limits => "limits",
            RuleName::Lattice => "lattice",
            RuleName::Boundary => "boundary",
            RuleName::Factor => "factor",
            RuleName::Collect => "collect",
            RuleName::Adjoint => "adjoint",
            RuleName::Fold => "fold",
            RuleName::Cancel => "cancel",
            RuleName::Outside => "outside",
            RuleName::Common => "common factor",
            RuleName::Order => "order",
            RuleName::Fact => "fact",
            RuleName::Expand => "expand",
            RuleName::Vanish => "vanish",
            RuleName::Count => "count",
            RuleName::Identity => "identity",
            RuleName::Rename => "rename",
            RuleName::Terms => "terms",
        }
    }
}

/// How the shape of an array was derived.
#[derive(Clone, Debug)]
pub struct ShapeDerivation {
    /// The array.
    pub array: Name,
    /// Its indices and their ranges.
    pub indices: Vec<Bound>,
    /// The reads that end the ranges the author left open.
    pub limits: Vec<Limit>,
    /// Where the box is not empty, as far as that is not known.
    pub nonempty: Vec<Condition>,
    /// What else had to be assumed of the sizes: reads that stay inside.
    pub assumptions: Vec<Condition>,
    /// The lengths of its axes.
    pub lengths: Vec<Index>,
}
