//! The order in which equations can be evaluated, and the circle that is shown if there is none.

use super::names::Names;
use super::resolve::arrays_read;
use crate::diagnostic::Diagnostic;
use crate::language::syntax::{self, Name};
use std::collections::{BTreeMap, BTreeSet};

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
    let mut sorted: Vec<&syntax::Equation> = by_name.values().copied().collect();
    sorted.sort_by_key(|e| e.span.start);
    let place: BTreeMap<&Name, usize> = sorted.iter().enumerate().map(|(k, e)| (&e.array, k)).collect();
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); sorted.len()];
    let mut missing: Vec<usize> = vec![0; sorted.len()];
    for (k, equation) in sorted.iter().enumerate() {
        let read = names.needed(&equation.body);
        let defined: BTreeSet<usize> = read.iter().filter_map(|(name, _)| place.get(name).copied()).collect();
        missing[k] = defined.len();
        defined.into_iter().for_each(|other| readers[other].push(k));
    }
    let mut ready: BTreeSet<usize> = (0..sorted.len()).filter(|k| missing[*k] == 0).collect();
    let mut order = Vec::new();
    while let Some(k) = ready.pop_first() {
        order.push(sorted[k]);
        for reader in &readers[k] {
            missing[*reader] -= 1;
            if missing[*reader] == 0 {
                ready.insert(*reader);
            }
        }
    }
    if order.len() < sorted.len() {
        let waiting: Vec<&syntax::Equation> =
            (0..sorted.len()).filter(|k| missing[*k] > 0).map(|k| sorted[k]).collect();
        report_circle(names, &waiting);
        return Vec::new();
    }
    order
}

/// Shows one circle: each array and the one it reads.
fn report_circle(names: &mut Names, waiting: &[&syntax::Equation]) {
    let next = |equation: &syntax::Equation| {
        let read = names.needed(&equation.body);
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
