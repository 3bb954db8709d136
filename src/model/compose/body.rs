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
use crate::model::resolve::{each_part, map_parts_mut};
use std::collections::BTreeSet;

/// The most statements that the calls of one list may make.
const MOST: usize = 2_000;
/// What indices are called where nothing else names them.
const LETTERS: [&str; 6] = ["i", "j", "k", "l", "m", "n"];

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
        if body.done.len() > MOST {
            let message = format!("the calls up to here make more than {MOST} statements");
            body.composer.report(Diagnostic::new(message, statement.span));
            break;
        }
    }
    body.done
}

/// Whether an equation holds something that may be a call of a layer.
fn holds_call(statement: &Statement) -> bool {
    let StatementKind::Equation(equation) = &statement.kind else { return false };
    let bare = |e: &Expr| matches!(e.kind, ExprKind::Name(_));
    let mut found = false;
    each_part(&equation.body, &mut |part| {
        found |= match &part.kind {
            ExprKind::Layer(_) => true,
            ExprKind::Call(name, arguments) => !is_function(name) || arguments.iter().any(bare),
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
        {
            if let Some(left) = direct(equation, &call, &interface) {
                self.put(equation.array.clone(), left, &call, &interface, equation.body.span);
                return;
            }
        } else if let ExprKind::Call(function, arguments) = &equation.body.kind
            && equation.at.is_empty()
            && is_function(function)
            && arguments.iter().any(|argument| self.has_axes(argument))
        {
            self.entrywise(equation.array.clone(), (function, arguments), equation.body.span);
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

    /// The array that an argument is: one of the caller, or a call with an array of its own.
    fn array(&mut self, argument: &Expr) -> Option<Name> {
        if let ExprKind::Name(name) = &argument.kind {
            return self.known_array(name, argument.span);
        }
        if let ExprKind::Call(function, arguments) = &argument.kind
            && is_function(function)
        {
            let name = self.taken.fresh(&format!("{}_{function}", self.root));
            return self.entrywise(name, (function, arguments), argument.span);
        }
        let before = self.composer.problems.len();
        match self.layer_call(argument) {
            Some(call) if call.at.is_none() => self.array_of(&call, argument.span),
            _ => {
                if self.composer.problems.len() == before {
                    let diagnostic = Diagnostic::new("a layer is given whole arrays", argument.span);
                    let hint = "give this a name in an equation of its own, and the name to the layer";
                    self.composer.report(diagnostic.hint(hint));
                }
                None
            }
        }
    }

    fn known_array(&mut self, name: &Name, span: Span) -> Option<Name> {
        if self.axes(name).is_some() {
            return Some(name.clone());
        }
        let arrays: Vec<Name> = self.written.iter().flat_map(arrays_of).collect();
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

    /// An equation that applies a function to arrays, entry by entry.
    fn entrywise(&mut self, array: Name, (function, arguments): (&Name, &[Expr]), span: Span) -> Option<Name> {
        let mut given = Vec::new();
        for argument in arguments {
            given.push((self.array(argument)?, argument.span));
        }
        let axes = given.first().and_then(|(first, _)| self.axes(first)).unwrap_or_default();
        for (other, place) in &given {
            if self.axes(other).is_none_or(|other| other.len() != axes.len()) {
                let message = format!("`{function}` is applied entry by entry: its arrays have the same axes");
                self.composer.report(Diagnostic::new(message, *place).hint("apply it to entries, with indices"));
                return None;
            }
        }
        let at: Vec<Expr> = axes.iter().map(|name| Expr { kind: ExprKind::Name(name.clone()), span }).collect();
        let read = |(name, span): (Name, Span)| match at.as_slice() {
            [] => Expr { kind: ExprKind::Name(name), span },
            at => Expr { kind: ExprKind::Read(name, at.to_vec()), span },
        };
        let body = ExprKind::Call(function.clone(), given.into_iter().map(read).collect());
        let left = axes.into_iter().map(|name| LeftIndex::Free(Binder { name, range: None, span }));
        let equation = Equation { array: array.clone(), at: left.collect(), body: Expr { kind: body, span }, span };
        self.done.push(Statement { kind: StatementKind::Equation(equation), span });
        Some(array)
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

    fn has_axes(&mut self, argument: &Expr) -> bool {
        match &argument.kind {
            ExprKind::Name(name) => self.axes(name).is_some_and(|axes| !axes.is_empty()),
            ExprKind::Layer(call) => call.at.is_none(),
            ExprKind::Call(name, arguments) if is_function(name) => arguments.iter().any(|a| self.has_axes(a)),
            ExprKind::Call(name, _) => self.composer.find(name, self.file).is_some(),
            _ => false,
        }
    }

    /// Names for the axes of an array of the caller; none if it has no such array.
    fn axes(&mut self, array: &Name) -> Option<Vec<Name>> {
        let mut seen = BTreeSet::new();
        self.axes_of(array, &mut seen)
    }

    fn axes_of(&mut self, array: &Name, seen: &mut BTreeSet<Name>) -> Option<Vec<Name>> {
        let defines = |s: &&Statement| matches!(&s.kind, StatementKind::Equation(e) if e.array == *array);
        let equation = self.done.iter().chain(&self.written).find(defines);
        if let Some(Statement { kind: StatementKind::Equation(equation), .. }) = equation {
            let equation = equation.clone();
            if !equation.at.is_empty() || !seen.insert(array.clone()) {
                return Some(self.lettered(equation.at.iter().map(free)));
            }
            return Some(self.axes_of_body(&equation, seen));
        }
        let declares = |s: &Statement| match &s.kind {
            StatementKind::Arrays(_, list) => list.iter().find(|a| a.name == *array).map(|a| a.axes.len()),
            StatementKind::Param(list) => list.iter().any(|p| p.name == *array).then_some(0),
            _ => None,
        };
        let axes = self.done.iter().chain(&self.written).find_map(declares)?;
        Some(self.lettered((0..axes).map(|_| None)))
    }

    /// The axes of an array that is defined without indices.
    fn axes_of_body(&mut self, equation: &Equation, seen: &mut BTreeSet<Name>) -> Vec<Name> {
        if let ExprKind::Call(function, arguments) = &equation.body.kind
            && is_function(function)
        {
            let name = |argument: &Expr| match &argument.kind {
                ExprKind::Name(name) => Some(name.clone()),
                _ => None,
            };
            let first = arguments.first().and_then(name);
            return first.and_then(|first| self.axes_of(&first, seen)).unwrap_or_default();
        }
        let known = self.composer.problems.len();
        let call = self.layer_call(&equation.body).filter(|call| call.at.is_none());
        let interface = call.and_then(|call| self.interface(&call, equation.body.span));
        self.composer.problems.truncate(known);
        interface.map(|interface| self.lettered(interface.axes().into_iter())).unwrap_or_default()
    }

    /// The names, and letters for those that there are not or that mean something else here.
    fn lettered(&self, names: impl Iterator<Item = Option<Name>>) -> Vec<Name> {
        let mut given: Vec<Name> = Vec::new();
        for name in names {
            let numbered = (1..).map(|k| Name::from(format!("i{k}")));
            let mut letters = name.into_iter().chain(LETTERS.iter().map(|letter| Name::from(*letter))).chain(numbered);
            let free = |name: &Name| !self.taken.is_global(name) && !given.contains(name);
            let next = letters.find(free);
            given.extend(next);
        }
        given
    }
}

fn count(n: usize, one: &str, several: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { several })
}

fn free(left: &LeftIndex) -> Option<Name> {
    match left {
        LeftIndex::Free(binder) => Some(binder.name.clone()),
        LeftIndex::Fixed(_) => None,
    }
}

fn arrays_of(statement: &Statement) -> Vec<Name> {
    match &statement.kind {
        StatementKind::Arrays(_, list) => list.iter().map(|array| array.name.clone()).collect(),
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
