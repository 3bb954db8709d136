//! Whether a question with other sizes is as good a question as it was: it makes sense, assumes nothing
//! more, its outputs have more than one place where they had, and the usual slips show in its answers
//! where they showed.

use super::sizes::{Choice, Place, replaced};
use super::walk::Kind;
use crate::judge::Judge;
use crate::language::syntax::{AnswerKind, File, Homework, Item, Name, Problem, Question, Statement, Target};
use crate::model::compose::compose_within;
use crate::model::{Sizes, System, elaborate_within};
use std::collections::BTreeMap;

/// What a question with its sizes is like.
pub(super) struct Profile {
    /// One for each system of the question.
    systems: Vec<Seen>,
}

/// What a system is like.
#[derive(Default)]
struct Seen {
    assumptions: usize,
    lengths: Vec<(Name, Vec<i128>)>,
    /// Of each slip in the shapes, whether it shows.
    shapes: Vec<bool>,
    /// Of each answer, how many slips of each name show, and how many do not.
    slips: Vec<BTreeMap<&'static str, (usize, usize)>>,
}

impl Profile {
    /// Looks at a question; nothing if it makes no sense. `choice` has the numbers that vary, at their
    /// present values.
    pub fn of(place: Place, problem: &Problem, question: &Question, present: &[(Kind, i64)]) -> Option<Profile> {
        let whole = composed(place, problem, question)?;
        let mut systems = Vec::new();
        for (number, (statements, targets)) in parts(&whole).into_iter().enumerate() {
            let system =
                elaborate_within(statements, place.file.base.unwrap_or(1), &Sizes::default(), place.limits).ok()?;
            let lengths = lengths(&system);
            let mut seen = Seen { assumptions: system.assumptions.len(), ..Seen::default() };
            if targets.iter().any(|target| matches!(target, Target::Shape(_))) {
                seen.shapes = shapes(place, (problem, question, number), &lengths, present);
            }
            let formulas: Vec<&Target> = targets.iter().filter(|t| !matches!(t, Target::Shape(_))).collect();
            if !formulas.is_empty() {
                let mut judge = Judge::new(&system).ok()?;
                for target in formulas {
                    let mut counts: BTreeMap<&'static str, (usize, usize)> = BTreeMap::new();
                    for slip in judge.slipped(target).unwrap_or_default() {
                        let (shown, hidden) = counts.entry(slip.name).or_default();
                        *(if slip.differs { shown } else { hidden }) += 1;
                    }
                    seen.slips.push(counts);
                }
            }
            seen.lengths = lengths;
            systems.push(seen);
        }
        Some(Profile { systems })
    }

    /// Whether this is as good as the original.
    pub fn as_good_as(&self, original: &Profile) -> bool {
        self.systems.len() == original.systems.len()
            && self.systems.iter().zip(&original.systems).all(|(new, old)| new.as_good_as(old))
    }
}

impl Seen {
    fn as_good_as(&self, old: &Seen) -> bool {
        let long = |(new, old): (&i128, &i128)| *new >= (*old).min(2);
        let lengths = self.lengths.len() == old.lengths.len()
            && self.lengths.iter().zip(&old.lengths).all(|((_, new), (_, old))| new.iter().zip(old).all(long));
        let shapes = self.shapes.iter().zip(&old.shapes).all(|(new, old)| *new || !*old);
        let slips = self.slips.iter().zip(&old.slips).all(|(new, old)| {
            old.iter().all(|(name, (shown, hidden))| {
                let (now, unseen) = new.get(name).copied().unwrap_or_default();
                unseen <= *hidden && (now > 0 || *shown == 0)
            })
        });
        self.assumptions <= old.assumptions && lengths && shapes && slips && self.slips.len() == old.slips.len()
    }
}

/// The question with its layer calls written out.
fn composed(place: Place, problem: &Problem, question: &Question) -> Option<Question> {
    let problem = Problem { questions: vec![question.clone()], ..problem.clone() };
    let homework = Homework { problems: vec![problem], ..Homework::default() };
    let layers = place.file.items.iter().filter(|item| matches!(item, Item::Layer(_))).cloned();
    let file = File {
        base: place.file.base,
        items: layers.chain([Item::Homework(homework)]).collect(),
        statements: Vec::new(),
    };
    compose_within(&file, place.library, place.limits).ok()?.items.into_iter().find_map(|item| match item {
        Item::Homework(homework) => homework.problems.into_iter().next()?.questions.into_iter().next(),
        Item::Layer(_) | Item::Test(_) => None,
    })
}

/// The systems of a question, each with the targets it is asked for.
fn parts(question: &Question) -> Vec<(&[Statement], Vec<Target>)> {
    let targets = |answers: &[crate::language::syntax::Answer]| -> Vec<Target> {
        let target = |answer: &crate::language::syntax::Answer| match &answer.kind {
            AnswerKind::Derive(target, by) if by.is_empty() => Some(target.clone()),
            AnswerKind::Matrix(target, _) => Some(target.clone()),
            _ => None,
        };
        answers.iter().filter_map(target).collect()
    };
    let mut own = targets(&question.answers);
    let mut systems = Vec::new();
    for part in &question.parts {
        match part.statements.as_slice() {
            [] => own.extend(targets(&part.answers)),
            statements => systems.push((statements, targets(&part.answers))),
        }
    }
    if !question.statements.is_empty() {
        systems.insert(0, (&question.statements, own));
    }
    systems
}

/// The lengths of what is computed, those that are numbers.
fn lengths(system: &System) -> Vec<(Name, Vec<i128>)> {
    let of = |name: &Name| -> Option<Vec<i128>> {
        let bounds = system.bounds(name)?;
        bounds.iter().map(|(lo, hi)| hi.minus(lo).plus_number(1).as_constant()).collect()
    };
    system.equations.iter().filter_map(|e| Some((e.array.clone(), of(&e.array)?))).collect()
}

/// Whether slips show in the shapes: a step or a padding that is lost, a length rounded up instead of
/// down, axes in another order.
fn shapes(
    place: Place,
    (problem, question, number): (&Problem, &Question, usize),
    lengths: &[(Name, Vec<i128>)],
    present: &[(Kind, i64)],
) -> Vec<bool> {
    let with = |class: (Kind, i64), value: i64| -> Option<Vec<(Name, Vec<i128>)>> {
        let only = Problem { questions: vec![question.clone()], ..problem.clone() };
        let other = replaced(place, &[only], &Choice::from([(class, value)])).pop()?.questions.pop()?;
        let whole = composed(place, problem, &other)?;
        let (statements, _) = parts(&whole).into_iter().nth(number)?;
        Some(self::lengths(
            &elaborate_within(statements, place.file.base.unwrap_or(1), &Sizes::default(), place.limits).ok()?,
        ))
    };
    let mut shown = Vec::new();
    for class in present {
        let shows = match class.0 {
            Kind::Step => with(*class, 1).is_none_or(|other| other != lengths),
            Kind::Padding => with(*class, 0).is_none_or(|other| other != lengths),
            Kind::Length => with(*class, class.1 - 1).is_some_and(|other| other == lengths),
            Kind::Factor => continue,
        };
        shown.push(shows);
    }
    for (_, axes) in lengths {
        shown.extend(axes.windows(2).map(|pair| pair[0] != pair[1]));
    }
    shown
}
