//! Variants of a homework for an exam: other sizes, strides, paddings and dilations, and other letters
//! for indices.
//!
//! Numbers of one kind and value vary alike in all questions of a problem, and of the problems that
//! refer to it ([`sizes`]); the text says the new ones ([`numbers`]), or else they stay. New numbers are
//! taken only if every question is as good as it was ([`fit`]). Invariant: a variant is an ordinary
//! homework, and depends on the homework, the seed and its number alone.

mod fit;
mod letters;
mod numbers;
mod sizes;
mod walk;
mod window;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::evaluate::Random;
use crate::language::syntax::{File, Homework, Item, Problem, Question};
use crate::limits::Limits;
use crate::model::compose::Library;
use fit::Profile;
use sizes::{Choice, Class, Place, concerns, found, replaced};
use std::collections::BTreeSet;
use std::ops::Range;
use walk::Kind;

/// How many numbers are tried in a row that do not fit.
const TRIES: usize = 200;
/// Words by which a problem refers to the one before it.
const REFERRING: [&str; 8] = ["same", "again", "above", "previous", "earlier", "before", "still", "instead"];

/// The variants of a homework.
pub struct Varied {
    /// The files, in order: everything as it was, but for the homework.
    pub files: Vec<File>,
    /// What could vary and does not, and why.
    pub kept: Vec<String>,
    /// How many variants differ in their sizes, if there are fewer than were asked for: then the others
    /// differ in letters at most.
    pub different: Option<usize>,
}

/// Problems that vary alike, and the numbers found for them.
struct Scope {
    problems: Range<usize>,
    classes: Vec<Class>,
    choices: Vec<Choice>,
}

/// Makes variants of the only homework of a file, layer calls as they are written.
///
/// # Errors
/// If nothing in it can vary.
pub fn vary(file: &File, library: &dyn Library, seed: u64, count: usize) -> Result<Varied, Diagnostics> {
    vary_within(file, library, (seed, count), &Limits::default())
}

/// The same within other limits: a seed, and how many variants. When the time runs out, no further numbers
/// are tried.
///
/// # Errors
/// As [`vary`].
pub fn vary_within(
    file: &File,
    library: &dyn Library,
    (seed, count): (u64, usize),
    limits: &Limits,
) -> Result<Varied, Diagnostics> {
    let place = Place { file, library, limits };
    let Some(homework) = file.items.iter().find_map(homework_of) else {
        return Err(vec![Diagnostic::general("there is no homework in the file")]);
    };
    let (mut scopes, mut kept) = (Vec::new(), Vec::new());
    for (number, problems) in scopes_of(homework).into_iter().enumerate() {
        let here = &homework.problems[problems.clone()];
        let found = found(place, here);
        kept.extend(found.kept.iter().map(|((kind, value), why)| format!("the {} {value} stays: {why}", kind.word())));
        let classes: Vec<Class> = found.free.into_iter().collect();
        let choices = choices(place, here, &classes, Random::new(seed ^ salt(number)), count);
        if choices.is_empty() && !classes.is_empty() {
            let label = &homework.problems[problems.start].label;
            kept.push(format!("the sizes of problem {label} stay: no others that were tried keep its answers apart"));
        }
        scopes.push(Scope { problems, classes, choices });
    }
    let letters = questions(homework).any(|question| !letters::free(place, question).is_empty());
    let sizes = scopes.iter().any(|scope| !scope.choices.is_empty());
    if !sizes && !letters {
        return Err(vec![nothing(kept)]);
    }
    let files = (0..count).map(|number| variant(place, homework, &scopes, seed, number)).collect();
    let most = scopes.iter().map(|scope| scope.choices.len().max(1)).fold(1usize, usize::saturating_mul);
    let cycle = scopes.iter().map(|scope| scope.choices.len()).max().unwrap_or(0);
    let different = (cycle < count).then_some(if sizes { cycle.min(most) } else { 0 });
    Ok(Varied { files, kept, different })
}

fn nothing(kept: Vec<String>) -> Diagnostic {
    let message = "nothing in this homework can vary";
    match kept.is_empty() {
        true => Diagnostic::general(message).hint(
            "its sizes are symbols, and its letters stand in its texts; numbers such as `x[7, 5]` and `2*(r-1)` vary, \
             and indices that no text mentions",
        ),
        false => Diagnostic::general(message).hint(kept.join("; ")),
    }
}

fn homework_of(item: &Item) -> Option<&Homework> {
    match item {
        Item::Homework(homework) => Some(homework),
        Item::Layer(_) | Item::Test(_) => None,
    }
}

fn questions(homework: &Homework) -> impl Iterator<Item = &Question> {
    homework.problems.iter().flat_map(|problem| &problem.questions)
}

/// Runs of problems: one that refers to the one before it varies with it.
fn scopes_of(homework: &Homework) -> Vec<Range<usize>> {
    let mut scopes: Vec<Range<usize>> = Vec::new();
    for (number, problem) in homework.problems.iter().enumerate() {
        match scopes.last_mut() {
            Some(last) if refers(problem) => last.end = number + 1,
            _ => scopes.push(number..number + 1),
        }
    }
    scopes
}

fn refers(problem: &Problem) -> bool {
    let parts = problem.questions.iter().flat_map(|question| &question.parts);
    let texts = problem.questions.iter().map(|question| &question.text).chain(parts.map(|part| &part.text));
    let refers = |text: &String| {
        text.split(|c: char| !c.is_alphanumeric()).any(|w| REFERRING.contains(&w.to_lowercase().as_str()))
    };
    texts.chain([&problem.title]).any(refers)
}

/// Different new numbers for the classes, in the order in which they were drawn, all of them fit.
fn choices(place: Place, problems: &[Problem], classes: &[Class], mut random: Random, count: usize) -> Vec<Choice> {
    let mut choices = Vec::new();
    if classes.is_empty() {
        return choices;
    }
    let present: Choice = classes.iter().map(|class| (*class, class.1)).collect();
    let concerned: Vec<(usize, usize)> = (0..problems.len())
        .flat_map(|p| (0..problems[p].questions.len()).map(move |q| (p, q)))
        .filter(|(p, q)| concerns(place, &problems[*p].questions[*q], &present))
        .collect();
    let profile = |problems: &[Problem], (p, q): (usize, usize), classes: &[Class]| {
        Profile::of(place, &problems[p], &problems[p].questions[q], classes)
    };
    let originals: Option<Vec<Profile>> = concerned.iter().map(|at| profile(problems, *at, classes)).collect();
    let Some(originals) = originals else { return choices };
    let (mut seen, mut failed) = (BTreeSet::from([present.values().copied().collect::<Vec<_>>()]), 0);
    while choices.len() < count && failed < TRIES && !place.limits.expired() {
        let choice: Choice = classes.iter().map(|class| (*class, drawn(*class, &mut random))).collect();
        failed += 1;
        if !apart(&choice) || !seen.insert(choice.values().copied().collect()) {
            continue;
        }
        let other = replaced(place, problems, &choice);
        let now: Vec<Class> = choice.iter().map(|((kind, _), value)| (*kind, *value)).collect();
        let fits = concerned
            .iter()
            .zip(&originals)
            .all(|(at, original)| profile(&other, *at, &now).is_some_and(|profile| profile.as_good_as(original)));
        if fits {
            failed = 0;
            choices.push(choice);
        }
    }
    choices
}

/// A number in place of another.
fn drawn((kind, value): Class, random: &mut Random) -> i64 {
    match kind {
        Kind::Length => random.between(((value + 1) / 2).max(2), value + (value / 2).max(2)),
        Kind::Padding => random.between(1, value + 1),
        Kind::Step => random.between(2, value + 2),
        Kind::Factor => random.between(2, value.clamp(5, 1_000) + 4),
    }
}

/// Whether different lengths stay different, and steps too.
fn apart(choice: &Choice) -> bool {
    let mut seen = BTreeSet::new();
    choice.iter().all(|((kind, _), value)| seen.insert((*kind, *value)))
}

/// The variant of a number.
fn variant(place: Place, homework: &Homework, scopes: &[Scope], seed: u64, number: usize) -> File {
    let mut homework = homework.clone();
    for scope in scopes.iter().filter(|scope| !scope.choices.is_empty()) {
        let choice = &scope.choices[number % scope.choices.len()];
        debug_assert_eq!(choice.len(), scope.classes.len());
        let problems = replaced(place, &homework.problems[scope.problems.clone()], choice);
        homework.problems.splice(scope.problems.clone(), problems);
    }
    let all = homework.problems.iter_mut().flat_map(|problem| &mut problem.questions);
    for (at, question) in all.enumerate() {
        letters::renamed(place, question, &mut Random::new(seed ^ salt(1_000 + number) ^ salt(1_000_000 + at)));
    }
    let mut file = place.file.clone();
    let own = file.items.iter_mut().find(|item| homework_of(item).is_some());
    own.into_iter().for_each(|item| *item = Item::Homework(homework.clone()));
    file
}

/// Bits that differ from number to number.
fn salt(number: usize) -> u64 {
    Random::new(number as u64).bits()
}
