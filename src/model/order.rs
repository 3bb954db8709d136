//! The order in which equations can be evaluated, and the circle that is shown if there is none.

use super::names::Names;
use super::resolve::arrays_read;
use crate::diagnostic::Diagnostic;
use crate::language::syntax::{self, Name};
use std::collections::BTreeMap;

/// The equations, each after those that define what it reads; a circle is reported.
pub(super) fn evaluation_order<'a>(names: &mut Names, written: &[&'a syntax::Equation]) -> Vec<&'a syntax::Equation> {
    let mut by_name: BTreeMap<Name, &'a syntax::Equation> = BTreeMap::new();
    for equation in written {
        if let Some(first) = by_name.get(&equation.array) {
            let message = format!("`{}` is defined twice", equation.array);
            let diagnostic = Diagnostic::new(message, equation.span).label("again here").also(first.span, "first here");
            names.report(diagnostic.hint("several equations for one array are not in the language yet"));
        } else {
            by_name.insert(equation.array.clone(), equation);
        }
    }
    let mut order: Vec<&syntax::Equation> = Vec::new();
    let mut waiting: Vec<&syntax::Equation> = by_name.values().copied().collect();
    waiting.sort_by_key(|e| e.span.start);
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|equation| {
            let mut read = Vec::new();
            arrays_read(&equation.body, &mut read);
            !read.iter().any(|(name, _)| waiting.iter().any(|w| w.array == *name))
        });
        match ready {
            Some(place) => order.push(waiting.remove(place)),
            None => {
                report_circle(names, &waiting);
                return Vec::new();
            }
        }
    }
    order
}

/// Shows one circle: each array and the one it reads.
fn report_circle(names: &mut Names, waiting: &[&syntax::Equation]) {
    let next = |equation: &syntax::Equation| {
        let mut read = Vec::new();
        arrays_read(&equation.body, &mut read);
        waiting.iter().find(|w| read.iter().any(|(name, _)| *name == w.array)).copied()
    };
    let mut path = vec![waiting[0]];
    while let Some(following) = path.last().and_then(|last| next(last)) {
        if let Some(start) = path.iter().position(|e| e.array == following.array) {
            path.drain(..start);
            break;
        }
        path.push(following);
    }
    let mut arrows: Vec<String> = path.iter().map(|e| format!("`{}`", e.array)).collect();
    arrows.push(arrows[0].clone());
    let message = format!("the definitions go round in a circle: {}", arrows.join(" reads "));
    let mut diagnostic = Diagnostic::new(message, path[0].span).label("this one");
    for equation in &path[1..] {
        diagnostic = diagnostic.also(equation.span, "and this one");
    }
    names.report(diagnostic.hint("recurrences are not in the language yet"));
}

/// Whether an equation reads one of the arrays.
pub(super) fn equation_depends_on(equation: &syntax::Equation, failed: &[Name]) -> bool {
    let mut read = Vec::new();
    arrays_read(&equation.body, &mut read);
    read.iter().any(|(name, _)| failed.contains(name))
}
