//! A question of a homework, walked through with the right to change it: its numbers, each with what it
//! is there, and its names.
//!
//! Invariant: numbers come in the order in which they are printed, whatever their values.

use crate::language::syntax::*;
use crate::model::compose::Library;
use num_traits::ToPrimitive;

/// What a number is where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// How long an axis is, or where a range ends.
    Length,
    /// How far reads may leave an axis.
    Padding,
    /// What multiplies or divides an index: a stride, a dilation.
    Step,
    /// What multiplies a value.
    Factor,
}

impl Kind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Length => "size",
            Kind::Padding => "padding",
            Kind::Step => "stride or dilation",
            Kind::Factor => "factor",
        }
    }
}

/// Whether a number may become another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It may, with all numbers of the same kind and value.
    Varies(Kind),
    /// It may not, and nothing says what it has to do with others of the same value.
    Stays,
    /// It says nothing about others: an exponent, a shift by an index or two.
    Own,
}

/// What is done with the parts of a question.
pub(super) trait Visitor {
    /// An integer literal.
    fn number(&mut self, _role: Role, _literal: &mut Expr) {}
    /// A name that may be that of an index.
    fn name(&mut self, _name: &mut Name) {}
    /// A read, before its indices are gone into.
    fn read(&mut self, _array: &Name, _at: &mut [Expr]) {}
}

/// The value of an integer literal.
pub(super) fn literal(expr: &Expr) -> Option<i64> {
    match &expr.kind {
        ExprKind::Number(value) if value.is_integer() => value.to_integer().to_i64(),
        _ => None,
    }
}

/// Walks through a question.
pub(super) struct Walk<'a> {
    /// What is done.
    pub visitor: &'a mut dyn Visitor,
    /// Where layers that are called are looked up.
    pub library: &'a dyn Library,
    /// The file of the homework, whose layers come first.
    pub file: &'a File,
}

/// How an expression is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Value,
    Index,
    Fixed,
    Own,
}

impl Walk<'_> {
    /// Statements and answers, those of its parts as well.
    pub fn question(&mut self, question: &mut Question) {
        self.system(&mut question.statements);
        self.answers(&mut question.answers);
        for part in &mut question.parts {
            self.system(&mut part.statements);
            self.answers(&mut part.answers);
        }
    }

    /// The statements of one system.
    pub fn system(&mut self, statements: &mut [Statement]) {
        let lengths: Vec<Name> = statements.iter().flat_map(bare_lengths).collect();
        for statement in statements {
            self.statement(statement, &lengths);
        }
    }

    fn statement(&mut self, statement: &mut Statement, lengths: &[Name]) {
        match &mut statement.kind {
            StatementKind::Size(sizes) => {
                for size in sizes {
                    let kind = kind_of(size, lengths.contains(&size.name));
                    self.role(Role::Varies(kind), size.default.as_mut());
                }
            }
            StatementKind::Require(condition) => self.condition(condition),
            StatementKind::Arrays(_, arrays) => {
                for array in arrays {
                    for axis in &mut array.axes {
                        self.role(Role::Varies(Kind::Length), Some(&mut axis.last));
                        if let Some((before, after)) = &mut axis.pad {
                            self.role(Role::Varies(Kind::Padding), Some(before));
                            self.role(Role::Varies(Kind::Padding), Some(after));
                        }
                    }
                    if let Some((_, last)) = &mut array.values {
                        self.role(Role::Varies(Kind::Length), Some(last));
                    }
                }
            }
            StatementKind::Equation(equation) => {
                for left in &mut equation.at {
                    match left {
                        LeftIndex::Free(binder) => self.binder(binder),
                        LeftIndex::Fixed(at) => self.expr(at, Mode::Own),
                    }
                }
                self.expr(&mut equation.body, Mode::Value);
            }
            StatementKind::Param(_)
            | StatementKind::Output(_)
            | StatementKind::Notation(..)
            | StatementKind::Call(_) => {}
        }
    }

    fn answers(&mut self, answers: &mut [Answer]) {
        for answer in answers {
            match &mut answer.kind {
                AnswerKind::Derive(target, sizes) => {
                    self.target(target);
                    sizes.iter_mut().for_each(|(_, value)| self.role(Role::Varies(Kind::Length), Some(value)));
                }
                AnswerKind::Given(target, given) => {
                    self.target(target);
                    self.target(&mut given.gradient);
                    given.jacobian.iter_mut().for_each(|target| self.target(target));
                }
                AnswerKind::Matrix(target, _)
                | AnswerKind::Picture(target)
                | AnswerKind::Diagram(target)
                | AnswerKind::Count(target) => self.target(target),
                AnswerKind::Compare(a, b) => {
                    self.target(a);
                    self.target(b);
                }
                AnswerKind::Show(equality) => {
                    equality.sides.iter_mut().for_each(|side| self.expr(side, Mode::Fixed));
                    equality.ranges.iter_mut().for_each(|binder| self.binder(binder));
                }
                AnswerKind::Value(asked) => {
                    self.target(&mut asked.target);
                    for (_, value) in &mut asked.sizes {
                        self.role(Role::Stays, Some(value));
                    }
                    asked.at.iter_mut().for_each(|given| self.target(&mut given.of));
                }
                AnswerKind::Limit(asked) => self.target(&mut asked.target),
                AnswerKind::Text(_) => {}
            }
        }
    }

    fn target(&mut self, target: &mut Target) {
        match target {
            Target::Shape(of) => self.target(of),
            Target::Value(_, at) | Target::Gradient(_, at) => self.named(at),
            Target::Jacobian((_, rows), (_, columns)) => {
                self.named(rows);
                self.named(columns);
            }
            Target::Second(parts) => parts.iter_mut().for_each(|(_, at)| self.named(at)),
        }
    }

    fn named(&mut self, at: &mut Option<Vec<Expr>>) {
        at.iter_mut().flatten().for_each(|index| self.expr(index, Mode::Own));
    }

    fn binder(&mut self, binder: &mut Binder) {
        self.visitor.name(&mut binder.name);
        if let Some((first, last)) = &mut binder.range {
            self.expr(first, Mode::Own);
            self.role(Role::Varies(Kind::Length), Some(last));
        }
    }

    /// A literal with a role, or whatever else stands there.
    fn role(&mut self, role: Role, expr: Option<&mut Expr>) {
        let Some(expr) = expr else { return };
        match literal(expr) {
            Some(_) => self.visitor.number(role, expr),
            None => self.expr(expr, Mode::Index),
        }
    }

    fn expr(&mut self, expr: &mut Expr, mode: Mode) {
        match &mut expr.kind {
            ExprKind::Number(_) => {
                let role = if mode == Mode::Fixed { Role::Stays } else { Role::Own };
                self.visitor.number(role, expr);
            }
            ExprKind::Name(name) => self.visitor.name(name),
            ExprKind::Read(array, at) => {
                self.visitor.read(array, at);
                let inner = if mode == Mode::Fixed { Mode::Fixed } else { Mode::Index };
                at.iter_mut().for_each(|index| self.expr(index, inner));
            }
            ExprKind::Upstream(_, at) => at.iter_mut().for_each(|index| self.expr(index, Mode::Fixed)),
            ExprKind::Derivative(of, _, at) => {
                self.expr(of, mode);
                at.iter_mut().for_each(|index| self.expr(index, Mode::Fixed));
            }
            ExprKind::Sum(terms) => terms.iter_mut().for_each(|(_, term)| self.expr(term, mode)),
            ExprKind::Product(factors) => self.product(factors, mode),
            ExprKind::Power(base, exponent) => {
                self.expr(base, mode);
                self.expr(exponent, Mode::Own);
            }
            ExprKind::Reduce(_, binders, condition, body) | ExprKind::Normalise(_, binders, condition, body) => {
                binders.iter_mut().for_each(|binder| self.binder(binder));
                condition.iter_mut().for_each(|condition| self.condition(condition));
                self.expr(body, mode);
            }
            ExprKind::Call(_, arguments) => {
                let inner = if mode == Mode::Value { Mode::Value } else { Mode::Fixed };
                arguments.iter_mut().for_each(|argument| self.expr(argument, inner));
            }
            ExprKind::Layer(call) => {
                call.arguments.iter_mut().for_each(|argument| self.expr(argument, Mode::Value));
                for setting in &mut call.settings {
                    let role = self.setting(&call.layer, &setting.name);
                    self.role(role, Some(&mut setting.value));
                }
                call.at.iter_mut().flatten().for_each(|index| self.expr(index, Mode::Index));
            }
            ExprKind::Bracket(condition) => self.condition(condition),
            ExprKind::If(condition, a, b) => {
                self.condition(condition);
                self.expr(a, mode);
                self.expr(b, mode);
            }
        }
    }

    fn product(&mut self, factors: &mut [(Operator, Expr)], mode: Mode) {
        let alone = factors.iter().filter(|(_, factor)| literal(factor).is_none()).count() == 0;
        for (operator, factor) in factors {
            let role = match (mode, *operator) {
                (Mode::Fixed, _) => Role::Stays,
                (Mode::Own, _) => Role::Own,
                _ if alone => Role::Own,
                (Mode::Index, _) => Role::Varies(Kind::Step),
                (Mode::Value, Operator::Times) => Role::Varies(Kind::Factor),
                (Mode::Value, _) => Role::Own,
            };
            match literal(factor) {
                Some(_) => self.visitor.number(role, factor),
                None => self.expr(factor, mode),
            }
        }
    }

    fn condition(&mut self, condition: &mut Condition) {
        match condition {
            Condition::Chain(first, rest) => {
                self.expr(first, Mode::Fixed);
                rest.iter_mut().for_each(|(_, side)| self.expr(side, Mode::Fixed));
            }
            Condition::Divides(divisor, of) => {
                self.expr(divisor, Mode::Fixed);
                self.expr(of, Mode::Fixed);
            }
            Condition::All(all) | Condition::Any(all) => all.iter_mut().for_each(|one| self.condition(one)),
            Condition::Not(inner) => self.condition(inner),
        }
    }

    /// What a size is to the layer that is called.
    fn setting(&self, layer: &str, name: &Name) -> Role {
        let own = self.file.items.iter().find_map(|item| match item {
            Item::Layer(found) if *found.name == *layer => Some(found),
            _ => None,
        });
        let Some(layer) = own.or_else(|| self.library.layer(layer).map(|(layer, _)| layer)) else { return Role::Stays };
        let lengths: Vec<Name> = layer.statements.iter().flat_map(bare_lengths).collect();
        let sizes = layer.statements.iter().filter_map(|statement| match &statement.kind {
            StatementKind::Size(sizes) => Some(sizes),
            _ => None,
        });
        let size = sizes.flatten().find(|size| size.name == *name);
        size.map_or(Role::Stays, |size| Role::Varies(kind_of(size, lengths.contains(name))))
    }
}

/// What a size is: a padding may be 0, a length is the whole length of an axis.
fn kind_of(size: &SizeDecl, is_length: bool) -> Kind {
    match size.least.as_ref().and_then(literal) {
        _ if is_length => Kind::Length,
        Some(0) => Kind::Padding,
        _ => Kind::Step,
    }
}

/// The sizes that are lengths of axes as they stand.
fn bare_lengths(statement: &Statement) -> Vec<Name> {
    let StatementKind::Arrays(_, arrays) = &statement.kind else { return Vec::new() };
    let axes = arrays.iter().flat_map(|array| &array.axes);
    let named = axes.filter_map(|axis| match &axis.last.kind {
        ExprKind::Name(name) => Some(name.clone()),
        _ => None,
    });
    named.collect()
}
