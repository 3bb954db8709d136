//! Homeworks and tests, built from what the grammar recognised.
//!
//! Invariant: answers before the first part belong to the question, all others to the part
//! they follow; a single-valued field that is given twice is an error.

use super::derivative::target;
use super::expression::{expression, name, range, setting, sum};
use super::matrix::matrix;
use super::statement::{Collected, unquoted};
use super::{Node, Read, Rule, next, point, span_of, unreadable};
use crate::diagnostic::{Diagnostic, Span};
use crate::language::syntax::{
    Answer, AnswerKind, Binder, Claim, ClaimValue, Equality, Expr, GivenGradient, Homework, Layout, Name, Part,
    Problem, Question, Reading, Subject, Target, Test,
};

/// Builds a homework.
pub(super) fn homework(node: Node<'_>, found: &mut Collected<'_>) -> Homework {
    let mut homework = Homework::default();
    for part in node.into_inner() {
        let span = span_of(&part);
        match part.as_rule() {
            Rule::string => homework.title = unquoted(&part),
            Rule::author => once(&mut homework.author, "author", inner_text(part), span, found),
            Rule::course => once(&mut homework.course, "course", inner_text(part), span, found),
            Rule::date => {
                let date = part.into_inner().next().map(|word| word.as_str().to_owned());
                once(&mut homework.date, "date", date, span, found);
            }
            Rule::numbering if homework.numbering.is_empty() => {
                homework.numbering = part.into_inner().map(|text| unquoted(&text)).collect();
            }
            Rule::numbering => found.complaints.push(twice("numbering", span)),
            Rule::layout => once(&mut homework.layout, "layout", layout(part), span, found),
            Rule::problem => homework.problems.push(problem(part, found)),
            _ => {}
        }
    }
    homework
}

fn inner_text(node: Node<'_>) -> Option<String> {
    node.into_inner().next().map(|text| unquoted(&text))
}

fn once<T>(field: &mut Option<T>, word: &str, value: Option<T>, span: Span, found: &mut Collected<'_>) {
    if field.is_some() {
        found.complaints.push(twice(word, span));
    }
    *field = value;
}

/// The layout that a statement names, or the words behind a target.
fn layout(node: Node<'_>) -> Option<Layout> {
    let named = |part: &Node<'_>| matches!(part.as_rule(), Rule::layout_name | Rule::claim_layout_name);
    let name = node.into_inner().find(named)?;
    Layout::ALL.into_iter().find(|layout| layout.word() == name.as_str())
}

/// The reading that an answer names.
fn reading(node: Node<'_>) -> Option<Reading> {
    let word = node.into_inner().find(|part| part.as_rule() == Rule::reading)?;
    Reading::ALL.into_iter().find(|reading| reading.word() == word.as_str())
}

fn twice(word: &str, span: Span) -> Diagnostic {
    Diagnostic::new(format!("`{word}` is given twice"), span).hint("keep one of the two")
}

fn problem(node: Node<'_>, found: &mut Collected<'_>) -> Problem {
    let mut problem = Problem { label: String::new(), title: String::new(), layout: None, questions: Vec::new() };
    for part in node.into_inner() {
        let span = span_of(&part);
        match part.as_rule() {
            Rule::layout => once(&mut problem.layout, "layout", layout(part), span, found),
            Rule::label => problem.label = part.as_str().to_owned(),
            Rule::string => problem.title = unquoted(&part),
            Rule::question => problem.questions.push(question(part, found)),
            _ => {}
        }
    }
    problem
}

fn question(node: Node<'_>, found: &mut Collected<'_>) -> Question {
    let mut question = Question {
        label: String::new(),
        text: String::new(),
        layout: None,
        statements: Vec::new(),
        answers: Vec::new(),
        parts: Vec::new(),
        span: span_of(&node),
    };
    for piece in node.into_inner() {
        let span = span_of(&piece);
        match piece.as_rule() {
            Rule::layout => once(&mut question.layout, "layout", layout(piece), span, found),
            Rule::question_word => {
                let start = span_of(&piece).start;
                for word in piece.into_inner() {
                    match word.as_rule() {
                        Rule::label => {
                            question.span = Span::new(start, span_of(&word).end);
                            question.label = word.as_str().to_owned();
                        }
                        _ => question.text = unquoted(&word),
                    }
                }
            }
            Rule::answer => answers(piece, &mut question.answers, found),
            Rule::part => question.parts.push(part(piece, found)),
            Rule::statement => found.statement(piece, &mut question.statements),
            _ => {}
        }
    }
    question
}

fn part(node: Node<'_>, found: &mut Collected<'_>) -> Part {
    let mut part = Part { label: String::new(), text: String::new(), statements: Vec::new(), answers: Vec::new() };
    for piece in node.into_inner() {
        match piece.as_rule() {
            Rule::label => part.label = piece.as_str().to_owned(),
            Rule::string => part.text = unquoted(&piece),
            Rule::answer => answers(piece, &mut part.answers, found),
            Rule::statement => found.statement(piece, &mut part.statements),
            _ => {}
        }
    }
    part
}

fn answers(node: Node<'_>, into: &mut Vec<Answer>, found: &mut Collected<'_>) {
    for item in node.into_inner().filter(|part| part.as_rule() == Rule::item) {
        into.extend(found.keep(answer(item)));
    }
}

fn answer(node: Node<'_>) -> Read<Answer> {
    let span = span_of(&node);
    let node = next(&mut node.into_inner(), span)?;
    let rule = node.as_rule();
    if rule == Rule::show {
        return Ok(Answer { kind: AnswerKind::Show(Box::new(equality_of(node)?)), span });
    }
    let layout = layout(node.clone());
    let reading = reading(node.clone());
    let whole = node.clone();
    let mut parts =
        node.into_inner().filter(|part| matches!(part.as_rule(), Rule::target | Rule::string | Rule::equality));
    let first = next(&mut parts, span)?;
    let kind = match rule {
        Rule::prose => AnswerKind::Text(unquoted(&first)),
        Rule::compare => AnswerKind::Compare(target(first)?, target(next(&mut parts, span)?)?),
        Rule::picture => AnswerKind::Picture(target(first)?),
        Rule::diagram => AnswerKind::Diagram(target(first)?),
        Rule::count => AnswerKind::Count(target(first)?),
        Rule::matrix => AnswerKind::Matrix(target(first)?, layout),
        Rule::supposed => {
            let (gradient, jacobian) = (target(next(&mut parts, span)?)?, parts.next().map(target).transpose()?);
            let reading = reading.ok_or_else(|| unreadable(span))?;
            AnswerKind::Given(target(first)?, GivenGradient { reading, gradient, jacobian })
        }
        Rule::value | Rule::limit => point::answer(whole)?,
        _ => {
            let wanted = target(first)?;
            let mut sizes = Vec::new();
            for chain in parts {
                equality(chain, &mut sizes)?;
            }
            AnswerKind::Derive(wanted, sizes)
        }
    };
    Ok(Answer { kind, span })
}

/// `q[c] = p[c] for c in 1..N`
fn equality_of(node: Node<'_>) -> Read<Equality> {
    let span = span_of(&node);
    let (mut sides, mut ranges) = (Vec::new(), Vec::new());
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::expression => sides.push(expression(part, 0)?),
            Rule::ranged => {
                let span = span_of(&part);
                let mut parts = part.into_inner().filter(|p| matches!(p.as_rule(), Rule::identifier | Rule::range));
                let name = name(&next(&mut parts, span)?);
                ranges.push(Binder { name, range: Some(range(next(&mut parts, span)?, 0)?), span });
            }
            _ => {}
        }
    }
    let sides = <[Expr; 2]>::try_from(sides).map_err(|_| unreadable(span))?;
    Ok(Equality { sides, ranges })
}

/// `K_H = K_W = K` gives both names the value K.
pub(super) fn equality(node: Node<'_>, into: &mut Vec<(Name, Expr)>) -> Read<()> {
    let span = span_of(&node);
    let mut names = Vec::new();
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::identifier => names.push(name(&part)),
            Rule::sum => {
                let value = sum(part, 0)?;
                into.extend(names.into_iter().map(|name| (name, value.clone())));
                return Ok(());
            }
            _ => {}
        }
    }
    Err(unreadable(span))
}

/// Builds a test.
pub(super) fn test(node: Node<'_>, found: &mut Collected<'_>) -> Test {
    let mut test =
        Test { title: String::new(), subject: None, statements: Vec::new(), claims: Vec::new(), span: span_of(&node) };
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::string => {
                test.span = span_of(&part);
                test.title = unquoted(&part);
            }
            Rule::subject => test.subject = found.keep(subject(part)),
            Rule::claim => test.claims.extend(found.keep(claim(part))),
            Rule::statement => found.statement(part, &mut test.statements),
            _ => {}
        }
    }
    test
}

fn subject(node: Node<'_>) -> Read<Subject> {
    let span = span_of(&node);
    let mut parts = node.into_inner();
    let layer = name(&next(&mut parts, span)?);
    let mut sizes = Vec::new();
    for part in parts {
        let found = setting(part, 0)?;
        sizes.push((found.name, found.value));
    }
    Ok(Subject { layer, sizes, span })
}

fn claim(node: Node<'_>) -> Read<Claim> {
    let span = span_of(&node);
    let mut expected = true;
    let mut wanted: Option<Target> = None;
    let mut value = None;
    let mut because = None;
    let mut chosen = None;
    let mut counted = false;
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::claim_word => expected = part.as_str() == "expect",
            Rule::target => wanted = Some(target(part)?),
            Rule::matrix_target | Rule::count => {
                counted = part.as_rule() == Rule::count;
                let of = part.into_inner().find(|piece| piece.as_rule() == Rule::target);
                wanted = Some(target(of.ok_or_else(|| unreadable(span))?)?);
            }
            Rule::claim_layout => chosen = layout(part),
            Rule::matrix_sum => value = Some(ClaimValue::Matrix(matrix(part, 0)?, chosen)),
            Rule::shape => {
                let mut lengths = Vec::new();
                dimensions(part, &mut lengths)?;
                value = Some(ClaimValue::Shape(lengths));
            }
            Rule::expression if counted => value = Some(ClaimValue::Count(expression(part, 0)?)),
            Rule::expression => value = Some(ClaimValue::Formula(expression(part, 0)?)),
            Rule::because => because = inner_text(part),
            _ => {}
        }
    }
    match (wanted, value) {
        (Some(target), Some(value)) => Ok(Claim { expected, target, value, because, span }),
        _ => Err(unreadable(span)),
    }
}

/// The lengths of the axes, groups flattened; the scan has bounded how deep groups nest.
fn dimensions(node: Node<'_>, lengths: &mut Vec<Expr>) -> Read<()> {
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::sum => lengths.push(sum(part, 0)?),
            Rule::dimensions => dimensions(part, lengths)?,
            _ => {}
        }
    }
    Ok(())
}
