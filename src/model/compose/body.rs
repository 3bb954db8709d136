//! The statements of one layer, question, test or formula, with the calls in them written out.
//!
//! A call that is the whole right side of an equation becomes the array on its left. Any other call – in
//! a larger formula, or as the argument of a call – gets an array of its own before the equation.

use super::inline::{Params, Place, Site, inlined};
use super::interface::Interface;
use super::renaming::{Taken, names_of};
use super::{Composer, is_function};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::language::function::Function;
use crate::language::syntax::*;
use crate::limits::Limit;
use crate::model::resolve::{each_part, map_parts_mut};
use std::collections::BTreeSet;

/// The statements with every call written out; `around` stands before them and is known to them.
pub(super) fn composed<'a>(
    composer: &mut Composer<'a>,
    statements: &[Statement],
    around: &[Statement],
    file: &'a File,
) -> Vec<Statement> {
    if !statements.iter().any(holds_call) {
        return statements.to_vec();
    }
    let written: Vec<Statement> = around.iter().chain(statements).cloned().collect();
    let params = written.iter().filter_map(|statement| match &statement.kind {
        StatementKind::Param(list) => Some(list),
        _ => None,
    });
    let own = params.flatten().map(|param| param.name.clone()).collect();
    let mut body = Body {
        composer,
        file,
        taken: Taken::of(written.iter()),
        params: Params { own, ..Params::default() },
        root: "".into(),
        made: Vec::new(),
        done: Vec::new(),
        written,
    };
    for statement in statements {
        match &statement.kind {
            StatementKind::Equation(equation) => body.equation(equation, statement.span),
            _ => body.done.push(statement.clone()),
        }
        let limits = body.composer.limits;
        if body.done.len() > limits.of(Limit::Composed) {
            let message = format!("the calls up to here make more than {} statements", limits.of(Limit::Composed));
            let hint = limits.hint(Limit::Composed, "");
            body.composer.report(Diagnostic::new(message, statement.span).hint(hint));
            break;
        }
    }
    body.done
}

/// Whether an equation holds something that may be a call of a layer.
fn holds_call(statement: &Statement) -> bool {
    let StatementKind::Equation(equation) = &statement.kind else { return false };
    let mut found = false;
    each_part(&equation.body, &mut |part| {
        found |= match &part.kind {
            ExprKind::Layer(_) => true,
            ExprKind::Call(name, _) => !is_function(name),
            _ => false,
        }
    });
    found
}

struct Body<'c, 'a> {
    composer: &'c mut Composer<'a>,
    file: &'a File,
    written: Vec<Statement>,
    taken: Taken,
    params: Params,
    /// The array whose equation is at hand.
    root: Name,
    /// The calls in it that have arrays of their own.
    made: Vec<(LayerCall, Name)>,
    done: Vec<Statement>,
}

impl Body<'_, '_> {
    fn equation(&mut self, equation: &Equation, span: Span) {
        self.root = equation.array.clone();
        self.made.clear();
        if let Some(call) = self.layer_call(&equation.body)
            && let Some(interface) = self.interface(&call, equation.body.span)
            && let Some(left) = direct(equation, &call, &interface)
        {
            self.put(equation.array.clone(), left, &call, &interface, equation.body.span);
            return;
        }
        let body = self.hoisted(&equation.body);
        let kind = StatementKind::Equation(Equation { body, ..equation.clone() });
        self.done.push(Statement { kind, span });
    }

    /// The call that an expression is; complaints where there is no such layer.
    fn layer_call(&mut self, expr: &Expr) -> Option<LayerCall> {
        let (call, sure) = match &expr.kind {
            ExprKind::Layer(call) => ((**call).clone(), true),
            ExprKind::Call(name, arguments) => (LayerCall::plain(name.clone(), arguments.clone()), false),
            _ => return None,
        };
        let name = &call.layer;
        if is_function(name) {
            if sure {
                let message = format!("`{name}` is a function here: it has neither sizes nor indices");
                let hint =
                    format!("apply it to entries, as in `y[i] = {name}(x[i])`, or to whole arrays, `y = {name}(x)`");
                self.composer.report(Diagnostic::new(message, expr.span).hint(hint));
            }
            return None;
        }
        if self.composer.find(name, self.file).is_some() {
            return Some(call);
        }
        let functions = Function::all().map(Function::name);
        let like_a_layer = nearest(name, functions).is_none() && self.composer.nearest_layer(name, self.file).is_some();
        if sure || like_a_layer {
            self.composer.unknown_layer(name, expr.span, self.file);
        }
        None
    }

    fn interface(&mut self, call: &LayerCall, span: Span) -> Option<Interface> {
        let (layer, file) = self.composer.find(&call.layer, self.file)?;
        let definition = self.composer.composed(layer, file, span)?;
        let base = self.file.base.unwrap_or(1);
        let interface = Interface::new(&call.layer, &definition, base, span);
        interface.map_err(|problem| self.composer.report(problem)).ok()
    }

    /// Puts the equations of a layer in the place of a call.
    fn put(&mut self, array: Name, left: Option<Vec<Place>>, call: &LayerCall, layer: &Interface, span: Span) {
        let mut arguments = Vec::new();
        for argument in &call.arguments {
            let Some(name) = self.array(argument) else { return };
            arguments.push((name, argument.span));
        }
        let site = Site { array, root: self.root.clone(), left, call, arguments, span };
        match inlined(&site, layer, &mut self.taken, &mut self.params) {
            Ok(statements) => self.done.extend(statements),
            Err(problem) => self.composer.report(problem),
        }
    }

    /// The array that an argument is: one of the caller, or a formula with an array of its own.
    fn array(&mut self, argument: &Expr) -> Option<Name> {
        if let ExprKind::Name(name) = &argument.kind {
            return self.known_array(name, argument.span);
        }
        let before = self.composer.problems.len();
        match self.layer_call(argument) {
            Some(call) if call.at.is_none() => return self.array_of(&call, argument.span),
            _ if self.composer.problems.len() > before => return None,
            _ => {}
        }
        let body = self.hoisted(argument);
        let word = match &argument.kind {
            ExprKind::Call(function, _) => function.to_string(),
            _ => "in".to_string(),
        };
        let array = self.taken.fresh(&format!("{}_{word}", self.root));
        let equation = Equation { array: array.clone(), at: Vec::new(), body, span: argument.span };
        self.done.push(Statement { kind: StatementKind::Equation(equation), span: argument.span });
        Some(array)
    }

    fn known_array(&mut self, name: &Name, span: Span) -> Option<Name> {
        let arrays: Vec<Name> = self.written.iter().chain(&self.done).flat_map(arrays_of).collect();
        if arrays.contains(name) {
            return Some(name.clone());
        }
        let diagnostic = Diagnostic::new(format!("there is no array `{name}`"), span).label("given to a layer");
        self.composer.report(match nearest(name, arrays.iter().map(|name| &**name)) {
            Some(guess) => diagnostic.hint(format!("did you mean `{guess}`?")),
            None => diagnostic.hint("a layer takes arrays by position, sizes behind `;` by name"),
        });
        None
    }

    /// The array that a call is given inside a formula.
    fn array_of(&mut self, call: &LayerCall, span: Span) -> Option<Name> {
        let read = call.at.as_ref().map(Vec::len);
        let call = LayerCall { at: None, ..call.clone() };
        if let Some((_, name)) = self.made.iter().find(|(known, _)| *known == call) {
            return Some(name.clone());
        }
        let interface = self.interface(&call, span)?;
        let axes = interface.axes().len();
        if let Some(read) = read.filter(|read| *read != axes) {
            let (gives, has) = (count(axes, "axis", "axes"), count(read, "index", "indices"));
            let message = format!("`{}` gives an array with {gives}, read with {has}", call.layer);
            self.composer.report(Diagnostic::new(message, span).hint("give one index for each axis"));
            return None;
        }
        let name = self.taken.fresh(&format!("{}_{}", self.root, call.layer));
        self.put(name.clone(), None, &call, &interface, span);
        self.made.push((call, name.clone()));
        Some(name)
    }

    /// The expression with every call in it a read of an array of its own.
    fn hoisted(&mut self, expr: &Expr) -> Expr {
        let Some(call) = self.layer_call(expr) else {
            return map_parts_mut(expr, &mut |part| self.hoisted(part));
        };
        let Some(name) = self.array_of(&call, expr.span) else { return expr.clone() };
        let kind = match &call.at {
            None => ExprKind::Name(name),
            Some(at) => ExprKind::Read(name, at.iter().map(|index| self.hoisted(index)).collect()),
        };
        Expr { kind, span: expr.span }
    }
}

fn count(n: usize, one: &str, several: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { several })
}

fn arrays_of(statement: &Statement) -> Vec<Name> {
    match &statement.kind {
        StatementKind::Arrays(_, list) => list.iter().map(|array| array.name.clone()).collect(),
        StatementKind::Param(list) => list.iter().map(|param| param.name.clone()).collect(),
        StatementKind::Equation(equation) => vec![equation.array.clone()],
        _ => Vec::new(),
    }
}

/// What stands on the axes if the call, with its indices, can be the left side under other names.
fn direct(equation: &Equation, call: &LayerCall, layer: &Interface) -> Option<Option<Vec<Place>>> {
    let Some(at) = &call.at else { return equation.at.is_empty().then_some(None) };
    let mut left = Vec::new();
    for index in &equation.at {
        match index {
            LeftIndex::Free(binder) => left.push(binder),
            LeftIndex::Fixed(_) => return None,
        }
    }
    let mut rest = left.iter().peekable();
    let mut places = Vec::new();
    for index in at {
        match (&index.kind, rest.peek()) {
            (ExprKind::Name(name), Some(next)) if *name == next.name => {
                places.push(Place::Index((**next).clone()));
                rest.next();
            }
            _ => {
                let mut names = BTreeSet::new();
                names_of(index, &mut names);
                if left.iter().any(|binder| names.contains(&binder.name)) {
                    return None;
                }
                places.push(Place::Constant(index.clone()));
            }
        }
    }
    let constant = |k: usize| matches!(places.get(k), Some(Place::Constant(_)));
    let fits = rest.next().is_none() && places.len() == layer.axes().len() && layer.is_direct(&constant);
    fits.then_some(Some(places))
}
