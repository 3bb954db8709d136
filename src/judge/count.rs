//! Claims about how many numbers there are in weights: polynomials in the sizes.
//!
//! Invariant: a count is refuted by numbers and proved by canonical forms and the solver.

use super::complete::complete_length;
use super::counterexample::{Counterexample, Difference};
use super::left::unknown_array;
use super::{Judge, Judged, Verdict};
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::evaluate::integer;
use crate::integer::{Condition, Truth};
use crate::language::syntax::{Expr, Target};
use crate::model::formula::index_formula;
use crate::model::{Quote, counted};

impl Judge<'_> {
    /// Judges a claimed number of entries.
    pub(super) fn judge_count(&self, of: &Target, claimed: &Expr, span: Span) -> Result<Judged, Diagnostics> {
        let names = counted(&self.system, of).map_err(|unknown| match unknown {
            Some(name) => vec![unknown_array(&self.system, &name, span)],
            None => vec![Diagnostic::new("only the entries of arrays are counted", span).hint("as in `count weights`")],
        })?;
        let count = self.system.count(&names);
        self.trials.verify_count(&count).map_err(|e| vec![Diagnostic::general(e.to_string())])?;
        let wanted = index_formula(&self.system, &complete_length(&self.system, &self.names, claimed), &[])?;
        let quote = Quote::plain();
        for run in &self.runs {
            let value = |number| integer(&quote.index(number), &run.all);
            let (Ok(claimed), Ok(right)) = (value(&wanted), value(&count.number)) else { continue };
            if claimed != right {
                let sizes = self.system.sizes.iter().filter_map(|(n, _)| Some((n.clone(), *run.sizes.get(n)?)));
                let difference = Difference::Values { claimed: Expr::integer(claimed), right: Expr::integer(right) };
                let sizes = sizes.collect();
                let found = Counterexample { sizes, indices: Vec::new(), difference, note: None, unfit: false };
                return Ok((Verdict::Refuted(Box::new(found)), None).into());
            }
        }
        let equal = Condition::Equal(wanted.clone(), count.number.clone());
        let proved = wanted.canonical() == count.number.canonical() || self.system.facts().judge(&equal) == Truth::Yes;
        let verdict = if proved { Verdict::Proved } else { Verdict::Undecided { tried: self.runs.len() } };
        Ok((verdict, None).into())
    }
}
