//! What stands in a term, as far as it decides which rules can apply to it.
//!
//! Invariant: a term holds all that its subterms hold, so what it does not hold is found nowhere in it.

use super::term::{Kind, Term};
use crate::integer::{Atom, Index};

/// Which of some shapes occur in a term: it is known when the term is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Contents(u8);

impl Contents {
    /// None of the shapes.
    pub const NOTHING: Contents = Contents(0);
    /// A derivative that is not yet carried out.
    pub const DERIVATIVE: Contents = Contents(1);
    /// A Σ.
    pub const SIGMA: Contents = Contents(1 << 1);
    /// A bracket on integers.
    pub const BRACKET: Contents = Contents(1 << 2);
    /// A Σ and a bracket on integers.
    pub const GUARDED_SIGMA: Contents = Contents::SIGMA.and(Contents::BRACKET);
    /// A sum of terms.
    pub const SUM: Contents = Contents(1 << 3);
    /// A negative power.
    pub const DENOMINATOR: Contents = Contents(1 << 4);
    /// A floor or an extremum in an index or a bracket.
    pub const FLOOR: Contents = Contents(1 << 5);
    /// What depends on which of several values is greater.
    pub const ORDER: Contents = Contents(1 << 6);

    /// Both.
    pub const fn and(self, other: Contents) -> Contents {
        Contents(self.0 | other.0)
    }

    /// Whether all the other shapes are among these.
    pub const fn include(self, other: Contents) -> bool {
        self.0 & other.0 == other.0
    }

    pub(super) fn of(kind: &Kind) -> Contents {
        let own = match kind {
            Kind::Derivative(..) => Contents::DERIVATIVE,
            Kind::Sigma(..) => Contents::SIGMA,
            Kind::Sum(_) => Contents::SUM,
            Kind::Power(_, n) if *n < 0 => Contents::DENOMINATOR,
            Kind::Integer(index) => floor_in([index]),
            Kind::Read(_, at) | Kind::Upstream(_, at) => floor_in(at),
            Kind::Bracket(condition) => {
                let mut found = Contents::BRACKET;
                condition.visit(&mut |index| found = found.and(floor_in([index])));
                found
            }
            Kind::Compare(..) | Kind::Extremum(..) => Contents::ORDER,
            Kind::Apply(function, _) if function.entry().kink.is_some() => Contents::ORDER,
            _ => Contents::NOTHING,
        };
        kind.children().iter().map(Term::contents).fold(own, Contents::and)
    }
}

fn floor_in<'a>(indices: impl IntoIterator<Item = &'a Index>) -> Contents {
    let compound = |atom: &Atom| matches!(atom, Atom::Div(_) | Atom::Extreme(..));
    match indices.into_iter().any(|index| index.any_atom(&mut |atom| compound(atom))) {
        true => Contents::FLOOR,
        false => Contents::NOTHING,
    }
}
