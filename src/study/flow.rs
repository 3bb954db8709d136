//! The gradient of an array as the sum of what reaches it on each way through the system.

use super::{NoAnswer, Study, ready};
use crate::answer::Answer;
use crate::calculus::{Contribution, contributions};
use crate::derivation::{Derivation, Goal};
use crate::diagnostic::Diagnostic;
use crate::language::syntax::{Expr, ExprKind, Name, Sign};
use crate::model::{Bound, Quote, Term};
use crate::verify::Certificate;

/// The gradient of an array, way by way.
#[derive(Clone, Debug)]
pub struct Flow<K> {
    /// ∂ℓ/∂ array at its free indices.
    pub left: Expr,
    /// The free indices.
    pub indices: Vec<Bound>,
    /// What comes on each way, as it is printed; the gradient is the sum of all.
    pub parts: Vec<(K, Expr)>,
    /// What was checked of that sum.
    pub certificate: Certificate,
}

impl Study {
    /// What each way adds to the gradient of an array, ways told apart by `way` of a contribution and the free
    /// indices. The sum of the parts, as they are printed, is verified to be the gradient.
    ///
    /// # Errors
    /// If there is no such array, a part grows too large, or the sum does not pass verification.
    pub fn flow<K: PartialEq>(
        &mut self,
        array: &Name,
        way: impl Fn(&Contribution, &[Bound]) -> K,
    ) -> Result<Flow<K>, NoAnswer> {
        let goal = Goal::Gradient { array: array.clone() };
        let phases = self.phases(&goal);
        let Some((indices, terms)) = contributions(&self.system, array, &phases) else {
            let message = format!("the derivation of `dl/d{array}` grows too large");
            let hint = "write long products and sums over an index, or leave out equations";
            return Err(NoAnswer::Refused(Diagnostic::general(message).hint(hint)));
        };
        let mut ways: Vec<(K, Vec<Term>)> = Vec::new();
        for term in terms {
            let key = way(&term, &indices);
            match ways.iter_mut().find(|(known, _)| *known == key) {
                Some((_, terms)) => terms.push(term.term),
                None => ways.push((key, vec![term.term])),
            }
        }
        let whole = Term::sum(ways.iter().flat_map(|(_, terms)| terms.iter().cloned()));
        let quote = Quote { conditional_sums: true, ..self.names.quote(&self.system, &indices) };
        let parts: Vec<(K, Expr)> =
            ways.into_iter().map(|(key, terms)| (key, quote.formula(&Term::sum(terms)))).collect();
        let (start, steps) = (whole.clone(), Vec::new());
        let derivation = Derivation { goal, indices: indices.clone(), output_axes: 0, start, steps, result: whole };
        let mut answer = Answer::of(&self.system, &self.names, derivation);
        answer.examples.clear();
        answer.formula = match parts.as_slice() {
            [] => Expr::integer(0),
            [(_, only)] => only.clone(),
            several => Expr::new(ExprKind::Sum(several.iter().map(|(_, e)| (Sign::Plus, e.clone())).collect())),
        };
        let certificate = ready(&mut self.trials, &self.system, &self.names)?.verify(&answer)?;
        Ok(Flow { left: answer.left, indices, parts, certificate })
    }
}
