//! One marked formula, judged: its statements read as what the mark says they are.

use super::Pledge;
use crate::answer::Names;
use crate::answers::{letter_and_formula, plain};
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::judge::{Judge, Judgement, Right, Verdict};
use crate::language::print::{Alphabet, target as target_text};
use crate::language::syntax::{Claim, Expr, Layout, Name, Relation, Target};
use crate::latex::{Glyph, Kind, Tree};
use crate::model::System;
use crate::reading::{Own, Reader, Said, Side, Symbol, mark, written};

/// A verdict on one `=` of a formula.
#[derive(Debug)]
pub struct Judged {
    /// What it is for, where that is something else than the mark names: `xhat` in *y = …, where xhat = …*.
    pub beside: Option<String>,
    /// The formula as written; the later members of a chain as `… = b`.
    pub formula: String,
    /// The judgement.
    pub judgement: Judgement,
    /// What was assumed to read it; empty if nothing.
    pub reading: String,
    /// Another reading in which it would be right, if in this one it is not.
    pub other: Option<String>,
    /// What is right, where it is not.
    pub right: Option<Right>,
}

const EQUAL: Glyph = Glyph::Compare(Relation::Equal);

/// The statements of a formula that a mark is for.
pub(super) struct Part {
    /// They.
    pub trees: Vec<Tree>,
    /// The whole formula.
    pub text: String,
    /// Where that begins in the document.
    pub start: usize,
}

/// A verdict with its place in the document, or what is wrong.
pub(super) type Found = (Span, Result<Box<Judged>, Diagnostics>);

/// A system with what formulas about it are compared with.
pub(super) struct Bench<'a> {
    system: &'a System,
    names: Names,
    judge: Judge<'a>,
}

/// What one side of a chain claims, or why it cannot be read.
type Sided = Result<Side, Diagnostic>;

/// A side, where it stands in the formula, and how it is shown.
type Written = (Sided, Span, String);

/// What a statement is.
enum Statement {
    /// It names something that the system has: what the mark names, or something else, which is then said.
    Claims(Vec<Sided>, Option<Diagnostic>),
    /// Its left side is a letter or a notation that the system does not know.
    Lettered,
    /// It says nothing to be judged: over what an index runs.
    Remark,
}

impl<'a> Bench<'a> {
    pub fn new(system: &'a System) -> Result<Self, Diagnostics> {
        Ok(Bench { system, names: Names::new(system), judge: Judge::new(system)? })
    }

    /// Whether something has this name.
    pub fn has(&self, name: &str) -> bool {
        Reader::new(self.system, &self.names).has(name)
    }

    /// Judges the statements of a formula, each `=` of them.
    pub fn judge(&mut self, pledge: &Pledge, part: &Part, letters: &[(Symbol, String)]) -> Vec<Found> {
        let claims = self.judge.knows(&pledge.target, pledge.name_span).and_then(|()| {
            let indexed = match pledge.target == pledge.target.bare() && pledge.matrix.is_none() {
                true => self.judge.indexed(&pledge.target),
                false => None,
            };
            let wanted = indexed.unwrap_or_else(|| pledge.target.clone());
            self.claims(pledge, &wanted, part, letters).map_err(|problem| vec![problem.moved(part.start)])
        });
        let mut found: Vec<Found> = match claims {
            Err(problems) => return vec![(pledge.span, Err(problems))],
            Ok(claims) => {
                let mut judged = |written: Written| self.judged(pledge, written, part.start);
                claims.into_iter().map(&mut judged).collect()
            }
        };
        if pledge.rejected {
            reject(pledge, &mut found);
        }
        found
    }

    /// What the statements claim, and how each claim is written.
    fn claims(
        &self,
        pledge: &Pledge,
        wanted: &Target,
        part: &Part,
        letters: &[(Symbol, String)],
    ) -> Result<Vec<Written>, Diagnostic> {
        let reader = || {
            let letters = letters.iter().map(|(symbol, name)| (symbol, name.as_str()));
            Reader::new(self.system, &self.names).with_layout(layout_of(pledge)).with_letters(letters)
        };
        let (plain, mut problem) = (reader(), None);
        let trees = plain.statements(&part.trees);
        let mut statements = Vec::new();
        for tree in &trees {
            statements.push(match self.statement(&plain, tree, wanted) {
                Ok(found) => found,
                Err(_) if names_something(&plain, tree) => Statement::Claims(Vec::new(), None),
                Err(found) => {
                    problem.get_or_insert(found);
                    Statement::Lettered
                }
            });
        }
        let named = |statement: &Statement| matches!(statement, Statement::Claims(_, None));
        let other = statements.iter().find_map(|statement| match statement {
            Statement::Claims(_, other) => other.clone(),
            Statement::Lettered | Statement::Remark => None,
        });
        if let Some(other) = other.filter(|_| !statements.iter().any(named)) {
            return Err(other);
        }
        let said = statements.iter().any(named);
        let lettered = statements.iter().position(|statement| matches!(statement, Statement::Lettered));
        let lettered = lettered.filter(|_| !said);
        let others = |k: &usize| matches!(statements[*k], Statement::Lettered) && lettered != Some(*k);
        let indices: Vec<Name> = statements
            .iter()
            .flat_map(|statement| match statement {
                Statement::Claims(claims, _) => {
                    claims.iter().flatten().flat_map(|side| plain.indices_of(&side.claim.target)).collect()
                }
                Statement::Lettered | Statement::Remark => Vec::new(),
            })
            .collect();
        let mut defined: Vec<(Name, Expr)> = Vec::new();
        let mut own: Vec<Own> = Vec::new();
        for k in (0..statements.len()).filter(others) {
            let Kind::Relations(Some(first), sides) = &trees[k].kind else { continue };
            let reader = reader().with_definitions(&defined).with_own(&own);
            if let Some(found) = reader.own_of(&trees[k]) {
                own.push(found);
            } else if let (Some(name), [(_, side), ..]) = (reader.own_symbol(first), sides.as_slice())
                && !indices.contains(&name)
                && let Ok(value) = reader.value(side, &[])
            {
                defined.push((name, value));
            }
        }
        let mut claims = Vec::new();
        for (k, tree) in trees.iter().enumerate() {
            let reader = reader().with_definitions(&defined).with_own(&own);
            let found = match &statements[k] {
                Statement::Claims(..) => match self.statement(&reader, tree, wanted)? {
                    Statement::Claims(found, _) => found,
                    Statement::Lettered | Statement::Remark => continue,
                },
                Statement::Lettered if lettered == Some(k) => self.lettered(reader, tree, wanted, problem.clone())?,
                Statement::Lettered | Statement::Remark => continue,
            };
            claims.extend(written_as(found, tree, &part.text));
        }
        if claims.is_empty() {
            let span = trees.first().map_or(Span::new(0, part.text.len()), |tree| tree.span);
            let name = target_text(wanted, Alphabet::Ascii);
            return Err(Diagnostic::new(format!("this formula says nothing about {name}"), span));
        }
        Ok(claims)
    }

    /// What a statement is, if its left side is read as it stands.
    fn statement(&self, reader: &Reader, tree: &Tree, wanted: &Target) -> Result<Statement, Diagnostic> {
        let whole = |problem| reader.statement(tree, Some(&wanted.bare())).map_err(|_| problem);
        let claims = match reader.statement(tree, Some(wanted)).or_else(whole)? {
            Said::Claims(_, claims) => claims,
            Said::Lengths(members, span) => plain(Reader::lengths_of(wanted, members, span)),
            Said::Symbol(_) => return Ok(Statement::Lettered),
            Said::Remark => {
                let says = match &tree.kind {
                    Kind::Relations(Some(_), sides) => sides.iter().any(|(glyph, _)| match glyph {
                        Glyph::In => matches!(wanted, Target::Shape(_)),
                        glyph => *glyph == EQUAL,
                    }),
                    _ => true,
                };
                return Ok(if says { Statement::Lettered } else { Statement::Remark });
            }
        };
        let retargeted = |side: Side| {
            let swapped = side.swapped.map(|claim| Box::new(self.retargeted(*claim, wanted)));
            Side { claim: self.retargeted(side.claim, wanted), swapped, ..side }
        };
        let claims: Vec<Sided> = claims.into_iter().map(|side| side.map(retargeted)).collect();
        match claims.iter().flatten().next().map(|side| &side.claim) {
            None => Ok(Statement::Remark),
            Some(claim) if claim.target.within().bare() != wanted.within().bare() => {
                let span = match &tree.kind {
                    Kind::Relations(Some(first), _) => first.span,
                    _ => tree.span,
                };
                let [theirs, ours] = [&claim.target, wanted].map(|target| target_text(&target.bare(), Alphabet::Ascii));
                let wrong = Diagnostic::new(format!("the left side is {theirs}, and the mark says {ours}"), span);
                let wrong = wrong.hint("name in the mark what the formula is, or give this line a mark of its own");
                Ok(Statement::Claims(claims, Some(wrong)))
            }
            Some(_) => Ok(Statement::Claims(claims, None)),
        }
    }

    /// ∂ℓ/∂A where the mark names a derivative of the output that is the loss itself.
    fn retargeted(&self, claim: Claim, wanted: &Target) -> Claim {
        let Target::Jacobian((output, _), _) = wanted.within() else { return claim };
        let scalar = self.system.bounds(output).is_some_and(|axes| axes.is_empty());
        match &claim.target {
            Target::Gradient(array, at) if scalar => {
                let target = Target::Jacobian((output.clone(), None), (array.clone(), at.clone()));
                Claim { target, ..claim }
            }
            _ => claim,
        }
    }

    /// The claims of a statement whose left side is a letter for what the mark names.
    fn lettered(
        &self,
        reader: Reader,
        tree: &Tree,
        wanted: &Target,
        problem: Option<Diagnostic>,
    ) -> Result<Vec<Sided>, Diagnostic> {
        let (letter, whole) = letter_and_formula(tree);
        if let (Target::Shape(_), Kind::Relations(_, sides)) = (wanted, &whole.kind)
            && contains_equal(&whole)
        {
            let mut members = Vec::new();
            for (_, side) in sides {
                members.push(match reader.statement(side, None)? {
                    Said::Lengths(mut lengths, _) => lengths.pop().unwrap_or_default(),
                    _ => vec![reader.value(side, &[])?],
                });
            }
            return Ok(plain(Reader::lengths_of(wanted, members, tree.span)));
        }
        let without = matches!(&whole.kind, Kind::Relations(None, _));
        let unknown = || {
            let hint = "`backprose: symbol w = W` says what a letter stands for";
            problem.unwrap_or_else(|| Diagnostic::new("this left side is not understood", tree.span).hint(hint))
        };
        let name = target_text(&wanted.within().bare(), Alphabet::Ascii);
        let reader = match &letter {
            Some(letter) if declared(&reader, letter) => return Err(unknown()),
            Some(letter) => reader.with_letters([(letter, name.as_str())]),
            None if without => reader,
            None => return Err(unknown()),
        };
        match reader.statement(&whole, Some(wanted))? {
            Said::Claims(_, claims) => Ok(claims),
            Said::Lengths(members, span) => Ok(plain(Reader::lengths_of(wanted, members, span))),
            Said::Symbol(_) | Said::Remark => Err(unknown()),
        }
    }

    fn judged(&mut self, pledge: &Pledge, (side, span, formula): Written, start: usize) -> Found {
        let here = span.moved(start);
        let side = match side {
            Ok(side) => side,
            Err(problem) => return (here, Err(vec![problem.moved(start)])),
        };
        let claim = &side.claim;
        let found = mark(self.system, &mut self.judge, &side, layout_of(pledge));
        let found = found.map_err(|problems| placed(problems, start));
        let judged = found.map(|mark| {
            let right = match &mark.judgement.verdict {
                Verdict::Refuted(_) => self.judge.right(&claim.target),
                Verdict::Proved | Verdict::Undecided { .. } => None,
            };
            let own = claim.target.within().bare() == pledge.target.within().bare();
            let beside = (!own).then(|| target_text(&claim.target.bare(), Alphabet::Ascii));
            Box::new(Judged {
                beside,
                formula,
                judgement: mark.judgement,
                reading: mark.reading,
                other: mark.other,
                right,
            })
        });
        (here, judged)
    }
}

/// A formula that is known to be wrong: it is enough if one member of a chain is.
fn reject(pledge: &Pledge, found: &mut [Found]) {
    let refuted = |judged: &Judged| matches!(judged.judgement.verdict, Verdict::Refuted(_));
    let any = found.iter().filter_map(|(_, found)| found.as_ref().ok()).any(|judged| refuted(judged));
    for judged in found.iter_mut().filter_map(|(_, found)| found.as_mut().ok()) {
        if !any || refuted(judged) {
            judged.judgement.expected = false;
            judged.judgement.good = any;
            judged.judgement.because.clone_from(&pledge.because);
        }
    }
}

/// Sides with what each of them is in the text: the first `a = b`, the later ones `… = c`.
fn written_as(claims: Vec<Sided>, tree: &Tree, text: &str) -> Vec<Written> {
    let part = |span: Span| text.get(span.start..span.end).unwrap_or_default().trim();
    let sides = match &tree.kind {
        Kind::Relations(_, sides) if sides.len() == claims.len() => sides.as_slice(),
        _ => &[],
    };
    let places = claims.into_iter().enumerate().map(|(k, claim)| match sides.get(k) {
        Some((_, side)) if k > 0 => (claim, side.span, format!("… = {}", part(side.span))),
        Some((_, side)) => {
            let span = Span::new(tree.span.start, side.span.end);
            (claim, span, part(span).replacen("&=", "=", 1))
        }
        None => (claim, tree.span, part(tree.span).replacen("&=", "=", 1)),
    });
    places.collect()
}

/// The layout of derivatives as matrices that a mark says is in force.
fn layout_of(pledge: &Pledge) -> Layout {
    pledge.matrix.unwrap_or_default()
}

/// Complaints about a formula, with their places in the document.
fn placed(problems: Diagnostics, start: usize) -> Diagnostics {
    problems.into_iter().map(|problem| problem.moved(start)).collect()
}

fn contains_equal(tree: &Tree) -> bool {
    matches!(&tree.kind, Kind::Relations(_, sides) if sides.iter().any(|(glyph, _)| *glyph == EQUAL))
}

/// Whether the left side of a statement is something that the system has.
fn names_something(reader: &Reader, tree: &Tree) -> bool {
    let Kind::Relations(Some(first), _) = &tree.kind else { return false };
    reader.names(first)
}

/// Whether a letter is a name that the system declares.
fn declared(reader: &Reader, letter: &Symbol) -> bool {
    matches!(letter.as_slice(), [(_, tree)] if written(tree).is_some_and(|name| reader.has(&name)))
}
