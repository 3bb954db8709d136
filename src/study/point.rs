//! Answers at a point: derived formula, value, verification.

use super::{NoAnswer, Study};
use crate::answer::{Answer, goal_name};
use crate::calculus::strategy::facts_of;
use crate::derivation::{Derivation, Goal};
use crate::diagnostic::{Diagnostic, Span};
use crate::integer::{Condition, Facts, Index, Var};
use crate::language::print::{self, Alphabet};
use crate::language::syntax::{Expr, ExprKind, Given, Target};
use crate::model::{Bound, Kind, Quote, Term, rewrite};
use crate::point::{Asked, Assigned, Line, Point, Slot, Stuck, Told, Tree, asked, resolve, steps};
use crate::verify::Certificate;
use crate::verify::point::{Claim, Pin, PinValues, verify_value};
use std::rc::Rc;

/// How many entries an answer at a point may have.
const MOST_ENTRIES: usize = 36;
/// How long an exact value may be beside its decimal.
const SHORT: usize = 60;
/// How many digits a decimal has.
const DIGITS: i32 = 6;

/// A value at a point.
#[derive(Clone, Debug)]
pub struct Valued {
    /// Its name: `dh/dx`.
    pub name: String,
    /// What it is a value of.
    pub goal: Goal,
    /// What is given, entry by entry.
    pub given: Vec<(Expr, Expr)>,
    /// The values: one that holds for all free indices, or each entry with the numbers of its indices.
    pub entries: Vec<Entry>,
    /// The free indices with their ranges.
    pub free: Vec<Bound>,
    /// Whether the only entry holds for all of them.
    pub general: bool,
    /// How many of the free indices belong to the output.
    pub rows: usize,
    /// The steps to one entry: the first, or the last of a recurrence.
    pub lines: Vec<Shown>,
}

/// An entry with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The numbers of the free indices; none where it holds for all.
    pub at: Vec<i128>,
    /// The left side.
    pub left: Expr,
    /// The exact value; none where it is too long to be shown.
    pub exact: Option<Expr>,
    /// A decimal, where the exact value is no rational number.
    pub decimal: Option<String>,
}

/// The lines of one left side.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The left side.
    pub left: Expr,
    /// Whether it is what was asked for, and not a value on the way.
    pub asked: bool,
    /// The lines with what was done.
    pub lines: Vec<(Expr, Done)>,
}

/// What was done to get to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The formula was written down.
    Formula,
    /// Values were put in.
    PutIn,
    /// Functions were evaluated.
    Evaluated,
    /// It was worked out.
    Result,
    /// It was worked out by what is required of the values.
    Required,
}

impl Study {
    /// The value of a target where arrays have given values.
    ///
    /// # Errors
    /// What is not given or has no value there, or a value that does not pass verification.
    pub fn value(&mut self, target: &Target, given: &[Given], span: Span) -> Result<(Valued, Certificate), NoAnswer> {
        let (goal, answer, asked) = self.asked(target, span)?;
        let given =
            resolve(&self.system, &asked.free, given).map_err(|mut wrong| NoAnswer::Refused(wrong.remove(0)))?;
        let term = crate::answer::at_indices(&answer.derivation, &asked.at);
        let (system, names) = (self.system.clone(), self.names.clone());
        let mut derive = |goal: &Goal| self.answer(goal).ok().map(|(answer, _)| Rc::new(answer.derivation));
        let point = Point::new(&system, &given, &mut derive);
        let mut facts = facts_of(&system, &asked.free);
        for given in &given {
            let (Slot::Array(array) | Slot::Upstream(array)) = &given.slot;
            for (index, (lo, hi)) in given.at.iter().zip(system.bounds(array).unwrap_or_default()) {
                facts.require(&Condition::Within(lo, index.clone(), hi));
            }
        }
        let entry_of = |point: &Point, term: &Term, at: &[Index], facts: &Facts| match &goal {
            Goal::Value { output } => point.definition(output, at, facts).unwrap_or_else(|| term.clone()),
            _ => term.clone(),
        };
        let name = goal_name(&goal);
        let stuck = |why: Stuck, quote: &Quote| refusal(&name, why, quote, span);
        let quote = names.quote(&system, &asked.free);
        let term = entry_of(&point, &term, &asked.at, &facts);
        let whole = point.closed(&term, &facts);
        let split = match &whole {
            Ok(value) => asked.free.iter().any(|b| value.any_var(&b.var)),
            Err(_) => true,
        };
        let numbers = if split { entries_of(&asked.free) } else { None };
        let mut found: Vec<(Vec<i128>, Term, Term)> = Vec::new();
        let first: Vec<(Var, Index)> = match (numbers, whole) {
            (Some(numbers), _) if numbers.len() > MOST_ENTRIES => {
                let message = format!("`{name}` has {} entries, too many to show", numbers.len());
                let hint = format!("at most {MOST_ENTRIES} are shown: ask for one entry, or set smaller sizes");
                return Err(NoAnswer::Refused(Diagnostic::new(message, span).hint(hint)));
            }
            (Some(numbers), _) if !asked.free.is_empty() => {
                for at in &numbers {
                    let pairs = paired(&asked.free, at);
                    let entry = term.substitute_all(&pairs);
                    let given: Vec<Assigned> = given.iter().map(|given| substituted(given, &pairs)).collect();
                    let mut derive = |goal: &Goal| self.answer(goal).ok().map(|(answer, _)| Rc::new(answer.derivation));
                    let point = Point::new(&system, &given, &mut derive);
                    let indices: Vec<Index> = asked.at.iter().map(|index| replaced(index, &pairs)).collect();
                    let entry = entry_of(&point, &entry, &indices, &system.facts());
                    let value = point.closed(&entry, &system.facts()).map_err(|why| stuck(why, &quote))?;
                    found.push((at.clone(), entry, value));
                }
                numbers.first().map(|at| paired(&asked.free, at)).unwrap_or_default()
            }
            (_, Ok(value)) => {
                found.push((Vec::new(), term.clone(), value));
                Vec::new()
            }
            (_, Err(why)) => return Err(stuck(why, &quote)),
        };
        let moved: Vec<Assigned> = given.iter().map(|given| substituted(given, &first)).collect();
        let mut derive = |goal: &Goal| self.answer(goal).ok().map(|(answer, _)| Rc::new(answer.derivation));
        let point = Point::new(&system, &moved, &mut derive);
        let recurrent = matches!(&goal, Goal::Value { output } if system.recurrence(output).is_some());
        let lines = match if recurrent { found.last() } else { found.first() } {
            Some((at, entry, _)) => {
                let facts = if at.is_empty() { facts } else { system.facts() };
                steps(&point, entry, &facts).map_err(|why| stuck(why, &quote))?
            }
            None => Vec::new(),
        };
        let mut total: Option<Certificate> = None;
        let mut entries = Vec::new();
        for (at, _, value) in &found {
            let pairs = paired(&asked.free, at);
            let indices: Vec<Index> = asked.at.iter().map(|index| replaced(index, &pairs)).collect();
            let free = if at.is_empty() { asked.free.as_slice() } else { &[] };
            let formula = quote.formula(value);
            let claim = Claim {
                name: name.clone(),
                goal: &goal,
                steps: answer.step.as_ref().map(|step| &step.axes),
                free: free.iter().map(|b| Quote::plain().binder(b)).collect(),
                at: indices.iter().map(|index| Quote::plain().index(index)).collect(),
                output_axes: asked.output_axes,
                formula: formula.clone(),
            };
            let given: Vec<Assigned> = given.iter().map(|given| substituted(given, &pairs)).collect();
            let (certificate, decimals) = verify_value(&system, &names, &claim, &pins(&given, &quote))?;
            total = Some(total.map_or(certificate.clone(), |total| total.and(&certificate)));
            let whole = |t: &Term| matches!(t.kind(), Kind::Integer(_) | Kind::Bracket(_));
            let rational = !value.any(&mut |t| matches!(t.kind(), Kind::Apply(..)));
            let decimal = (!rational && !value.any(&mut |t| whole(t)))
                .then(|| decimals.first().and_then(|decimal| rounded(*decimal)))
                .flatten();
            let long = print::expression(&formula, Alphabet::Ascii).chars().count() > SHORT;
            let exact = if long && decimal.is_some() { None } else { Some(formula) };
            entries.push(Entry {
                at: at.clone(),
                left: left(&goal, &indices, asked.output_axes, &quote),
                exact,
                decimal,
            });
        }
        let rows = asked
            .free
            .iter()
            .filter(|b| asked.at[..asked.output_axes.min(asked.at.len())].iter().any(|i| i.mentions(&b.var)));
        let rows = if matches!(goal, Goal::Jacobian { .. } | Goal::Step { .. }) { rows.count() } else { 0 };
        let told = if recurrent { entries.last() } else { entries.first() };
        let whole_left = told.map_or_else(|| Expr::integer(0), |entry| entry.left.clone());
        let general = entries.first().is_some_and(|entry| entry.at.is_empty());
        let valued = Valued {
            name,
            goal,
            given: listed(&given, &system, &quote),
            lines: lines.iter().map(|line| shown(line, &whole_left, &quote)).collect(),
            entries,
            free: asked.free,
            general,
            rows,
        };
        Ok((valued, total.unwrap_or_default()))
    }

    /// The verified formula of a target and the indices at which it is asked for.
    pub(super) fn asked(&mut self, target: &Target, span: Span) -> Result<(Goal, Answer, Asked), NoAnswer> {
        if matches!(target, Target::Shape(_)) {
            let message = "a shape has no value at a point";
            let hint = "ask for an array or a derivative";
            return Err(NoAnswer::Refused(Diagnostic::new(message, span).hint(hint)));
        }
        let goal = self.goal(target, span).map_err(NoAnswer::Refused)?;
        let (answer, _) = self.answer(&goal)?;
        let Derivation { indices, output_axes, .. } = &answer.derivation;
        let asked = asked(&self.system, target, &goal, (indices, *output_axes), span);
        let asked = asked.map_err(|mut wrong| NoAnswer::Refused(wrong.remove(0)))?;
        Ok((goal, answer, asked))
    }
}

fn paired(free: &[Bound], at: &[i128]) -> Vec<(Var, Index)> {
    free.iter().map(|b| b.var.clone()).zip(at.iter().map(|n| Index::constant(*n))).collect()
}

fn replaced(index: &Index, pairs: &[(Var, Index)]) -> Index {
    pairs.iter().fold(index.clone(), |index, (var, by)| index.substitute(var, by))
}

fn substituted(given: &Assigned, pairs: &[(Var, Index)]) -> Assigned {
    fn tree(values: &Tree, pairs: &[(Var, Index)]) -> Tree {
        match values {
            Tree::One(term) => Tree::One(term.substitute_all(pairs)),
            Tree::List(list) => Tree::List(list.iter().map(|values| tree(values, pairs)).collect()),
        }
    }
    Assigned {
        slot: given.slot.clone(),
        at: given.at.iter().map(|index| replaced(index, pairs)).collect(),
        values: tree(&given.values, pairs),
    }
}

/// The numbers of the free indices of each entry, where their ranges are numbers.
fn entries_of(free: &[Bound]) -> Option<Vec<Vec<i128>>> {
    let mut all: Vec<Vec<i128>> = vec![Vec::new()];
    for bound in free {
        let (lo, hi) = (bound.lo.as_constant()?, bound.hi.as_constant()?);
        all = all.iter().flat_map(|at| (lo..=hi).map(move |n| [at.as_slice(), &[n]].concat())).take(5000).collect();
    }
    Some(all)
}

fn pins(given: &[Assigned], quote: &Quote) -> Vec<Pin> {
    fn values(tree: &Tree, quote: &Quote) -> PinValues {
        match tree {
            Tree::One(term) => PinValues::One(quote.formula(term)),
            Tree::List(list) => PinValues::List(list.iter().map(|tree| values(tree, quote)).collect()),
        }
    }
    let one = |given: &Assigned| {
        let (name, upstream) = match &given.slot {
            Slot::Array(name) => (name.clone(), false),
            Slot::Upstream(name) => (name.clone(), true),
        };
        let at = given.at.iter().map(|index| Quote::plain().index(index)).collect();
        Pin { name, upstream, at, values: values(&given.values, quote) }
    };
    given.iter().map(one).collect()
}

/// The left side of an entry.
pub(super) fn left(goal: &Goal, at: &[Index], output_axes: usize, quote: &Quote) -> Expr {
    let written = |at: &[Index]| at.iter().map(|i| quote.index(i)).collect::<Vec<_>>();
    match goal {
        Goal::Value { output } => quote.formula(&Term::read(output.clone(), at.to_vec())),
        Goal::Jacobian { output, array } | Goal::Step { output, array, .. } => {
            let (rows, columns) = at.split_at(output_axes.min(at.len()));
            let of = quote.formula(&Term::read(output.clone(), rows.to_vec()));
            Expr::new(ExprKind::Derivative(Box::new(of), array.clone(), written(columns)))
        }
        Goal::Gradient { array } => Expr::new(ExprKind::Upstream(array.clone(), written(at))),
    }
}

/// What is given, as equations: a list entry by entry.
fn listed(given: &[Assigned], system: &crate::model::System, quote: &Quote) -> Vec<(Expr, Expr)> {
    let mut all = Vec::new();
    for given in given {
        let (name, upstream) = match &given.slot {
            Slot::Array(name) => (name, false),
            Slot::Upstream(name) => (name, true),
        };
        let axes = system.bounds(name).unwrap_or_default();
        let mut open = vec![(given.at.clone(), &given.values)];
        while let Some((at, values)) = open.pop() {
            match values {
                Tree::One(value) => {
                    let written = at.iter().map(|i| quote.index(i)).collect();
                    let left = match upstream {
                        true => Expr::new(ExprKind::Upstream(name.clone(), written)),
                        false => quote.formula(&Term::read(name.clone(), at)),
                    };
                    all.push((left, quote.formula(value)));
                }
                Tree::List(list) => {
                    let Some((lo, _)) = axes.get(at.len()) else { continue };
                    for (k, values) in list.iter().enumerate().rev() {
                        open.push(([at.as_slice(), &[lo.plus_number(k as i128)]].concat(), values));
                    }
                }
            }
        }
    }
    all
}

/// Lines as syntax; one that repeats the line before goes.
fn shown(line: &Line, whole: &Expr, quote: &Quote) -> Shown {
    let mut quote = quote.clone();
    quote.taken.extend(line.left.iter().flat_map(Term::free_vars));
    let told = |told: &Told| {
        let written = quote.formula(&told.term);
        rewrite(&written, &|part| match &part.kind {
            ExprKind::Name(name) => {
                let (_, value) = told.values.iter().find(|(letter, _)| letter == name)?;
                Some(quote.formula(value).kind)
            }
            _ => None,
        })
    };
    let mut lines = vec![(quote.formula(&line.formula), Done::Formula)];
    lines.extend(line.put_in.as_ref().map(|line| (told(line), Done::PutIn)));
    lines.extend(line.evaluated.as_ref().map(|line| (told(line), Done::Evaluated)));
    let read = |told: &Told| {
        told.term
            .any(&mut |t| matches!(t.kind(), Kind::Read(name, _) if !told.values.iter().any(|(own, _)| own == name)))
    };
    let required = line.evaluated.as_ref().is_some_and(read);
    lines.push((quote.formula(&line.result), if required { Done::Required } else { Done::Result }));
    lines.dedup_by(|later, earlier| later.0 == earlier.0);
    let left = line.left.as_ref().map_or_else(|| whole.clone(), |left| quote.formula(left));
    Shown { left, asked: line.left.is_none(), lines }
}

/// A number with six significant digits.
fn rounded(value: f64) -> Option<String> {
    if !value.is_finite() {
        return None;
    }
    let size = if value == 0.0 { 0 } else { value.abs().log10().floor() as i32 };
    let places = DIGITS - 1 - size;
    let text = match usize::try_from(places) {
        Ok(places) => format!("{value:.places$}"),
        Err(_) => {
            let unit = 10f64.powi(-places);
            format!("{:.0}", (value / unit).round() * unit)
        }
    };
    let short = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    Some(short.into())
}

/// Why there is no value, in the author's terms.
fn refusal(name: &str, why: Stuck, quote: &Quote, span: Span) -> NoAnswer {
    let quote = Quote { upstream: Default::default(), ..quote.clone() };
    let text = |term: &Term| print::expression(&quote.formula(term), Alphabet::Ascii);
    let diagnostic = match why {
        Stuck::Missing(entry, reader) => {
            let entry = text(&entry);
            let read = reader.map(|reader| format!(" in the formula of `{reader}`")).unwrap_or_default();
            let message = format!("`{name}` has no value here: `{entry}` is read{read} and not given");
            Diagnostic::new(message, span).hint(format!("give it behind `at`, as in `{entry} = 1`"))
        }
        Stuck::NoValue(what) => Diagnostic::new(format!("`{name}` has no value there: it needs {what}"), span),
        Stuck::Open(term) => {
            let message = format!("`{name}` is not brought to a value: `{}` is left", text(&term));
            Diagnostic::new(message, span).hint("set the sizes to numbers behind `where`")
        }
        Stuck::TooLarge => {
            let message = format!("the value of `{name}` takes too many steps");
            Diagnostic::new(message, span).hint("set smaller sizes behind `where`, or give a state")
        }
    };
    NoAnswer::Refused(diagnostic)
}
