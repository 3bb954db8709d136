//! Logarithms of probabilities, as arrays of their own: log p, where p is a softargmax or a sigmoid,
//! is computed without p, so that it is finite where p is 0 in double precision.
//!
//! Invariant: what is added defines arrays that no author can name, and only those that are read
//! are computed.

use super::expression::Writer;
use crate::language::program::{Program, ResolvedEquation};
use crate::language::syntax::{Expr, ExprKind, Name, Normaliser, Operator, Sign};
use std::collections::BTreeSet;

/// The array log p, or log(1 − p).
fn logarithm_of(array: &Name, complement: bool) -> Name {
    if complement { format!("log 1 minus {array}").into() } else { format!("log {array}").into() }
}

/// The array whose logarithm an added array is, and whether it is that of 1 less the array.
pub(super) fn base(array: &Name) -> Option<(Name, bool)> {
    let rest = array.strip_prefix("log ")?;
    Some(rest.strip_prefix("1 minus ").map_or((rest.into(), false), |base| (base.into(), true)))
}

/// The program, with an array for the logarithm of each array of probabilities, but for those that are
/// computed step by step.
pub(super) fn with_logarithms(program: &Program, stepwise: &BTreeSet<Name>) -> Program {
    let mut wider = program.clone();
    wider.equations.clear();
    for equation in &program.equations {
        wider.equations.push(equation.clone());
        if !stepwise.contains(&equation.array) {
            wider.equations.extend(added(equation));
        }
    }
    wider
}

fn added(equation: &ResolvedEquation) -> Vec<ResolvedEquation> {
    let defined = |complement, kind| ResolvedEquation {
        array: logarithm_of(&equation.array, complement),
        indices: equation.indices.clone(),
        body: Expr::new(kind),
    };
    match &equation.body.kind {
        ExprKind::Normalise(Normaliser::Softargmax | Normaliser::Softmax, binders, None, body)
            if binders.iter().all(|binder| {
                equation.indices.iter().any(|i| (&i.name, &i.range) == (&binder.name, &binder.range))
            }) =>
        {
            vec![defined(false, ExprKind::Normalise(Normaliser::LogSoftargmax, binders.clone(), None, body.clone()))]
        }
        ExprKind::Call(name, arguments) if &**name == "sigmoid" => {
            let softplus = |arguments| negative(Expr::new(ExprKind::Call("softplus".into(), arguments))).kind;
            let opposite = arguments.iter().cloned().map(negative).collect();
            vec![defined(false, softplus(opposite)), defined(true, softplus(arguments.clone()))]
        }
        _ => Vec::new(),
    }
}

fn negative(e: Expr) -> Expr {
    Expr::new(ExprKind::Sum(vec![(Sign::Minus, e)]))
}

impl Writer<'_> {
    /// The logarithm of an expression, where that reads arrays of logarithms: of p, 1 − p, a/p.
    pub(super) fn log_probability(&self, e: &Expr, is_index: &dyn Fn(&Name) -> bool) -> Option<Expr> {
        let (numerator, read) = match &e.kind {
            ExprKind::Product(factors) => match factors.split_last()? {
                ((Operator::Over, read), rest) => (Some(rest), read),
                _ => return None,
            },
            _ => (None, e),
        };
        let (read, complement) = match &read.kind {
            ExprKind::Sum(terms) => match terms.as_slice() {
                [(Sign::Plus, one), (Sign::Minus, read)] | [(Sign::Minus, read), (Sign::Plus, one)]
                    if super::arithmetic::is_one(one) =>
                {
                    (read, true)
                }
                _ => return None,
            },
            _ => (read, false),
        };
        let (array, at) = match &read.kind {
            ExprKind::Name(name) if !is_index(name) && !self.scope.iter().any(|bound| bound.name == *name) => {
                (name, Vec::new())
            }
            ExprKind::Read(array, at) => (array, at.clone()),
            _ => return None,
        };
        let array = logarithm_of(array, complement);
        let known = self.arrays.contains_key(&array);
        let logarithm = Expr::new(ExprKind::Read(array, at));
        let whole = match numerator {
            None => logarithm,
            Some([(Operator::Times, only)]) => less_of(only.clone(), logarithm),
            Some(rest) => less_of(Expr::new(ExprKind::Product(rest.to_vec())), logarithm),
        };
        known.then_some(whole)
    }
}

/// log(above) − logarithm
fn less_of(above: Expr, logarithm: Expr) -> Expr {
    let above = Expr::new(ExprKind::Call("log".into(), vec![above]));
    Expr::new(ExprKind::Sum(vec![(Sign::Plus, above), (Sign::Minus, logarithm)]))
}
