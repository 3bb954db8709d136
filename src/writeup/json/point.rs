//! Answers at a point and in a limit → the structures that are written as JSON.

use super::make::{ascii, certify, range, special};
use super::{Answer, Certificate, Range, Special};
use crate::language::print::{self, Alphabet};
use crate::language::syntax::{self, AnswerKind, Expr, LimitAsked, Name, ValueAsked};
use crate::model::Quote;
use crate::study::Study;
use crate::study::limit::Limited;
use crate::study::point::{Done, Valued};
use crate::verify;
use serde::Serialize;
use std::collections::BTreeMap;

/// A value at a point.
#[derive(Clone, Debug, Serialize)]
pub struct Value {
    /// `value loss at z = 0`
    pub name: String,
    /// What is given, each entry as an equation.
    pub given: Vec<String>,
    /// The indices for which the only entry holds; none where entries are listed.
    pub indices: Vec<Range>,
    /// The entries.
    pub entries: Vec<Entry>,
    /// The steps to one entry, those of intermediate values before them.
    pub steps: Vec<PointStep>,
    /// Sizes set for this answer.
    #[serde(rename = "where")]
    pub special: Option<Special>,
    /// How it was verified.
    pub certificate: Certificate,
}

/// An entry and its value.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// `p[1]`
    pub left: String,
    /// The exact value; none where it is too long.
    pub exact: Option<String>,
    /// The value rounded to six significant digits, where the exact one is no rational number.
    pub decimal: Option<String>,
}

/// A line on the way to a value.
#[derive(Clone, Debug, Serialize)]
pub struct PointStep {
    /// The left side.
    pub left: String,
    /// The right side.
    pub right: String,
    /// `formula`, `values`, `functions` or `result`.
    pub done: &'static str,
}

/// A limit.
#[derive(Clone, Debug, Serialize)]
pub struct Limit {
    /// `limit p as beta -> infinity`
    pub name: String,
    /// `p[c]`
    pub left: String,
    /// The formula of which it is the limit.
    pub formula: String,
    /// The limit.
    pub value: String,
    /// The free indices.
    pub indices: Vec<Range>,
    /// Parts of the formula with their leading terms.
    pub parts: BTreeMap<String, String>,
    /// What must not be 0.
    pub nonzero: Vec<String>,
    /// How it was verified.
    pub certificate: Certificate,
}

fn name(kind: AnswerKind) -> String {
    print::answer(&syntax::Answer { kind, span: Default::default() }, Alphabet::Ascii)
}

/// A value at a point; `by` are sizes set before.
pub fn value(
    study: &Study,
    asked: &ValueAsked,
    valued: &Valued,
    certificate: &verify::Certificate,
    by: Option<&[(Name, Expr)]>,
) -> Answer {
    let entries = valued.entries.iter().map(|entry| Entry {
        left: ascii(&entry.left),
        exact: entry.exact.as_ref().map(ascii),
        decimal: entry.decimal.clone(),
    });
    let steps = valued.lines.iter().flat_map(|shown| {
        shown.lines.iter().map(|(right, done)| PointStep {
            left: ascii(&shown.left),
            right: ascii(right),
            done: match done {
                Done::Formula => "formula",
                Done::PutIn => "values",
                Done::Evaluated => "functions",
                Done::Result | Done::Required => "result",
            },
        })
    });
    Answer::Value(Box::new(Value {
        name: name(AnswerKind::Value(Box::new(asked.clone()))),
        given: valued.given.iter().map(|(left, value)| format!("{} = {}", ascii(left), ascii(value))).collect(),
        indices: valued.free.iter().filter(|_| valued.general).map(|b| range(&Quote::plain().binder(b))).collect(),
        entries: entries.collect(),
        steps: steps.collect(),
        special: by.map(|by| special(study, by)),
        certificate: certify(certificate),
    }))
}

/// A limit.
pub fn limit(_: &Study, asked: &LimitAsked, limited: &Limited, certificate: &verify::Certificate) -> Answer {
    Answer::Limit(Box::new(Limit {
        name: name(AnswerKind::Limit(Box::new(asked.clone()))),
        left: ascii(&limited.left),
        formula: ascii(&limited.formula),
        value: ascii(&limited.value),
        indices: limited.free.iter().map(|b| range(&Quote::plain().binder(b))).collect(),
        parts: limited.parts.iter().map(|(part, leading, _)| (ascii(part), ascii(leading))).collect(),
        nonzero: limited.nonzero.iter().map(ascii).collect(),
        certificate: certify(certificate),
    }))
}
