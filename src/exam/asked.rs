//! What a homework asks for, by name: `1.1.3(d)`, `1.1.3(d) dl/dW`.

use crate::diagnostic::{Diagnostic, few, nearest};
use crate::language::print::{Alphabet, answer};
use crate::language::syntax::{Answer, Homework, Part, Problem, Question};

/// The answers that a question or a part asks for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The problem it stands in.
    pub problem: &'a Problem,
    /// The question.
    pub question: &'a Question,
    /// The part, if it is one.
    pub part: Option<&'a Part>,
}

impl<'a> Asked<'a> {
    /// `1.1.3(d)`
    pub fn name(&self) -> String {
        self.problem.number(self.question, self.part.map(|part| part.label.as_str()))
    }

    /// What it asks for.
    pub fn answers(&self) -> &'a [Answer] {
        self.part.map_or(&self.question.answers, |part| &part.answers)
    }
}

/// All questions and parts that ask for something, in order.
pub fn asked(homework: &Homework) -> Vec<Asked<'_>> {
    let questions = homework.problems.iter().flat_map(|p| p.questions.iter().map(move |q| (p, q)));
    let places = questions.flat_map(|(problem, question)| {
        let parts = question.parts.iter().map(Some);
        std::iter::once(None).chain(parts).map(move |part| Asked { problem, question, part })
    });
    places.filter(|place| !place.answers().is_empty()).collect()
}

/// The place of a name, and the answers it means: all of the place, or the one that is named behind it.
///
/// # Errors
/// If nothing or more than one thing is called so: with what there is.
pub fn find<'a>(homework: &'a Homework, name: &str) -> Result<(Asked<'a>, &'a [Answer]), Diagnostic> {
    let all = asked(homework);
    let (number, wanted) = match name.trim().split_once(char::is_whitespace) {
        Some((number, wanted)) => (number, compact(wanted)),
        None => (name.trim(), String::new()),
    };
    let place = match all.iter().filter(|place| words(&place.name()) == words(number)).collect::<Vec<_>>()[..] {
        [only] => *only,
        _ => return Err(elsewhere(&all, number)),
    };
    if wanted.is_empty() {
        return Ok((place, place.answers()));
    }
    let texts: Vec<String> = place.answers().iter().map(|a| answer(a, Alphabet::Ascii)).collect();
    match texts.iter().position(|text| compact(text) == wanted) {
        Some(k) => Ok((place, &place.answers()[k..=k])),
        None => {
            let known: Vec<&str> = texts.iter().map(String::as_str).collect();
            let message = format!("{} does not ask for `{}`", place.name(), name[number.len()..].trim());
            Err(Diagnostic::general(message).hint(format!("it asks for {}", few(&known))))
        }
    }
}

/// What to say of a number that is no one place's.
fn elsewhere(all: &[Asked], number: &str) -> Diagnostic {
    let names: Vec<String> = all.iter().map(Asked::name).collect();
    let under: Vec<&str> =
        names.iter().filter(|name| words(name).starts_with(&words(number))).map(String::as_str).collect();
    if !under.is_empty() && !words(number).is_empty() {
        let message = format!("`{number}` is more than one question");
        return Diagnostic::general(message).hint(format!("name one: {}", few(&under)));
    }
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let message = format!("there is no question `{number}`");
    match (nearest(number, known.iter().copied()), known.as_slice()) {
        (_, []) => Diagnostic::general(message).hint("nothing is asked for in this homework"),
        (Some(guess), _) => {
            Diagnostic::general(message).hint(format!("did you mean `{guess}`? There are {}", few(&known)))
        }
        (None, _) => Diagnostic::general(message).hint(format!("there are {}", few(&known))),
    }
}

/// The numbers and letters of a label: 1, 1, 3, d for `1.1.3(d)` and `1.1.3d`.
fn words(label: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut last = None;
    for c in label.chars() {
        let kind = c.is_alphanumeric().then(|| c.is_numeric());
        match (kind, kind == last, found.last_mut()) {
            (Some(_), true, Some(word)) => word.push(c),
            (Some(_), ..) => found.push(c.to_string()),
            (None, ..) => {}
        }
        last = kind;
    }
    found
}

fn compact(text: &str) -> String {
    text.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_label_may_be_written_in_several_ways() {
        assert_eq!(words("1.1.3(d)"), ["1", "1", "3", "d"]);
        assert_eq!(words("1.1.3d"), words("1.1.3.(d)"));
        assert_ne!(words("1.13"), words("1.1.3"));
    }
}
