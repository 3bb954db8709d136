//! Statements, blocks and whole files as plain text.
//!
//! One statement a line, blocks indented by two spaces, an empty line between blocks.
//!
//! Invariant: source order is kept within each list of the tree, and no line can be read as the
//! continuation of the one before.

use super::expression::{Level, Pen, Room};
use crate::language::syntax::{
    Answer, AnswerKind, ArrayDecl, Axis, Claim, ClaimValue, Equality, Equation, Expr, File, GivenGradient, Homework,
    Item, Layout, LeftIndex, ParamDecl, Part, Problem, Question, Role, SizeDecl, Statement, StatementKind, Test,
};

/// How long a line of answers may become before each gets its own.
const LINE: usize = 100;

/// Lines at their depth.
#[derive(Default)]
struct Page {
    text: String,
    depth: usize,
}

impl Page {
    fn line(&mut self, line: impl AsRef<str>) {
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    fn block(&mut self, head: String, body: impl FnOnce(&mut Page)) {
        self.line(format!("{head} {{"));
        self.depth += 1;
        body(self);
        self.depth -= 1;
        self.line("}");
    }

    fn gap(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }
}

impl Pen {
    pub(super) fn file(self, file: &File) -> String {
        let mut page = Page::default();
        if let Some(base) = file.base {
            page.line(format!("index from {base}"));
        }
        for item in &file.items {
            page.gap();
            match item {
                Item::Layer(layer) => {
                    let head = format!("layer {}{}", layer.name, after(&layer.about));
                    page.block(head, |page| self.statements(&layer.statements, page));
                }
                Item::Homework(homework) => self.homework(homework, &mut page),
                Item::Test(test) => self.test(test, &mut page),
            }
        }
        if !file.statements.is_empty() && !file.items.is_empty() {
            page.gap();
        }
        self.statements(&file.statements, &mut page);
        page.text
    }

    fn statements(self, statements: &[Statement], page: &mut Page) {
        for statement in statements {
            page.line(self.statement(&statement.kind));
        }
    }

    /// One statement.
    pub(super) fn statement(self, kind: &StatementKind) -> String {
        match kind {
            StatementKind::Size(list) => format!("size {}", commas(list, |size| self.size(size))),
            StatementKind::Param(list) => {
                format!("param {}", commas(list, |param| self.param(param)))
            }
            StatementKind::Require(p) => format!("require {}", self.condition(p)),
            StatementKind::Arrays(role, list) => {
                let word = match role {
                    Role::Input => "input ",
                    Role::Weight => "weight ",
                    Role::Integer => "integer ",
                    Role::Plain => "",
                };
                format!("{word}{}", commas(list, |array| self.array(array)))
            }
            StatementKind::Equation(equation) => self.equation(equation),
            StatementKind::Output(list) => {
                format!("output {}", commas(list, |(name, _)| name.to_string()))
            }
            StatementKind::Notation(name, text) => format!("notation {name} as {text}"),
            StatementKind::Call(call) => format!("# {} is called here", call.layer),
        }
    }

    /// An expression without `if` at its head, as declarations hold it.
    fn plain(self, value: &Expr) -> String {
        self.expression(value, Level::Sum, Room::Wide)
    }

    fn size(self, size: &SizeDecl) -> String {
        let least = size.least.as_ref();
        let least = least.map(|value| format!(" {} {}", self.pick(">=", "≥"), self.plain(value)));
        format!("{}{}{}", size.name, least.unwrap_or_default(), self.default(size.default.as_ref()))
    }

    fn default(self, value: Option<&Expr>) -> String {
        value.map(|value| format!(" = {}", self.plain(value))).unwrap_or_default()
    }

    fn param(self, param: &ParamDecl) -> String {
        let bound = param.bound.as_ref();
        let bound = bound.map(|(joint, value)| format!(" {} {}", self.relation(*joint), self.plain(value)));
        format!("{}{}{}", param.name, bound.unwrap_or_default(), self.default(param.default.as_ref()))
    }

    fn array(self, array: &ArrayDecl) -> String {
        let axes = match array.axes.as_slice() {
            [] => String::new(),
            axes => format!("[{}]", commas(axes, |axis| self.axis(axis))),
        };
        let values = array.values.as_ref().map(|range| format!(" in {}", self.range(range)));
        format!("{}{axes}{}", array.name, values.unwrap_or_default())
    }

    fn axis(self, axis: &Axis) -> String {
        let inside = |value: &Expr| self.expression(value, Level::Sum, self.inner());
        let first = axis.first.as_ref().map(|first| format!("{}..", inside(first)));
        let pad = axis.pad.as_ref().map(|(before, after)| match before == after {
            true => format!(" pad {}", inside(before)),
            false => format!(" pad ({}, {})", inside(before), inside(after)),
        });
        format!("{}{}{}", first.unwrap_or_default(), inside(&axis.last), pad.unwrap_or_default())
    }

    fn equation(self, equation: &Equation) -> String {
        let at = match equation.at.as_slice() {
            [] => String::new(),
            at => format!("[{}]", commas(at, |index| self.left_index(index))),
        };
        let body = self.expression(&equation.body, Level::Whole, Room::Wide);
        format!("{}{at} = {body}", equation.array)
    }

    fn left_index(self, index: &LeftIndex) -> String {
        match index {
            LeftIndex::Free(binder) => match &binder.range {
                None => binder.name.to_string(),
                Some(range) => format!("{} in {}", binder.name, self.range(range)),
            },
            LeftIndex::Fixed(value) => {
                let text = self.expression(value, Level::Sum, self.inner());
                if matches!(value.kind, crate::language::syntax::ExprKind::Name(_)) {
                    return format!("({text})");
                }
                text
            }
        }
    }

    fn homework(self, homework: &Homework, page: &mut Page) {
        page.block(format!("homework {}", quoted(&homework.title)), |page| {
            let fields = [("author", &homework.author), ("course", &homework.course)];
            for (word, text) in fields {
                if let Some(text) = text {
                    page.line(format!("{word} {}", quoted(text)));
                }
            }
            if let Some(date) = &homework.date {
                page.line(format!("date {date}"));
            }
            if !homework.numbering.is_empty() {
                page.line(format!("numbering {}", commas(&homework.numbering, |text| quoted(text))));
            }
            layout(homework.layout, page);
            for problem in &homework.problems {
                self.problem(problem, page);
            }
        });
    }

    fn problem(self, problem: &Problem, page: &mut Page) {
        let head = format!("problem {}{}", problem.label, after(&problem.title));
        page.block(head, |page| {
            layout(problem.layout, page);
            for question in &problem.questions {
                self.question(question, page);
            }
        });
    }

    fn question(self, question: &Question, page: &mut Page) {
        let head = format!("question {}{}", question.label, after(&question.text));
        page.block(head, |page| {
            layout(question.layout, page);
            self.statements(&question.statements, page);
            self.answers(&question.answers, page);
            for part in &question.parts {
                self.part(part, page);
            }
        });
    }

    fn part(self, part: &Part, page: &mut Page) {
        let head = format!("part {}{}", part.label, after(&part.text));
        if !part.statements.is_empty() {
            return page.block(head, |page| {
                self.statements(&part.statements, page);
                self.answers(&part.answers, page);
            });
        }
        page.line(head);
        page.depth += 1;
        self.answers(&part.answers, page);
        page.depth -= 1;
    }

    fn answers(self, answers: &[Answer], page: &mut Page) {
        if answers.is_empty() {
            return;
        }
        let line = format!("answer {}", commas(answers, |answer| self.answer(&answer.kind)));
        if line.chars().count() <= LINE {
            return page.line(line);
        }
        for answer in answers {
            page.line(format!("answer {}", self.answer(&answer.kind)));
        }
    }

    /// One thing asked for.
    pub(super) fn answer(self, kind: &AnswerKind) -> String {
        match kind {
            AnswerKind::Derive(target, sizes) if sizes.is_empty() => self.target(target),
            AnswerKind::Derive(target, sizes) => {
                let sizes = commas(sizes, |(name, value)| format!("{name} = {}", self.plain(value)));
                format!("{} where {sizes}", self.target(target))
            }
            AnswerKind::Show(equality) => format!("show {}", self.equality(equality)),
            AnswerKind::Compare(left, right) => {
                format!("compare {} with {}", self.target(left), self.target(right))
            }
            AnswerKind::Given(target, GivenGradient { reading, gradient, jacobian }) => {
                let gradient = format!("given {} {}", reading.word(), self.target(gradient));
                let jacobian = jacobian.as_ref().map(|jacobian| format!(" and {}", self.target(jacobian)));
                format!("{} {gradient}{}", self.target(target), jacobian.unwrap_or_default())
            }
            AnswerKind::Matrix(target, None) => format!("matrix {}", self.target(target)),
            AnswerKind::Matrix(target, Some(layout)) => {
                format!("matrix {} layout {}", self.target(target), layout.word())
            }
            AnswerKind::Picture(target) => format!("picture {}", self.target(target)),
            AnswerKind::Diagram(target) => format!("diagram {}", self.target(target)),
            AnswerKind::Count(target) => format!("count {}", self.target(target)),
            AnswerKind::Value(asked) => self.value_asked(asked),
            AnswerKind::Limit(asked) => self.limit_asked(asked),
            AnswerKind::Text(text) => format!("text {}", quoted(text)),
        }
    }

    /// `q[c] = p[c] for c in 1..N`
    pub(super) fn equality(self, equality: &Equality) -> String {
        let [left, right] = equality.sides.each_ref().map(|side| self.expression(side, Level::Whole, Room::Wide));
        let ranges = commas(&equality.ranges, |binder| match &binder.range {
            Some(range) => format!("{} in {}", binder.name, self.range(range)),
            None => binder.name.to_string(),
        });
        if ranges.is_empty() { format!("{left} = {right}") } else { format!("{left} = {right} for {ranges}") }
    }

    fn test(self, test: &Test, page: &mut Page) {
        let subject = match &test.subject {
            None => String::new(),
            Some(subject) if subject.sizes.is_empty() => format!(" for {}", subject.layer),
            Some(subject) => {
                let sizes = commas(&subject.sizes, |(name, value)| format!("{name}={}", self.plain(value)));
                format!(" for {}({sizes})", subject.layer)
            }
        };
        page.block(format!("test {}{subject}", quoted(&test.title)), |page| {
            self.statements(&test.statements, page);
            for claim in &test.claims {
                page.line(self.claim(claim));
            }
        });
    }

    fn claim(self, claim: &Claim) -> String {
        let word = if claim.expected { "expect" } else { "reject" };
        let because = claim.because.as_ref().map(|text| format!(" because {}", quoted(text)));
        format!("{word} {}{}", self.claimed(claim), because.unwrap_or_default())
    }

    /// `dl/dW[k] = …`
    pub(super) fn claimed(self, claim: &Claim) -> String {
        let target = self.target(&claim.target);
        match &claim.value {
            ClaimValue::Shape(lengths) => format!("{target} = {}", self.shape(lengths)),
            ClaimValue::Formula(value) => {
                format!("{target} = {}", self.expression(value, Level::Whole, Room::Wide))
            }
            ClaimValue::Count(value) => {
                format!("count {target} = {}", self.expression(value, Level::Whole, Room::Wide))
            }
            ClaimValue::Matrix(value, layout) => {
                let layout = layout.map(|layout| format!(" layout {}", layout.word()));
                format!("matrix {target}{} = {}", layout.unwrap_or_default(), self.matrix(value))
            }
        }
    }
}

/// `layout numerator`
fn layout(layout: Option<Layout>, page: &mut Page) {
    if let Some(layout) = layout {
        page.line(format!("layout {}", layout.word()));
    }
}

fn commas<T>(list: &[T], print: impl Fn(&T) -> String) -> String {
    list.iter().map(print).collect::<Vec<_>>().join(", ")
}

/// A text in quotes after a blank, or nothing.
fn after(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" {}", quoted(text)) }
}

/// A text in the quotes that hold it as it is; what no quotes can hold is softened.
fn quoted(text: &str) -> String {
    if !text.contains(['"', '\n']) {
        return format!("\"{text}\"");
    }
    if !text.contains("\"\"\"") && !text.ends_with('"') {
        return format!("\"\"\"{text}\"\"\"");
    }
    format!("\"\"\"{}\"\"\"", text.replace('"', "'"))
}
