//! Answers in a limit: derived formula, limit, verification.

use super::point::left;
use super::{NoAnswer, Study};
use crate::answer::goal_name;
use crate::calculus::strategy::facts_of;
use crate::derivation::Goal;
use crate::diagnostic::{Diagnostic, Span};
use crate::language::syntax::{Expr, LimitAsked, Name, Place, Relation, Role, Sign};
use crate::model::formula::formula;
use crate::model::{Bound, Kind, Quote, Term};
use crate::point::{Argument, Found, Towards, limit};
use crate::verify::Certificate;
use crate::verify::point::{Approach, Claim, verify_limit};

/// A limit.
#[derive(Clone, Debug)]
pub struct Limited {
    /// Its name: `p`.
    pub name: String,
    /// What it is a limit of.
    pub goal: Goal,
    /// The param.
    pub param: Name,
    /// Where it goes.
    pub to: Place,
    /// The left side.
    pub left: Expr,
    /// The free indices with their ranges.
    pub free: Vec<Bound>,
    /// The formula of which it is the limit.
    pub formula: Expr,
    /// The limit.
    pub value: Expr,
    /// How the parts behave: each with its leading term, and why.
    pub parts: Vec<(Expr, Expr, Found)>,
    /// What must not be 0.
    pub nonzero: Vec<Expr>,
    /// Whether it is the value at the point.
    pub substituted: bool,
    /// The argument for the whole, where it is a function.
    pub last: Option<Argument>,
    /// Whether ties between greatest or least entries are shared.
    pub shared: bool,
}

impl Study {
    /// The limit of a target as a param goes somewhere.
    ///
    /// # Errors
    /// What is no param, a limit that the rules do not decide, or one that does not pass verification.
    pub fn limit(&mut self, wanted: &LimitAsked, span: Span) -> Result<(Limited, Certificate), NoAnswer> {
        let refused = |message: String, hint: &str| NoAnswer::Refused(Diagnostic::new(message, span).hint(hint));
        let param = &wanted.param;
        let scalar = self.system.array(param).filter(|array| array.axes.is_empty() && array.role != Role::Integer);
        if scalar.is_none() {
            let message = match self.system.bounds(param) {
                Some(_) => format!("`{param}` is no single number that is given"),
                None => format!("there is no param `{param}`"),
            };
            return Err(refused(message, "a limit is taken in a param or a scalar input, as in `param beta`"));
        }
        let bound = self.system.program.params.iter().find(|known| known.name == *param).and_then(|p| p.bound.as_ref());
        let wrong = match (&wanted.to, bound) {
            (Place::Infinity(Sign::Minus), Some((relation, _))) => {
                matches!(relation, Relation::Greater | Relation::AtLeast)
            }
            (Place::Infinity(Sign::Plus), Some((relation, _))) => matches!(relation, Relation::Less | Relation::AtMost),
            _ => false,
        };
        if wrong {
            return Err(refused(format!("`{param}` is bounded on that side"), "its bound stands behind `param`"));
        }
        let (goal, answer, asked) = self.asked(&wanted.target, span)?;
        let term = crate::answer::at_indices(&answer.derivation, &asked.at);
        let facts = facts_of(&self.system, &asked.free);
        let quote = self.names.quote(&self.system, &asked.free);
        let name = goal_name(&goal);
        let (towards, approach, to) = match &wanted.to {
            Place::Infinity(sign) => {
                let sign = *sign;
                let way = if sign == Sign::Plus { 1.0 } else { -1.0 };
                (Towards::Infinity(sign), Approach::Infinity(way), None)
            }
            Place::At(value) => {
                let term = formula(&self.system, value, &[]).map_err(|mut wrong| NoAnswer::Refused(wrong.remove(0)))?;
                (Towards::Number(term), Approach::Number, Some(value))
            }
        };
        let found = limit(&self.system, &facts, &term, param, &towards).map_err(|why| {
            let message = format!("the limit of `{name}` is not decided by the rules: {why}");
            refused(message, "ask for `value` at some numbers instead, or for the limit of a part")
        })?;
        let shared = |t: &Term| match t.kind() {
            Kind::Sigma(_, body) => body.any(&mut |t| matches!(t.kind(), Kind::Compare(..))),
            _ => false,
        };
        let claim = Claim {
            name: format!("limit {name}"),
            goal: &goal,
            steps: None,
            free: asked.free.iter().map(|b| Quote::plain().binder(b)).collect(),
            at: asked.at.iter().map(|index| Quote::plain().index(index)).collect(),
            output_axes: asked.output_axes,
            formula: quote.formula(&found.value),
        };
        let certificate = verify_limit(&self.system, &self.names, &claim, (param, approach, to))?;
        let parts = found.found.iter().map(|part| {
            let (coefficient, degree) = &part.leading;
            let variable = Term::read(param.clone(), Vec::new());
            let downwards = wanted.to == Place::Infinity(Sign::Minus);
            let variable = if downwards { variable.negative() } else { variable };
            let exponent = Term::product([variable.clone(), part.rate.clone()]);
            let growing = match exponent.is_zero() {
                true => Term::one(),
                false => Term::apply(crate::language::function::Function::Exp, vec![exponent]),
            };
            let leading = Term::product([coefficient.clone(), Term::power(variable, *degree), growing]);
            (quote.formula(&part.part), quote.formula(&leading), part.clone())
        });
        let limited = Limited {
            name,
            param: param.clone(),
            to: wanted.to.clone(),
            left: left(&goal, &asked.at, asked.output_axes, &quote),
            formula: quote.formula(&found.written_out),
            value: Quote { cases: true, conditional_sums: true, ..quote.clone() }.formula(&found.value),
            parts: parts.collect(),
            nonzero: found.nonzero.iter().map(|term| quote.formula(term)).collect(),
            substituted: found.substituted,
            last: found.last,
            shared: found.value.any(&mut |t| shared(t)),
            free: asked.free,
            goal,
        };
        Ok((limited, certificate))
    }
}
