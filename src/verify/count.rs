//! Counts of entries, against the arrays of the instances.
//!
//! Invariant: what is printed is what is evaluated, at every assignment of sizes.

use super::{Certificate, Trials, Unverified};
use crate::evaluate::integer;
use crate::model::count::Count;

impl Trials {
    /// Checks that every array has as many entries as was counted, and all together as many as the total.
    ///
    /// # Errors
    /// The array whose count is wrong.
    pub fn verify_count(&self, count: &Count) -> Result<Certificate, Unverified> {
        for (sizes, instances) in &self.runs {
            let fail = |reason: String| Unverified {
                answer: "the number of entries".into(),
                reason,
                sizes: sizes.clone(),
                cause: None,
            };
            let mut total = 0;
            for (name, _, number) in &count.arrays {
                let axes = instances[0].axes(name).ok_or_else(|| fail(format!("there is no array `{name}`")))?;
                let entries = axes.iter().map(|(first, last)| i128::from(last - first + 1)).product::<i128>();
                let claimed = integer(number, sizes).map_err(|e| fail(e.to_string()))?;
                if claimed != entries {
                    return Err(fail(format!("`{name}` has {entries} entries, not {claimed}")));
                }
                total += entries;
            }
            let claimed = integer(&count.total, sizes).map_err(|e| fail(e.to_string()))?;
            if claimed != total {
                return Err(fail(format!("there are {total} entries, not {claimed}")));
            }
        }
        let assignments = if self.symbolic { self.runs.len() } else { 0 };
        Ok(Certificate { counted: count.arrays.len(), assignments, ..Certificate::default() })
    }
}
