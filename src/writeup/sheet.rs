//! A homework as a document: questions in, solution sheet out.

mod alone;
mod point;
mod proof;
mod question;
mod recurrent;
mod whole;

pub use alone::answers;

use super::comparison::{Compared, compare};
use super::document::{Block, Document, Inline, Math, Problem, Prose};
use super::outline::{self, Level, Style};
use super::reason::text;
use super::{json, matrix_answer, operation, shape};
use crate::answer::Answer;
use crate::calculus::Printing;
use crate::derivation::Goal;
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::language::print::{Alphabet, answer as answer_text};
use crate::language::syntax::{self, AnswerKind, Expr, Homework, Layout, Name, Target};
use crate::limits::Limits;
use crate::model::{Sizes, specialise};
use crate::recognise::Operation;
use crate::study::{NoAnswer, Study};
use crate::verify::{Certificate, Unverified};

/// One answered part, for the table on the terminal.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its number: `1.1.3(d)`.
    pub number: String,
    /// What it says in short: the shape.
    pub summary: Math,
    /// How it was verified, or why it was not.
    pub outcome: Result<Certificate, String>,
    /// How names print there.
    pub notation: Vec<(Name, String)>,
}

/// A homework as a document, a row a part, and what could not be verified.
pub struct Sheet {
    /// The write-up.
    pub document: Document,
    /// The same as data.
    pub data: json::Homework,
    /// One row a part.
    pub rows: Vec<Row>,
    /// Answers that did not pass.
    pub unverified: Vec<Unverified>,
    /// The systems that were asked about.
    pub asked: Vec<Asked>,
}

/// A system of a homework, and what was answered of it.
pub struct Asked {
    /// Where it is asked about: the places of the problem, of the question in it, and of the part with a
    /// system of its own.
    pub place: (usize, usize, Option<usize>),
    /// The system.
    pub study: Study,
    /// The goals that were answered.
    pub goals: Vec<Goal>,
}

/// Derives, verifies and lays out a homework.
///
/// # Errors
/// What is wrong with its questions.
pub fn sheet(homework: &Homework, base: i64, style: impl Into<Style>) -> Result<Sheet, Diagnostics> {
    sheet_within(homework, base, style, &Limits::default())
}

/// The same within other limits. What is not finished when the time runs out is among the unverified.
///
/// # Errors
/// As [`sheet`].
pub fn sheet_within(
    homework: &Homework,
    base: i64,
    style: impl Into<Style>,
    limits: &Limits,
) -> Result<Sheet, Diagnostics> {
    let Style { level, printing } = style.into();
    let (document, data) = (Document::default(), json::Homework::default());
    let mut sheet = Sheet { document, data, rows: Vec::new(), unverified: Vec::new(), asked: Vec::new() };
    let mut problems = Vec::new();
    let mut records = Vec::new();
    let mut wrong = Diagnostics::new();
    for (number, problem) in homework.problems.iter().enumerate() {
        let (mut questions, mut recorded) = (Vec::new(), Vec::new());
        for (at, question) in problem.questions.iter().enumerate() {
            let layout = question.layout.or(problem.layout).or(homework.layout).unwrap_or_default();
            let problem = &problem.label;
            let place = (number, at);
            let said = Vec::new();
            let mut writer =
                Writer { homework, problem, question, place, layout, level, printing, limits, sheet: &mut sheet, said };
            match writer.question(base) {
                Ok((done, record)) => {
                    questions.push(done);
                    recorded.push(record);
                }
                Err(diagnostics) => wrong.extend(diagnostics),
            }
        }
        let (label, title) = (problem.label.clone(), problem.title.clone());
        records.push(json::Problem { label: label.clone(), title: title.clone(), questions: recorded });
        problems.push(Problem { label, title, questions });
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    sheet.document = Document {
        title: homework.title.clone(),
        author: homework.author.clone(),
        course: homework.course.clone(),
        date: homework.date.clone(),
        label: None,
        problems,
        notation: Vec::new(),
    };
    sheet.data = json::Homework::new(homework, records);
    Ok(sheet)
}

struct Writer<'a> {
    homework: &'a Homework,
    problem: &'a str,
    question: &'a syntax::Question,
    place: (usize, usize),
    layout: Layout,
    level: Level,
    printing: Printing,
    limits: &'a Limits,
    sheet: &'a mut Sheet,
    /// Sentences that the question has said.
    said: Vec<Prose>,
}

/// What one part has said so far.
#[derive(Clone, Default)]
struct Section {
    label: String,
    blocks: Vec<Block>,
    answers: Vec<json::Answer>,
    certificate: Option<Certificate>,
    summary: Option<Math>,
    failure: Option<String>,
    /// What it speaks of besides the goals of answers, if it is about the equations themselves.
    spoken: Option<Vec<Goal>>,
}

impl Section {
    /// The author's own text.
    fn text(&mut self, words: &str) {
        self.answers.push(json::Answer::Text { text: words.into() });
        self.blocks.push(Block::Paragraph(vec![Inline::Source(words.into())]));
    }
}

impl Writer<'_> {
    fn section(
        &mut self,
        study: &mut Study,
        label: &str,
        answers: &[syntax::Answer],
        given: &mut Vec<(String, Goal)>,
        base: i64,
    ) -> Result<Section, Diagnostics> {
        let mut section = Section { label: label.into(), ..Section::default() };
        for answer in answers {
            let before = self.limits.timed().then(|| (section.clone(), given.len(), self.said.len()));
            let result = match &answer.kind {
                AnswerKind::Derive(Target::Shape(target), by) => {
                    self.shape(study, &mut section, target, by, answer.span, base)
                }
                AnswerKind::Derive(target, by) if by.is_empty() => {
                    self.formula(study, &mut section, target, answer.span, given)
                }
                AnswerKind::Derive(target, by) => self.specialised(&mut section, target, by, answer.span, base),
                AnswerKind::Matrix(target, layout) => {
                    self.matrix(study, &mut section, target, layout.unwrap_or(self.layout), answer.span, given)
                }
                AnswerKind::Given(target, words) => {
                    self.given(study, &mut section, (target, words), answer.span, given)
                }
                AnswerKind::Show(equality) => self.show(study, &mut section, equality, answer.span),
                AnswerKind::Compare(a, b) if Self::asks_directions(study, [a, b]) => {
                    self.directions(study, &mut section, [a, b], answer.span)
                }
                AnswerKind::Compare(a, b) => self.compare(study, &mut section, a, b, answer.span, given),
                AnswerKind::Picture(target) => self.picture(study, &mut section, target, answer.span),
                AnswerKind::Count(target) => self.count(study, &mut section, target, answer.span),
                AnswerKind::Diagram(target) => self.diagram(study, &mut section, target, answer.span),
                AnswerKind::Value(asked) => self.value(study, &mut section, asked, answer.span, base),
                AnswerKind::Limit(asked) => self.limit(study, &mut section, asked, answer.span),
                AnswerKind::Text(words) => {
                    section.text(words);
                    Ok(())
                }
            };
            let (result, before) = match before.filter(|_| self.limits.expired()) {
                Some(before) => {
                    (Err(Unverified::unfinished(answer_text(answer, Alphabet::Ascii)).into()), Some(before))
                }
                None => (result, None),
            };
            if let Some((kept, answered, said)) = before {
                section = kept;
                given.truncate(answered);
                self.said.truncate(said);
            }
            match result {
                Ok(()) => {}
                Err(NoAnswer::Refused(diagnostic)) => return Err(vec![placed(diagnostic, answer.span)]),
                Err(NoAnswer::Unverified(unverified)) => {
                    section.answers.push(json::Answer::missing(answer, &unverified));
                    section.failure = Some(unverified.to_string());
                    section.blocks.push(missing(&unverified));
                    self.sheet.unverified.push(unverified);
                }
            }
        }
        Ok(section)
    }

    fn formula(
        &mut self,
        study: &mut Study,
        section: &mut Section,
        target: &Target,
        span: Span,
        given: &mut Vec<(String, Goal)>,
    ) -> Result<(), NoAnswer> {
        let goal = study.goal(target, span).map_err(NoAnswer::Refused)?;
        for goal in study.with_adjoints(std::slice::from_ref(&goal)) {
            if given.iter().any(|(_, known)| *known == goal) && !target_is(target, &goal) {
                continue;
            }
            let by = jacobian_label(&goal, given);
            let (answer, certificate) = study.answer(&goal)?;
            let operations = study.operation(&answer);
            section.answers.push(json::formula(study, &answer, &certificate, operations.as_deref(), None));
            self.put(study, section, &answer, &certificate, by.as_deref(), operations.as_deref());
            self.product_form(study, section, &goal)?;
            given.push((section.label.clone(), goal));
        }
        Ok(())
    }

    /// An answer in matrix form, or where it has none, in index form with the reason.
    fn matrix(
        &mut self,
        study: &mut Study,
        section: &mut Section,
        target: &Target,
        layout: Layout,
        span: Span,
        given: &mut Vec<(String, Goal)>,
    ) -> Result<(), NoAnswer> {
        let goal = study.goal(target, span).map_err(NoAnswer::Refused)?;
        let (answer, certificate) = study.answer(&goal)?;
        let operations = study.operation(&answer);
        let found = study.matrix(&answer, layout);
        let matrix = json::matrix(study, &answer, &found, layout);
        let formula = json::formula(study, &answer, &certificate, operations.as_deref(), None);
        section.answers.push(formula.with_matrix(Some(matrix)));
        let (system, names) = (&study.system, &study.names);
        match &found {
            Ok(form) => {
                section.certificate = merge(section.certificate.take(), &Some(certificate));
                section.summary.get_or_insert_with(|| matrix_answer::membership(system, names, &answer, form));
                section.blocks.extend(matrix_answer::blocks(system, names, &answer, form, &mut self.said));
                if given.iter().all(|(_, known)| *known != goal) {
                    section.blocks.push(matrix_answer::index_form(&answer));
                }
            }
            Err(unfit) => {
                self.put(study, section, &answer, &certificate, None, operations.as_deref());
                section.blocks.push(Block::Paragraph(matrix_answer::why_not(unfit)));
            }
        }
        given.push((section.label.clone(), goal));
        Ok(())
    }

    fn put(
        &self,
        study: &Study,
        section: &mut Section,
        answer: &Answer,
        certificate: &Certificate,
        by: Option<&str>,
        operations: Option<&[Operation]>,
    ) {
        let (system, names) = (&study.system, &study.names);
        section.certificate = merge(section.certificate.take(), &Some(certificate.clone()));
        let membership = outline::membership(system, names, &answer.derivation.goal);
        section.summary.get_or_insert_with(|| membership.clone());
        let shape_first = matches!(answer.derivation.goal, Goal::Value { .. })
            && matches!(section.blocks.first(), Some(Block::Boxed { formulas, .. }) if formulas == &[membership]);
        let boxed = outline::boxed(system, names, answer);
        if shape_first {
            section.blocks[0] = boxed
        } else {
            section.blocks.push(boxed)
        }
        if self.layout == Layout::Numerator {
            section.blocks.extend(matrix_answer::turned(system, names, &answer.derivation.goal));
        }
        section.blocks.extend(outline::derivation(system, names, answer, self.level, by));
        if let Some(found) = operations
            && self.level != Level::Answer
        {
            let prose = operation::describe(system, names, answer, found);
            section.blocks.extend((!prose.is_empty()).then_some(Block::Paragraph(prose)));
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn shape(
        &mut self,
        study: &mut Study,
        section: &mut Section,
        target: &Target,
        by: &[(Name, Expr)],
        span: Span,
        base: i64,
    ) -> Result<(), NoAnswer> {
        let Target::Value(array, _) = target else {
            let goal = study.goal(target, span).map_err(NoAnswer::Refused)?;
            let (_, certificate) = study.answer(&goal)?;
            section.answers.push(json::shape(study, &goal, None, &certificate, None));
            section.certificate = merge(section.certificate.take(), &Some(certificate));
            let membership = outline::membership(&study.system, &study.names, &goal);
            section.summary.get_or_insert_with(|| membership.clone());
            section.blocks.push(Block::Boxed { formulas: vec![membership], ranges: Vec::new() });
            return Ok(());
        };
        if let Target::Value(_, Some(at)) = target {
            return self.slice(study, section, (array, at), by, (span, base));
        }
        let goal = Goal::Value { output: array.clone() };
        let (general, certificate) = study.shape(array)?;
        section.certificate = merge(section.certificate.take(), &Some(certificate.clone()));
        if by.is_empty() {
            section.answers.push(json::shape(study, &goal, Some(&general), &certificate, None));
            section.summary = Some(shape::lengths(&study.system, &general));
            let formulas = shape::boxed(&study.system, &study.names, &general);
            section.blocks.push(Block::Boxed { formulas, ranges: Vec::new() });
            if self.level != Level::Answer {
                section.blocks.extend(shape::derivation(&study.system, &general));
            }
            return Ok(());
        }
        let mut special = self.specialise(by, base)?;
        let (found, certificate) = special.shape(array)?;
        section.answers.push(json::shape(&special, &goal, Some(&found), &certificate, Some(by)));
        section.certificate = merge(section.certificate.take(), &Some(certificate));
        section.summary = Some(shape::lengths(&special.system, &found));
        let formulas = shape::boxed(&special.system, &special.names, &found);
        section.blocks.push(Block::Boxed { formulas, ranges: Vec::new() });
        section.blocks.push(shape::specialised(&study.system, &general, &found, &special.system, by));
        section.blocks.extend(shape::remarks(&special.system, &found));
        Ok(())
    }

    fn specialised(
        &mut self,
        section: &mut Section,
        target: &Target,
        by: &[(Name, Expr)],
        span: Span,
        base: i64,
    ) -> Result<(), NoAnswer> {
        let mut special = self.specialise(by, base)?;
        let goal = special.goal(target, span).map_err(NoAnswer::Refused)?;
        let (answer, certificate) = special.answer(&goal)?;
        let operations = special.operation(&answer);
        section.answers.push(json::formula(&special, &answer, &certificate, operations.as_deref(), Some(by)));
        self.put(&special, section, &answer, &certificate, None, operations.as_deref());
        Ok(())
    }

    /// The system of the question with sizes set equal.
    fn specialise(&self, by: &[(Name, Expr)], base: i64) -> Result<Study, NoAnswer> {
        let statements = specialise(&self.question.statements, by);
        let study = Study::within(&statements, base, &Sizes::default(), self.limits);
        study.map(|s| s.printed(self.printing)).map_err(|mut wrong| NoAnswer::Refused(wrong.remove(0)))
    }

    fn compare(
        &mut self,
        study: &mut Study,
        section: &mut Section,
        a: &Target,
        b: &Target,
        span: Span,
        given: &[(String, Goal)],
    ) -> Result<(), NoAnswer> {
        let mut side = |target: &Target| -> Result<(Answer, String), NoAnswer> {
            let goal = study.goal(target, span).map_err(NoAnswer::Refused)?;
            let label = given.iter().find(|(_, g)| *g == goal).map_or(section.label.clone(), |(l, _)| l.clone());
            Ok((study.answer(&goal)?.0, label))
        };
        let (a, b) = (side(a)?, side(b)?);
        section.answers.push(json::Answer::Comparison { of: a.0.name.clone(), with: b.0.name.clone() });
        let operations = [&b, &a].map(|(answer, _)| study.operation(answer));
        let [first, second] = operations;
        let first = Compared { answer: &b.0, label: &b.1, operations: first };
        let second = Compared { answer: &a.0, label: &a.1, operations: second };
        section.blocks.extend(compare(&study.system, &study.names, [&first, &second]));
        Ok(())
    }
}

fn placed(mut diagnostic: Diagnostic, span: Span) -> Diagnostic {
    if diagnostic.places.is_empty() {
        diagnostic.places.push((span, String::new()));
    }
    diagnostic
}

/// Whether a goal is what a target names, and not an adjoint on the way to it.
fn target_is(target: &Target, goal: &Goal) -> bool {
    match (target.lowered().within(), goal) {
        (Target::Gradient(asked, _), Goal::Gradient { array }) => asked == array,
        (Target::Jacobian((of, _), (asked, _)), Goal::Jacobian { output, array }) => of == output && asked == array,
        (Target::Jacobian((of, _), (asked, _)), Goal::Step { output, array, .. }) => of == output && asked == array,
        (Target::Value(asked, _), Goal::Value { output }) => asked == output,
        _ => false,
    }
}

fn jacobian_label(goal: &Goal, given: &[(String, Goal)]) -> Option<String> {
    let Goal::Gradient { array } = goal else { return None };
    given
        .iter()
        .find(|(label, g)| !label.is_empty() && matches!(g, Goal::Jacobian { array: a, .. } if a == array))
        .map(|(label, _)| label.clone())
}

fn merge(a: Option<Certificate>, b: &Option<Certificate>) -> Option<Certificate> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.and(b)),
        (a, b) => a.or_else(|| b.clone()),
    }
}

/// In the place of an answer that is not there.
pub fn missing(unverified: &Unverified) -> Block {
    Block::Missing(vec![text(format!("Not derived: {unverified}."))])
}
