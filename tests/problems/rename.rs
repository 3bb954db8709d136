//! A layer with every name replaced by another one.
//!
//! Invariant: new names sort as the old ones do, so that nothing that orders by name can tell;
//! none of them occurs in what is printed otherwise.

use backprose::language::syntax::{
    ArrayDecl, Axis, Binder, Call, Condition, Equation, Expr, ExprKind, Layer, LeftIndex, Name, ParamDecl, SizeDecl,
    Statement, StatementKind,
};
use std::collections::{BTreeMap, BTreeSet};

/// Old name to new name.
pub type Table = BTreeMap<Name, Name>;

/// A new name for each size, param, array, index and the layer itself.
pub fn table(layer: &Layer) -> Table {
    let mut found = Finder(vec![layer.name.clone()]);
    layer.statements.iter().for_each(|s| {
        statement(s, &mut |name| {
            found.0.push(name.clone());
            name.clone()
        });
    });
    found.0.sort();
    found.0.dedup();
    found.0.iter().enumerate().map(|(k, name)| (name.clone(), format!("{name}qq{k}").into())).collect()
}

struct Finder(Vec<Name>);

/// The layer with its names replaced.
pub fn layer(layer: &Layer, table: &Table) -> Layer {
    let mut new = |name: &Name| table.get(name).unwrap_or(name).clone();
    Layer {
        name: new(&layer.name),
        statements: layer.statements.iter().map(|s| statement(s, &mut new)).collect(),
        ..layer.clone()
    }
}

/// The table that undoes this one.
pub fn inverse(table: &Table) -> Table {
    table.iter().map(|(old, new)| (new.clone(), old.clone())).collect()
}

/// A formula with its names replaced; a primed name is replaced without its primes.
pub fn formula(formula: &Expr, table: &Table) -> Expr {
    expr(formula, &mut |name| {
        let plain = name.trim_end_matches('\'');
        match (table.get(name), table.get(plain)) {
            (Some(new), _) => new.clone(),
            (None, Some(new)) => format!("{new}{}", &name[plain.len()..]).into(),
            (None, None) => name.clone(),
        }
    })
}

/// The formula with the names that are not known – those the program invented for the indices of
/// its sums – replaced by numbers in the order in which they come.
pub fn numbered<'a>(formula: &Expr, known: impl Iterator<Item = &'a Name>) -> Expr {
    let known: BTreeSet<&str> = known.map(|name| &**name).collect();
    let mut met: Vec<Name> = Vec::new();
    expr(formula, &mut |name| {
        if known.contains(name.trim_end_matches('\'')) {
            return name.clone();
        }
        let place = met.iter().position(|m| m == name).unwrap_or(met.len());
        met.resize(met.len().max(place + 1), name.clone());
        format!("bound{place}").into()
    })
}

type Rename<'a> = &'a mut dyn FnMut(&Name) -> Name;

fn statement(written: &Statement, new: Rename) -> Statement {
    let kind = match &written.kind {
        StatementKind::Size(sizes) => StatementKind::Size(
            sizes
                .iter()
                .map(|s| SizeDecl {
                    name: new(&s.name),
                    least: s.least.as_ref().map(|e| expr(e, new)),
                    default: s.default.as_ref().map(|e| expr(e, new)),
                    span: s.span,
                })
                .collect(),
        ),
        StatementKind::Arrays(role, arrays) => {
            StatementKind::Arrays(*role, arrays.iter().map(|a| array(a, new)).collect())
        }
        StatementKind::Equation(e) => StatementKind::Equation(equation(e, new)),
        StatementKind::Output(names) => {
            StatementKind::Output(names.iter().map(|(name, span)| (new(name), *span)).collect())
        }
        StatementKind::Require(c) => StatementKind::Require(condition(c, new)),
        StatementKind::Param(params) => StatementKind::Param(params.iter().map(|p| param(p, new)).collect()),
        StatementKind::Notation(..) => written.kind.clone(),
        StatementKind::Call(written) => StatementKind::Call(call(written, new)),
    };
    Statement { kind, span: written.span }
}

fn call(written: &Call, new: Rename) -> Call {
    let mut call = written.clone();
    call.sizes.iter_mut().for_each(|size| size.name = new(&size.name));
    for argument in &mut call.arguments {
        argument.of = new(&argument.of);
        argument.declared = array(&argument.declared, new);
    }
    call.requires.iter_mut().for_each(|c| *c = condition(c, new));
    call
}

fn param(decl: &ParamDecl, new: Rename) -> ParamDecl {
    let name = new(&decl.name);
    let bound = decl.bound.as_ref().map(|(relation, e)| (*relation, expr(e, new)));
    ParamDecl { name, bound, default: decl.default.as_ref().map(|e| expr(e, new)), span: decl.span }
}

fn array(decl: &ArrayDecl, new: Rename) -> ArrayDecl {
    let axes = decl.axes.iter().map(|a| Axis {
        first: a.first.as_ref().map(|e| expr(e, new)),
        last: expr(&a.last, new),
        pad: a.pad.as_ref().map(|p| pair(p, new)),
    });
    let axes = axes.collect();
    ArrayDecl { axes, name: new(&decl.name), values: decl.values.as_ref().map(|p| pair(p, new)), span: decl.span }
}

fn equation(written: &Equation, new: Rename) -> Equation {
    let left = |index: &LeftIndex, new: Rename| match index {
        LeftIndex::Free(b) => LeftIndex::Free(binder(b, new)),
        LeftIndex::Fixed(e) => LeftIndex::Fixed(expr(e, new)),
    };
    Equation {
        array: new(&written.array),
        at: written.at.iter().map(|index| left(index, new)).collect(),
        body: expr(&written.body, new),
        span: written.span,
    }
}

fn binder(b: &Binder, new: Rename) -> Binder {
    Binder { name: new(&b.name), range: b.range.as_ref().map(|p| pair(p, new)), span: b.span }
}

fn pair((a, b): &(Expr, Expr), new: Rename) -> (Expr, Expr) {
    (expr(a, new), expr(b, new))
}

fn expr(e: &Expr, new: Rename) -> Expr {
    let boxed = |e: &Expr, new: Rename| Box::new(expr(e, new));
    let all = |es: &[Expr], new: Rename| es.iter().map(|e| expr(e, new)).collect::<Vec<_>>();
    let kind = match &e.kind {
        ExprKind::Number(_) => e.kind.clone(),
        ExprKind::Name(name) => ExprKind::Name(new(name)),
        ExprKind::Read(name, at) => ExprKind::Read(new(name), all(at, new)),
        ExprKind::Upstream(name, at) => ExprKind::Upstream(new(name), all(at, new)),
        ExprKind::Derivative(of, name, at) => ExprKind::Derivative(boxed(of, new), new(name), all(at, new)),
        ExprKind::Sum(terms) => ExprKind::Sum(terms.iter().map(|(s, e)| (*s, expr(e, new))).collect()),
        ExprKind::Product(factors) => ExprKind::Product(factors.iter().map(|(o, e)| (*o, expr(e, new))).collect()),
        ExprKind::Power(a, b) => ExprKind::Power(boxed(a, new), boxed(b, new)),
        ExprKind::Reduce(word, binders, guard, body) => ExprKind::Reduce(
            *word,
            binders.iter().map(|b| binder(b, new)).collect(),
            guard.as_ref().map(|c| Box::new(condition(c, new))),
            boxed(body, new),
        ),
        ExprKind::Normalise(word, binders, guard, argument) => ExprKind::Normalise(
            *word,
            binders.iter().map(|b| binder(b, new)).collect(),
            guard.as_ref().map(|c| Box::new(condition(c, new))),
            boxed(argument, new),
        ),
        ExprKind::Call(name, arguments) => ExprKind::Call(name.clone(), all(arguments, new)),
        ExprKind::Layer(call) => {
            let mut call = call.clone();
            call.arguments = all(&call.arguments, new);
            call.at = call.at.map(|at| all(&at, new));
            ExprKind::Layer(call)
        }
        ExprKind::Bracket(c) => ExprKind::Bracket(Box::new(condition(c, new))),
        ExprKind::If(c, a, b) => ExprKind::If(Box::new(condition(c, new)), boxed(a, new), boxed(b, new)),
    };
    Expr { kind, span: e.span }
}

fn condition(c: &Condition, new: Rename) -> Condition {
    match c {
        Condition::Chain(first, rest) => {
            Condition::Chain(expr(first, new), rest.iter().map(|(r, e)| (*r, expr(e, new))).collect())
        }
        Condition::Divides(m, e) => Condition::Divides(expr(m, new), expr(e, new)),
        Condition::All(parts) => Condition::All(parts.iter().map(|p| condition(p, new)).collect()),
        Condition::Any(parts) => Condition::Any(parts.iter().map(|p| condition(p, new)).collect()),
        Condition::Not(inner) => Condition::Not(Box::new(condition(inner, new))),
    }
}
