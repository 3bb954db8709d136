//! Which sizes a function must be given, and which the shapes of the arrays tell.
//!
//! A size is read off an axis whose length is a number times that size, plus numbers and sizes
//! known already. What no axis tells is a keyword: with a default where the user gave a value.

use super::arithmetic::{length, linear};
use super::names::Names;
use crate::language::program::Program;
use crate::language::syntax::Name;
use std::collections::{BTreeMap, BTreeSet};

/// A size and the axis that tells it: `factor * size` is the length of the axis less `rest`.
#[derive(Debug)]
pub(super) struct Reading {
    /// The size.
    pub size: Name,
    /// The position of the array among the given ones.
    pub array: usize,
    /// The position of the axis.
    pub axis: usize,
    /// What the size is multiplied by.
    pub factor: i64,
    /// The other terms of the length: sizes known before, and a number.
    pub rest: (BTreeMap<Name, i64>, i64),
}

/// How a function comes by a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Read off an array; a value given on the command line gives way to the arrays.
    Shape(Option<i64>),
    /// A keyword with its default, if there is one.
    Keyword(Option<i64>),
    /// Put into the formulas for good: accepted, and must be this value.
    Fixed(i64),
}

/// How all sizes are found.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// In the order in which they can be carried out.
    pub readings: Vec<Reading>,
    /// Every size: the program's in source order, then those that were substituted.
    pub sources: Vec<(Name, Source)>,
}

impl Plan {
    /// Finds out what can be read off; `defaults` are the sizes given on the command line.
    pub(super) fn new(program: &Program, defaults: &BTreeMap<Name, i64>) -> Plan {
        let mut plan = Plan::default();
        let mut known = BTreeSet::new();
        let mut keywords = BTreeSet::new();
        plan.read(program, &mut known);
        let unknown = |known: &BTreeSet<Name>| {
            let mut left = program.sizes.iter().filter(|size| !known.contains(*size));
            let first = left.clone().next();
            left.find(|size| defaults.contains_key(*size)).or(first).cloned()
        };
        while let Some(size) = unknown(&known) {
            known.insert(size.clone());
            keywords.insert(size);
            plan.read(program, &mut known);
        }
        for size in &program.sizes {
            let default = defaults.get(size).copied();
            let source = if keywords.contains(size) { Source::Keyword(default) } else { Source::Shape(default) };
            plan.sources.push((size.clone(), source));
        }
        for (size, value) in defaults {
            if !program.sizes.contains(size) {
                plan.sources.push((size.clone(), Source::Fixed(*value)));
            }
        }
        plan
    }

    /// Reads off all that the known sizes allow.
    fn read(&mut self, program: &Program, known: &mut BTreeSet<Name>) {
        let before = known.len();
        for (array, given) in program.arrays.iter().enumerate() {
            for (axis, bounds) in given.axes.iter().enumerate() {
                let Some((mut terms, constant)) = linear(&length(&bounds.first, &bounds.last)) else {
                    continue;
                };
                let mut open = terms.keys().filter(|name| !known.contains(*name));
                let (Some(size), None) = (open.next().cloned(), open.next()) else {
                    continue;
                };
                if !program.sizes.contains(&size) {
                    continue;
                }
                let factor = terms.remove(&size).unwrap_or(1);
                known.insert(size.clone());
                self.readings.push(Reading { size, array, axis, factor, rest: (terms, constant) });
            }
        }
        if known.len() > before {
            self.read(program, known);
        }
    }

    /// The keywords of a public function, as in its signature.
    pub(super) fn keywords(&self, names: &Names) -> Vec<String> {
        self.sources
            .iter()
            .map(|(size, source)| {
                let python = &names.constants[size];
                match source {
                    Source::Shape(None) => format!("{python}: int | None = None"),
                    Source::Shape(Some(value)) => format!("{python}: int = _Default({value})"),
                    Source::Keyword(None) => format!("{python}: int"),
                    Source::Keyword(Some(value)) | Source::Fixed(value) => {
                        format!("{python}: int = {value}")
                    }
                }
            })
            .collect()
    }

    /// The statements that find and check the sizes, inside `_inputs`.
    pub(super) fn statements(&self, program: &Program, names: &Names) -> Vec<String> {
        let mut out = Vec::new();
        for (size, source) in &self.sources {
            if let Source::Fixed(value) = source {
                let python = &names.constants[size];
                out.push(format!("_fixed(\"{python}\", {python}, {value})"));
            }
        }
        for reading in &self.readings {
            let size = &names.constants[&reading.size];
            let array = &names.arrays[&program.arrays[reading.array].name];
            let axis = reading.axis;
            let mut length = format!("{array}.shape[{axis}]");
            for (name, coefficient) in &reading.rest.0 {
                let times = match coefficient.unsigned_abs() {
                    1 => String::new(),
                    factor => format!("{factor} * "),
                };
                let sign = if *coefficient < 0 { '+' } else { '-' };
                length.push_str(&format!(" {sign} {times}{}", names.constants[name]));
            }
            match reading.rest.1 {
                0 => {}
                number if number < 0 => length.push_str(&format!(" + {}", number.unsigned_abs())),
                number => length.push_str(&format!(" - {number}")),
            }
            let factor = match reading.factor {
                1 => String::new(),
                factor => format!(", {factor}"),
            };
            out.push(format!("{size} = _size(\"{size}\", {size}, \"axis {axis} of {array}\", {length}{factor})"));
        }
        out
    }
}
