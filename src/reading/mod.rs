//! Formulas in LaTeX, given their meaning by what a system declares: which letters are arrays, what
//! a subscript is, which derived answer a left side speaks of.
//!
//! A tree becomes claims in the specification language, which the judge knows how to judge. Where
//! the author left a choice – axes in another order, indices that count from another number – the
//! other readings are claims as well ([`readings`]).
//!
//! Invariant: a reading never changes what a formula says; the one taken is stated.

mod condition;
mod expression;
mod function;
mod head;
mod limits;
mod mark;
mod notation;
mod open;
mod own;
mod plain;
mod shaped;
mod spelled;
mod variant;
mod whole;

pub use expression::{Own, Patterns, Reader, Symbol, patterns};
pub use head::plain as written;
pub use mark::{Mark, mark};
pub use own::bare_letter;
pub use plain::with_plain_indices;
pub use variant::{Reading, readings};

use crate::diagnostic::{Diagnostic, Span};
use crate::language::syntax::{Claim, ClaimValue, Expr, Layout, Name, Relation, Target};
use crate::latex::{Fence, Glyph, Kind, Link, Tree};
use open::Whole;
use std::collections::BTreeSet;
use whole::Misread;

/// What a statement in LaTeX says about a system.
#[derive(Clone, Debug)]
pub enum Said {
    /// What it speaks of, and a claim for each `=` or `∈`, or why there is none.
    Claims(Target, Vec<Result<Side, Diagnostic>>),
    /// Lengths without a left side, in each member of a chain: `5 × 2`.
    Lengths(Vec<Vec<Expr>>, Span),
    /// A symbol of the author's own and what it is said to be.
    Symbol(Tree),
    /// Nothing that can be judged: the range of an index, a name.
    Remark,
}

/// What one side of a chain claims.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// The claim.
    pub claim: Claim,
    /// Arrays whose indices stand above and below: the order is not said.
    pub loose: Vec<Name>,
    /// What it claims with every index above before those below, or after them: not as it is written.
    pub swapped: Option<Box<Claim>>,
    /// Why it cannot hold whatever the values are: shapes in it do not fit.
    pub misfit: Option<String>,
    /// What it claims in other layouts than the one in force, where it fits.
    pub layouts: Vec<(Layout, Claim)>,
}

impl Side {
    /// A claim that is read in one way only.
    pub fn plain(claim: Claim) -> Side {
        Side { claim, loose: Vec::new(), swapped: None, misfit: None, layouts: Vec::new() }
    }
}

fn claim(target: Target, value: ClaimValue, span: Span) -> Claim {
    Claim { expected: true, target, value, because: None, span }
}

/// All names in a tree.
fn names_in(tree: &Tree) -> BTreeSet<Name> {
    let mut found = BTreeSet::new();
    tree.any(&mut |part| {
        if let Kind::Name(name) = &part.kind {
            found.insert(name.as_str().into());
        }
        false
    });
    found
}

impl Reader<'_> {
    /// What a statement says. `last` is what the statement before it spoke of, for a line that begins
    /// with `=`.
    ///
    /// # Errors
    /// What cannot be understood, at its place.
    pub fn statement(&self, tree: &Tree, last: Option<&Target>) -> Result<Said, Diagnostic> {
        let tree = &self.spelled(tree);
        let said = self.as_written(tree, last);
        if self.loosely_indexed(tree).is_empty() {
            return said;
        }
        let swapped = self.clone().with_scripts_swapped().as_written(tree, last);
        match (said, swapped) {
            (Ok(Said::Claims(target, mut sides)), Ok(Said::Claims(_, others))) if sides.len() == others.len() => {
                for (side, other) in sides.iter_mut().zip(others) {
                    match (side, other) {
                        (Ok(side), Ok(other)) if side.claim != other.claim => {
                            side.swapped = Some(Box::new(other.claim));
                        }
                        (side @ Err(_), Ok(other)) => *side = Ok(other),
                        _ => {}
                    }
                }
                Ok(Said::Claims(target, sides))
            }
            (Ok(said), _) => Ok(said),
            (Err(problem), swapped) => swapped.map_err(|_| problem),
        }
    }

    /// The same with indices above and below in the order in which they are written, or in the other one.
    fn as_written(&self, tree: &Tree, last: Option<&Target>) -> Result<Said, Diagnostic> {
        self.taken.replace(names_in(tree));
        self.upstream.set(self.speaks_of_upstream(tree, false));
        self.given.set(self.speaks_of_upstream(tree, true));
        let Kind::Relations(first, sides) = &tree.kind else {
            return Ok(match self.lengths(tree)? {
                Some(lengths) => Said::Lengths(vec![lengths], tree.span),
                None => Said::Remark,
            });
        };
        self.differentials.set(first.as_ref().is_some_and(|first| self.is_differential(first)));
        if let Some(first) = first
            && let Some(lengths) = self.lengths(first)?
        {
            let mut members = vec![lengths];
            for (_, side) in sides {
                members.push(self.lengths(side)?.unwrap_or_default());
            }
            return Ok(Said::Lengths(members, tree.span));
        }
        let target = match first {
            None => last.cloned(),
            Some(first) => self.target(first)?,
        };
        let Some(target) = target else {
            let named = first.as_ref().is_some_and(|first| head::plain(first).is_some());
            let equation = matches!(sides.first(), Some((Glyph::Compare(Relation::Equal), _)));
            return Ok(if named && equation { Said::Symbol(tree.clone()) } else { Said::Remark });
        };
        let whole = self.whole(&target, &[]);
        let mut claims = Vec::new();
        for (glyph, side) in sides {
            match glyph {
                Glyph::In => match self.space(side) {
                    Ok(Some(lengths)) => {
                        let target = target.bare().shape();
                        claims.push(Ok(Side::plain(claim(target, ClaimValue::Shape(lengths), side.span))));
                    }
                    Ok(None) => return Ok(Said::Remark),
                    Err(problem) => claims.push(Err(problem)),
                },
                Glyph::Compare(Relation::Equal) => claims.push(self.side(&target, whole.as_ref(), side)),
                Glyph::Compare(_) | Glyph::Divides | Glyph::DividesNot => return Ok(Said::Remark),
            }
        }
        match claims.iter().all(Result::is_err) {
            true => claims.into_iter().find_map(Result::err).map_or(Ok(Said::Remark), Err),
            false => Ok(Said::Claims(target, claims)),
        }
    }

    /// What one side of a chain claims of its target.
    fn side(&self, target: &Target, whole: Option<&Whole>, side: &Tree) -> Result<Side, Diagnostic> {
        let loose = self.loosely_indexed(side);
        let entry = |target: Target, value: Expr| Side {
            claim: claim(target, ClaimValue::Formula(value), side.span),
            loose: loose.clone(),
            swapped: None,
            misfit: None,
            layouts: Vec::new(),
        };
        let Some(whole) = whole else {
            return Ok(entry(target.clone(), self.value(side, &self.indices_of(target))?));
        };
        let scope = self.indices_of(&whole.target);
        match self.shaped(side, &scope).and_then(|shaped| whole.entry(&shaped)) {
            Ok(value) => {
                let mut found = entry(whole.target.clone(), value);
                found.layouts = self.in_others(target, side);
                Ok(found)
            }
            Err(Misread::Shapes(reason)) => {
                let mut found = entry(whole.target.clone(), Expr::integer(0));
                found.misfit = Some(reason);
                found.layouts = self.in_others(target, side);
                Ok(found)
            }
            Err(Misread::Unreadable(problem)) if whole.target != *target => Err(problem),
            Err(Misread::Unreadable(problem)) => {
                let value = self.value(side, &self.indices_of(target)).map_err(|_| problem)?;
                Ok(entry(target.clone(), value))
            }
        }
    }

    /// The claim that the side would be in other layouts, where it fits.
    fn in_others(&self, target: &Target, side: &Tree) -> Vec<(Layout, Claim)> {
        let read = |layout: Layout| {
            let reader = self.clone().with_layout(layout);
            let whole = reader.whole(target, &[])?;
            let shaped = reader.shaped(side, &reader.indices_of(&whole.target)).ok()?;
            let value = whole.entry(&shaped).ok()?;
            Some((layout, claim(whole.target, ClaimValue::Formula(value), side.span)))
        };
        Layout::ALL.into_iter().filter(|layout| *layout != self.layout()).filter_map(read).collect()
    }

    /// Whether a left side names something that the system has an answer for.
    pub fn names(&self, left: &Tree) -> bool {
        matches!(self.target(left), Ok(Some(_)))
    }

    /// Lengths without a left side as a claim about the only output; nothing if there are several.
    pub fn lengths_of_output(&self, members: Vec<Vec<Expr>>, span: Span) -> Vec<Claim> {
        let [output] = self.system.outputs.as_slice() else { return Vec::new() };
        Self::lengths_of(&Target::Value(output.clone(), None), members, span)
    }

    /// Lengths without a left side as claims about the shape of something.
    pub fn lengths_of(of: &Target, members: Vec<Vec<Expr>>, span: Span) -> Vec<Claim> {
        let target = of.bare().shape();
        let claim = |lengths| {
            let value = ClaimValue::Shape(lengths);
            Claim { expected: true, target: target.clone(), value, because: None, span }
        };
        members.into_iter().map(claim).collect()
    }

    /// `\mathbb{R}^{3 \times (1 \times 5)}`: its lengths; a scalar has none.
    fn space(&self, tree: &Tree) -> Result<Option<Vec<Expr>>, Diagnostic> {
        match &tree.kind {
            Kind::Name(name) if name == "bb R" => Ok(Some(Vec::new())),
            Kind::Scripts(base, None, Some(above)) if matches!(&base.kind, Kind::Name(n) if n == "bb R") => {
                let mut lengths = Vec::new();
                self.factors(above, &mut lengths)?;
                Ok(Some(lengths))
            }
            _ => Ok(None),
        }
    }

    /// `5 \times 2`
    fn lengths(&self, tree: &Tree) -> Result<Option<Vec<Expr>>, Diagnostic> {
        let crossed = matches!(&tree.kind, Kind::Row(factors) if factors.iter().any(|(link, _)| *link == Link::Cross));
        if !crossed {
            return Ok(None);
        }
        let mut lengths = Vec::new();
        self.factors(tree, &mut lengths)?;
        Ok(Some(lengths))
    }

    /// The lengths that crosses part, those in brackets too.
    fn factors(&self, tree: &Tree, lengths: &mut Vec<Expr>) -> Result<(), Diagnostic> {
        match &tree.kind {
            Kind::Row(factors) if factors.iter().any(|(link, _)| *link == Link::Cross) => {
                for group in factors.chunk_by(|_, (link, _)| *link != Link::Cross) {
                    match group {
                        [(_, only)] => self.factors(only, lengths)?,
                        _ => {
                            let kind = Kind::Row(group.to_vec());
                            lengths.push(self.value(&Tree { kind, span: tree.span }, &[])?);
                        }
                    }
                }
                Ok(())
            }
            Kind::Fenced(Fence::Round | Fence::Square, items) => match items.as_slice() {
                [only] => self.factors(only, lengths),
                _ => Err(Diagnostic::new("lengths are parted by `\\times`", tree.span)),
            },
            _ => {
                lengths.push(self.value(tree, &[])?);
                Ok(())
            }
        }
    }
}
