//! The question sheet: a solution sheet without its answers.

use crate::writeup::document::{Document, Part, Problem, Question};

/// The questions of a document alone.
pub fn questions(document: &Document) -> Document {
    let part = |part: &Part| Part { blocks: Vec::new(), ..part.clone() };
    let question = |question: &Question| Question {
        conventions: Vec::new(),
        blocks: Vec::new(),
        evidence: Vec::new(),
        parts: question.parts.iter().map(part).collect(),
        ..question.clone()
    };
    let problem =
        |problem: &Problem| Problem { questions: problem.questions.iter().map(question).collect(), ..problem.clone() };
    Document { problems: document.problems.iter().map(problem).collect(), ..document.clone() }
}
