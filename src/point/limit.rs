//! The limit of a formula as a param goes to ±∞ or to a number.
//!
//! At a number by substitution where that has a value, else from both sides. Invariant: where the
//! rules of growth do not decide, there is no answer.

use super::given::{Assigned, Slot, Tree};
use super::growth::{Argument, Found, Grower, Growth};
use super::reduce::{Point, Stuck};
use crate::calculus::matching::Match;
use crate::derivation::Goal;
use crate::integer::Facts;
use crate::language::function::Function;
use crate::language::syntax::{Extremum, Name, Relation, Sign};
use crate::model::{Kind, System, Term};

/// How deep definitions are put in.
const DEEPEST: usize = 24;

/// A limit, and how it was found.
#[derive(Clone, Debug)]
pub struct Limit {
    /// The formula with the definitions of all arrays that depend on the param.
    pub written_out: Term,
    /// The limit.
    pub value: Term,
    /// How the parts of the formula behave.
    pub found: Vec<Found>,
    /// What must not be 0.
    pub nonzero: Vec<Term>,
    /// Whether it is the value at the point.
    pub substituted: bool,
    /// The argument for the whole, where it is a function.
    pub last: Option<Argument>,
}

/// Where a param goes.
#[derive(Clone, Debug)]
pub enum Towards {
    /// ∞ or −∞
    Infinity(Sign),
    /// A number.
    Number(Term),
}

/// The limit of a term.
///
/// # Errors
/// Why it is not decided, as words that follow “is not decided by the rules: ”.
pub fn limit(system: &System, facts: &Facts, term: &Term, param: &Name, towards: &Towards) -> Result<Limit, String> {
    let written_out = written_out(system, facts, term, param)
        .ok_or_else(|| format!("a derivative or a recurrence that depends on {param} stands in it"))?;
    match towards {
        Towards::Infinity(Sign::Plus) => at_infinity(system, facts, &written_out, param, written_out.clone()),
        Towards::Infinity(Sign::Minus) => {
            let mirrored = replaced(&written_out, param, &read(param).negative());
            let limit = at_infinity(system, facts, &mirrored, param, written_out)?;
            let back = |found: Found| Found { part: replaced(&found.part, param, &read(param).negative()), ..found };
            Ok(Limit { found: limit.found.into_iter().map(back).collect(), ..limit })
        }
        Towards::Number(at) => at_number(system, facts, written_out, param, at),
    }
}

fn read(param: &Name) -> Term {
    Term::read(param.clone(), Vec::new())
}

fn replaced(term: &Term, param: &Name, by: &Term) -> Term {
    match term.kind() {
        Kind::Read(name, _) if name == param => by.clone(),
        _ => term.map_children(&mut |child| replaced(child, param, by)),
    }
}

/// The definitions of arrays that depend on the param put in.
fn written_out(system: &System, facts: &Facts, term: &Term, param: &Name) -> Option<Term> {
    fn inner(point: &Point, facts: &Facts, term: &Term, param: &Name, depth: usize) -> Option<Term> {
        if depth > DEEPEST {
            return None;
        }
        let system = point.system;
        match term.kind() {
            Kind::Read(array, at) if array != param && system.depends(array, param) => {
                let body = point.definition(array, at, facts)?;
                inner(point, facts, &body, param, depth + 1)
            }
            Kind::Derivative(..) => None,
            _ if term.children().is_empty() => Some(term.clone()),
            _ => {
                let facts = super::given::with(facts.clone(), term.bounds());
                let children = term.children().iter().map(|child| inner(point, &facts, child, param, depth));
                let children: Option<Vec<Term>> = children.collect();
                Some(term.with_children(children?))
            }
        }
    }
    let mut none = |_: &Goal| None;
    inner(&Point::new(system, &[], &mut none), facts, term, param, 0)
}

fn at_infinity(system: &System, facts: &Facts, term: &Term, param: &Name, written_out: Term) -> Result<Limit, String> {
    let mut none = |_: &Goal| None;
    let point = Point::new(system, &[], &mut none);
    let tidy = |term: &Term| point.tidied(&polished(term), facts);
    let depends = |array: &Name| system.depends(array, param);
    let mut grower =
        Grower { param, depends: &depends, tidy: &tidy, nonzero: Vec::new(), positive: Vec::new(), found: Vec::new() };
    let undecided = || "it holds a function or a comparison whose growth is not known".to_string();
    let growth = grower.growth(term).ok_or_else(undecided)?;
    let value = tidy(&settled(&growth, facts)?);
    let last = grower.found.iter().find(|found| found.part == *term).map(|found| found.argument);
    grower.found.retain(|found| found.part != *term);
    let (found, mut nonzero) = (grower.found, grower.nonzero);
    let plain = |term: &Term| Term::product(term.factors().iter().filter(|f| f.as_number().is_none()).cloned());
    nonzero = nonzero.iter().map(plain).collect();
    nonzero.dedup();
    Ok(Limit { written_out, value, found, nonzero, substituted: false, last })
}

fn settled(growth: &Growth, facts: &Facts) -> Result<Term, String> {
    use super::exact::sign;
    let Growth { rate, series } = growth;
    let grows = "it grows beyond all bounds";
    let constant = || series.terms.get(&0).cloned().unwrap_or_else(Term::zero);
    let bounded = series.leading().is_none_or(|(degree, _)| degree <= 0) && series.error.is_none_or(|error| error <= 0);
    match sign(rate) {
        Some(0) if bounded => Ok(constant()),
        Some(0) => match series.leading() {
            Some((_, leading)) if sign(leading).is_some_and(|s| s != 0) => Err(grows.into()),
            Some((_, leading)) if exceeds(series, leading) => {
                Err("whether it stays bounded depends on the sign of a coefficient".into())
            }
            _ => Err("the leading terms cancel further than they are followed".into()),
        },
        Some(s) if s < 0 => Ok(Term::zero()),
        Some(_) => Err(grows.into()),
        None => match beaten(rate, facts) {
            Some((own, greatest)) if bounded => {
                Ok(Term::product([Term::compare(Relation::Equal, own, greatest), constant()]))
            }
            _ => Err("whether it stays bounded depends on the sign of an exponent".into()),
        },
    }
}

fn exceeds(series: &super::series::Series, leading: &Term) -> bool {
    series.leading().is_some_and(|(degree, known)| degree > 0 && known == leading)
}

/// u and M, where the rate is u − M and M is the greatest of several, u among them.
fn beaten(rate: &Term, _facts: &Facts) -> Option<(Term, Term)> {
    let terms = rate.summands();
    for (k, part) in terms.iter().enumerate() {
        let greatest = part.clone().negative();
        let rest = Term::sum(terms.iter().enumerate().filter(|(j, _)| *j != k).map(|(_, t)| t.clone()));
        let among = match greatest.kind() {
            Kind::Extremum(Extremum::Max, bounds, _, body) => Match::whole(body, bounds, &rest).is_some(),
            Kind::Apply(Function::Max, _) => is_argument(&greatest, &rest),
            _ => false,
        };
        if among {
            return Some((rest, greatest));
        }
        // −max(−a) is min a, so that u − M may stand as min a − v.
        if let Kind::Extremum(Extremum::Min, bounds, _, body) = part.kind()
            && Match::whole(body, bounds, &rest.clone().negative()).is_some()
        {
            return Some((rest.negative(), part.clone()));
        }
    }
    None
}

/// Whether a term is one of the arguments of nested maxima.
fn is_argument(maximum: &Term, term: &Term) -> bool {
    match maximum.kind() {
        Kind::Apply(Function::Max, arguments) => arguments.iter().any(|a| a == term || is_argument(a, term)),
        _ => false,
    }
}

/// max(−a) as −min a, [−a = −b] as [a = b].
fn polished(term: &Term) -> Term {
    let term = term.map_children(&mut |child| polished(child));
    let negative = |t: &Term| {
        let first = t.factors().first().and_then(Term::as_number);
        first.is_some_and(num_traits::Signed::is_negative)
    };
    match term.kind() {
        Kind::Extremum(which, bounds, condition, body) if negative(body) => {
            let mirrored =
                Term::extremum(which.mirrored(), bounds[0].clone(), condition.clone(), body.clone().negative());
            if which.is_place() { mirrored } else { mirrored.negative() }
        }
        Kind::Compare(relation, [a, b]) if negative(a) && negative(b) => {
            Term::compare(relation.mirrored(), a.clone().negative(), b.clone().negative())
        }
        _ => term,
    }
}

fn at_number(system: &System, facts: &Facts, written_out: Term, param: &Name, at: &Term) -> Result<Limit, String> {
    let values = Tree::One(at.clone());
    let given = [Assigned { slot: Slot::Array(param.clone()), at: Vec::new(), values }];
    let mut none = |_: &Goal| None;
    let point = Point::new(system, &given, &mut none);
    match point.value(&written_out, facts) {
        Ok(value) if continuous(&written_out) => {
            let value = point.tidied(&value, facts);
            let (found, nonzero) = (Vec::new(), Vec::new());
            return Ok(Limit { written_out, value, found, nonzero, substituted: true, last: None });
        }
        Err(Stuck::TooLarge) => return Err("it is too large".into()),
        _ => {}
    }
    let near = |sign: i64| {
        let step = Term::product([Term::from_i64(sign), Term::power(read(param), -1)]);
        let moved = replaced(&written_out, param, &Term::sum([at.clone(), step]));
        at_infinity(system, facts, &moved, param, written_out.clone())
    };
    let (above, below) = (near(1)?, near(-1)?);
    if above.value != below.value {
        return Err("it differs from both sides".into());
    }
    Ok(Limit { found: Vec::new(), last: None, ..above })
}

/// Whether no function with a jump and no comparison stands in a term.
fn continuous(term: &Term) -> bool {
    !term.any(&mut |part| match part.kind() {
        Kind::Compare(..) => true,
        Kind::Extremum(which, ..) => which.is_place(),
        Kind::Apply(f, _) => matches!(f, Function::Step | Function::Sign | Function::Floor | Function::Ceil),
        _ => false,
    })
}
