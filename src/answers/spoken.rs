//! What sentences call an answer – a dilated convolution – against the operation that it is found to be.

use super::marker::Marker;
use super::outline::Place;
use crate::integer::Index;
use crate::language::print::{Alphabet, expression, target as target_text};
use crate::language::syntax::{AnswerKind, Target};
use crate::model::Quote;
use crate::recognise::{Operation, OperationKind, Slide, Sliding, Source};

/// The words of a sentence that name an operation.
#[derive(Clone, Debug)]
pub struct Spoken {
    /// `dilated convolution`
    pub words: String,
    /// Its line, from 1.
    pub line: usize,
    /// Under which numbers it stands.
    pub place: Place,
}

/// A word that says how something slides, and what it asks of an operation.
type Quality = (&'static str, fn(&Sliding) -> bool);

const QUALITIES: &[Quality] = &[
    ("dilated", |sliding| sliding.axes.iter().any(|axis| !is_one(&axis.dilation))),
    ("strided", |sliding| sliding.axes.iter().any(|axis| !is_one(&axis.stride))),
    ("transposed", |sliding| sliding.slide == Slide::Transposed),
    ("flipped", |sliding| sliding.slide == Slide::Convolution),
];

/// Words for what slides.
const SLIDING: &[&str] = &["convolution", "cross-correlation", "correlation"];

/// Words that take back what a sentence says.
const DENIALS: &[&str] = &["not", "no", "never", "neither", "nor", "without", "isn't"];

impl Spoken {
    /// The operation that a sentence names with a quality, if it does.
    pub fn of(sentence: &str, number: usize, place: &Place) -> Option<Spoken> {
        let lower = sentence.to_lowercase();
        let words: Vec<&str> =
            lower.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '\'')).filter(|w| !w.is_empty()).collect();
        let kind = SLIDING.iter().find(|kind| words.contains(kind))?;
        let asked = sentence.contains('?') || lower.trim_start().starts_with('#');
        if asked || words.iter().any(|word| DENIALS.contains(word)) {
            return None;
        }
        let said = QUALITIES.iter().map(|(quality, _)| *quality).filter(|quality| words.contains(quality));
        let words: Vec<&str> = said.chain([*kind]).collect();
        (words.len() > 1).then(|| Spoken { words: words.join(" "), line: number, place: place.clone() })
    }
}

impl Marker<'_> {
    /// Whether what sentences of the question say of an answer holds of the operation that it is.
    pub fn said(&mut self, spoken: &[&Spoken]) -> Vec<(usize, String)> {
        let mut remarks = Vec::new();
        for one in spoken {
            let Some((of, other)) = self.compared(one.place.part.as_deref()) else { continue };
            let Some(operation) = self.settings[0].judge.operation(&of) else { continue };
            let name = target_text(&of.bare(), Alphabet::Ascii);
            let mut words = match &operation.kind {
                OperationKind::Sliding(sliding) => {
                    let wanted = |(quality, _): &&Quality| one.words.split(' ').any(|word| word == *quality);
                    let holds = QUALITIES.iter().filter(wanted).all(|(_, holds)| holds(sliding));
                    let verdict = if holds { "is true" } else { "is not true" };
                    format!("`{}` {verdict} of {name}, which is {}", one.words, described(&operation, sliding))
                }
                _ => format!("`{}` is not true of {name}", one.words),
            };
            let other = other.and_then(|other| Some((self.settings[0].judge.operation(&other)?, other)));
            if let Some((operation, other)) = other
                && let OperationKind::Sliding(sliding) = &operation.kind
            {
                let name = target_text(&other.bare(), Alphabet::Ascii);
                words += &format!("; {name} is {}", described(&operation, sliding));
            }
            remarks.push((one.line, words));
        }
        remarks
    }

    /// What a part of the question compares, and with what; or the only gradient that it asks for.
    fn compared(&self, part: Option<&str>) -> Option<(Target, Option<Target>)> {
        let answers = match part {
            Some(part) => &self.question.parts.iter().find(|p| p.label == part)?.answers,
            None => &self.question.answers,
        };
        let comparison = answers.iter().find_map(|answer| match &answer.kind {
            AnswerKind::Compare(of, other) => Some((of.clone(), Some(other.clone()))),
            _ => None,
        });
        let mut gradients = answers.iter().filter_map(|answer| match &answer.kind {
            AnswerKind::Derive(target @ Target::Gradient(..), _)
            | AnswerKind::Matrix(target @ Target::Gradient(..), _) => Some((target.clone(), None)),
            _ => None,
        });
        comparison.or_else(|| gradients.next().filter(|_| gradients.next().is_none()))
    }
}

/// `a cross-correlation of x with dl/df, stride 1, dilation 2, summed over k`
fn described(operation: &Operation, sliding: &Sliding) -> String {
    let name = match sliding.slide {
        Slide::Correlation => "a cross-correlation",
        Slide::Convolution => "a convolution",
        Slide::Transposed => "a transposed convolution",
    };
    let factor = |number: usize| match &operation.wiring.factors[number].source {
        Source::Array(name) => name.to_string(),
        Source::Upstream(output) => format!("dl/d{output}"),
    };
    let text = |index: &Index| expression(&Quote::plain().index(index), Alphabet::Ascii);
    let along = |of: &dyn Fn(usize) -> String| {
        let mut all: Vec<String> = (0..sliding.axes.len()).map(of).collect();
        all.dedup();
        all.join(" and ")
    };
    let (stride, dilation) = (along(&|k| text(&sliding.axes[k].stride)), along(&|k| text(&sliding.axes[k].dilation)));
    let summed: Vec<String> = sliding.others.iter().filter(|role| !role.stays).map(|role| text(&role.shown)).collect();
    let summed = if summed.is_empty() { String::new() } else { format!(", summed over {}", summed.join(", ")) };
    let (input, kernel) = (factor(sliding.input), factor(sliding.kernel));
    format!("{name} of {input} with {kernel}, stride {stride}, dilation {dilation}{summed}")
}

fn is_one(index: &Index) -> bool {
    index.as_constant() == Some(1)
}
