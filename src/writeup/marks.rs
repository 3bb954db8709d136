//! Judged answers as a document: the verdict on each formula, why, and the picture of a wrong Jacobian.

use super::document::{Block, Document, Inline, Math, Piece, Problem, Prose, Question, Symbol};
use super::mistake;
use super::reason::text;
use super::tex;
use crate::answers::{Entry, Marked};
use crate::judge::Right;

/// The report on one document; `solutions` says what would be right.
pub fn report(name: &str, marked: &Marked, solutions: bool) -> Document {
    let mut problems: Vec<Problem> = Vec::new();
    for entry in &marked.entries {
        let label = if entry.question.is_empty() { "Not asked".to_string() } else { entry.question.clone() };
        if problems.last().is_none_or(|problem| problem.title != label) {
            let question = Question { notation: mistake::notation(), ..Question::default() };
            problems.push(Problem { title: label, questions: vec![question], ..Problem::default() });
        }
        let question = problems.last_mut().and_then(|problem| problem.questions.last_mut());
        question.into_iter().for_each(|question| question.blocks.extend(blocks(entry, solutions)));
    }
    let remark = |(line, _, words): &(usize, String, String)| vec![text(format!("Line {line}: {words}."))];
    let missing = |name: &String| vec![text(format!("Not answered: {name}."))];
    let notes: Vec<Prose> = marked.remarks.iter().map(remark).chain(marked.unanswered.iter().map(missing)).collect();
    if !notes.is_empty() {
        let question = Question { blocks: notes.into_iter().map(Block::Paragraph).collect(), ..Question::default() };
        problems.push(Problem { title: "Notes".into(), questions: vec![question], ..Problem::default() });
    }
    Document { title: format!("Answers in {name}"), problems, ..Document::default() }
}

fn blocks(entry: &Entry, solutions: bool) -> Vec<Block> {
    let formula = unlabelled(&entry.formula).split_whitespace().collect::<Vec<_>>().join(" ");
    let head = vec![
        text(format!("Line {}: ", entry.line)),
        Inline::Emphasis(entry.verdict().into()),
        text(". "),
        Inline::Source(match tex::sanitised(&formula) {
            Some(_) => format!("$${formula}$$"),
            None => format!("`{}`", formula.replace('`', "'").replace(char::is_control, " ")),
        }),
    ];
    let mut blocks = vec![Block::Paragraph(head)];
    for reason in entry.reasons(solutions) {
        let stop = if reason.ends_with('?') { "" } else { "." };
        blocks.push(Block::Paragraph(vec![text(format!("{}{stop}", capital(&reason)))]));
    }
    if let Some(right) = entry.right().filter(|_| solutions) {
        blocks.push(Block::Paragraph(vec![text("Right: "), Inline::Math(formula_of(right)), text(".")]));
    }
    let picture = entry.cells().filter(|_| solutions).and_then(mistake::picture);
    blocks.extend(picture.map(Block::Picture));
    blocks
}

fn formula_of(right: &Right) -> Math {
    match right {
        Right::Equation(left, formula) => {
            vec![Piece::Expr(left.clone()), Piece::Symbol(Symbol::Equal), Piece::Expr(formula.clone())]
        }
        Right::Shape(lengths) => vec![Piece::Lengths(vec![lengths.clone()])],
    }
}

/// The formula as written, without its label.
fn unlabelled(formula: &str) -> String {
    match formula.split_once("\\label{") {
        Some((before, after)) => format!("{before}{}", after.split_once('}').map_or("", |(_, rest)| rest)),
        None => formula.to_string(),
    }
}

/// Words with a capital, unless they begin with a symbol.
fn capital(words: &str) -> String {
    let word: usize = words.chars().take_while(|c| c.is_alphabetic()).count();
    match words.chars().next() {
        Some(first) if word > 1 || words.starts_with("a ") => {
            first.to_uppercase().chain(words.chars().skip(1)).collect()
        }
        _ => words.to_string(),
    }
}
