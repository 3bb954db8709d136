//! The reasons beside the lines of a derivation, in words.

use super::document::{Inline, Piece, Prose, Symbol};
use crate::answer::{Answer, Names};
use crate::calculus::proof::identity_of;
use crate::derivation::{Goal, RuleName, Step};
use crate::integer::{Atom, Condition, Index, Var};
use crate::language::parse::parse_expression;
use crate::language::syntax::{Expr, ExprKind, Name, Role};
use crate::model::{Kind, System, Term};
use std::collections::BTreeSet;

/// Plain words.
pub fn text(words: impl Into<String>) -> Inline {
    Inline::Text(words.into())
}

/// A name or an expression inside prose.
pub fn math(expr: Expr) -> Inline {
    Inline::Math(vec![Piece::Expr(expr)])
}

/// A condition inside prose.
pub fn condition(condition: crate::language::syntax::Condition) -> Inline {
    Inline::Math(vec![Piece::Condition(condition)])
}

/// `a`, `a and b`, `a, b and c`.
pub fn listed(items: Vec<Inline>) -> Prose {
    let items = distinct(items);
    let mut prose = Vec::new();
    let count = items.len();
    for (k, item) in items.into_iter().enumerate() {
        match k {
            0 => {}
            _ if k + 1 == count => prose.push(text(" and ")),
            _ => prose.push(text(", ")),
        }
        prose.push(item);
    }
    prose
}

/// The items without those that were there before.
fn distinct(items: Vec<Inline>) -> Vec<Inline> {
    let mut found: Vec<Inline> = Vec::new();
    for item in items {
        if !found.contains(&item) {
            found.push(item);
        }
    }
    found
}

/// The functions whose derivatives were taken.
fn chained(steps: &[Step]) -> Prose {
    let mut names: Vec<&str> = Vec::new();
    for step in steps.iter().filter(|step| step.rule == RuleName::Chain) {
        let Some(Kind::Derivative(of, ..)) = at_place(&step.before, &step.place).map(Term::kind) else { continue };
        if let Kind::Apply(function, _) = of.kind()
            && !names.contains(&function.name())
        {
            names.push(function.name());
        }
    }
    let mut prose = vec![text("chain rule, with the derivative of ")];
    prose.extend(listed(names.into_iter().map(text).collect()));
    prose
}

fn at_place<'t>(term: &'t Term, place: &[usize]) -> Option<&'t Term> {
    place.iter().try_fold(term, |term, k| term.children().get(*k))
}

/// Which gradients, derived before, were put in.
pub fn put_in(steps: &[Step]) -> Prose {
    let mut names: Vec<Inline> = Vec::new();
    for step in steps.iter().filter(|step| step.rule == RuleName::Adjoint) {
        let left = adjoints(&step.after);
        for (seed, name) in adjoints(&step.before).into_iter().filter(|found| !left.contains(found)) {
            let kind = match seed {
                None => ExprKind::Upstream(name, Vec::new()),
                Some(output) => ExprKind::Derivative(Box::new(Expr::name(output)), name, Vec::new()),
            };
            let name = math(Expr::new(kind));
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let mut prose = listed(names);
    prose.push(text(" put in"));
    prose
}

/// The adjoints that stand in a formula as symbols.
fn adjoints(term: &Term) -> Vec<(Option<Name>, Name)> {
    let mut found: Vec<(Option<Name>, Name)> = Vec::new();
    term.any(&mut |t| {
        let symbol = match t.kind() {
            Kind::Upstream(name, _) => Some((None, name.clone())),
            Kind::Derivative(of, name, _) => match of.kind() {
                Kind::Read(output, _) => Some((Some(output.clone()), name.clone())),
                _ => None,
            },
            _ => None,
        };
        if let Some(symbol) = symbol.filter(|symbol| !found.contains(symbol)) {
            found.push(symbol);
        }
        false
    });
    found
}

/// Which definitions were read backwards.
pub fn folded(steps: &[Step]) -> Prose {
    let mut names: Vec<Name> = Vec::new();
    for step in steps.iter().filter(|step| step.rule == RuleName::Fold) {
        let (mut before, mut after) = (BTreeSet::new(), BTreeSet::new());
        let place = at_place(&step.before, &step.place).unwrap_or(&step.before);
        place.collect_reads(&mut before);
        at_place(&step.after, &step.place).unwrap_or(&step.after).collect_reads(&mut after);
        names.extend(after.difference(&before).cloned());
    }
    names.sort();
    names.dedup();
    if names.is_empty() {
        return vec![text("by definition")];
    }
    let mut prose = vec![text("by the definition of ")];
    prose.extend(listed(names.into_iter().map(|name| math(Expr::name(name))).collect()));
    prose
}

/// What was made shorter.
pub fn simplified(steps: &[Step]) -> Prose {
    let has = |rule: RuleName| steps.iter().any(|s| s.rule == rule);
    let mut said: Vec<Inline> = Vec::new();
    if has(RuleName::Rename) && steps.len() == 1 {
        said.push(text("renamed"));
    }
    if steps.iter().any(|s| s.rule == RuleName::Cancel && !joins_denominators(s)) {
        said.push(text("cancelled"));
    } else if has(RuleName::Cancel) {
        said.push(text("denominators joined"));
    }
    let others = [
        (RuleName::Outside, "constant factors taken out of sums"),
        (RuleName::Count, "equal terms counted"),
        (RuleName::Expand, "multiplied out"),
        (RuleName::Common, "common factors taken out"),
        (RuleName::Order, "beside the bracket it is known which value is greater"),
    ];
    said.extend(others.into_iter().filter(|(rule, _)| has(*rule)).map(|(_, said)| text(said)));
    listed(said)
}

/// Whether a step leaves as many factors, those of powers counted one by one: 1/(a²·a) = 1/a³.
fn joins_denominators(step: &Step) -> bool {
    let [before, after] = [&step.before, &step.after].map(|term| at_place(term, &step.place).unwrap_or(term));
    let counted = |factor: &Term| if let Kind::Power(_, n) = factor.kind() { n.unsigned_abs() } else { 1 };
    let factors = |term: &Term| term.factors().iter().map(counted).sum::<u64>();
    factors(before) == factors(after)
}

/// Which identities between functions were used.
pub fn identities(system: &System, steps: &[Step]) -> Prose {
    let facts = system.facts();
    let mut used: Vec<(&str, &str)> = Vec::new();
    for identity in steps.iter().flat_map(|step| identity_of(system, &facts, step)) {
        if !used.contains(&identity.formula) {
            used.push(identity.formula);
        }
    }
    let stated = |(left, right): &(&str, &str)| {
        let (left, right) = (parse_expression(left).ok()?, parse_expression(right).ok()?);
        Some(Inline::Math(vec![Piece::Expr(left), Piece::Symbol(Symbol::Equal), Piece::Expr(right)]))
    };
    listed(used.iter().filter_map(stated).collect())
}

/// A reference to the part that derived the Jacobian.
pub fn by_part(label: &str) -> Prose {
    vec![text(format!("by {label}"))]
}

/// The sum and product rules: what does not depend on the array.
pub fn differentiate(system: &System, answer: &Answer, steps: &[Step]) -> Prose {
    let has = |rule: RuleName| steps.iter().any(|s| s.rule == rule);
    let mut said: Vec<Prose> = Vec::new();
    let others = independent(system, answer);
    let several = has(RuleName::IndexedProduct) || steps.iter().any(|s| s.rule == RuleName::Product && grows(s));
    let linear = has(RuleName::Sum) || has(RuleName::Product);
    if several {
        said.push(vec![text("product rule")]);
    } else if linear && !others.is_empty() {
        let verb = if others.len() == 1 { " does not depend on " } else { " do not depend on " };
        let names = listed(others.iter().map(|o| math(Expr::name(o.clone()))).collect());
        said.push([names, vec![text(verb), math(Expr::name(wrt(answer)))]].concat());
    } else if linear {
        said.push(vec![text(if has(RuleName::Sum) { "sum rule" } else { "constant factors come out" })]);
    }
    if has(RuleName::Extremum) {
        said.push(vec![text("of the terms the one that attains the extremum")]);
    }
    if has(RuleName::Power) {
        said.push(vec![text("power rule")]);
    }
    if has(RuleName::Chain) {
        said.push(chained(steps));
    }
    if said.is_empty() {
        said.push(vec![text("the definition")]);
    }
    if steps.last().is_some_and(|s| s.after.any(&mut |t| is_renamed(t))) {
        said.push(vec![text("sums renamed")]);
    }
    said.join(&text("; "))
}

fn grows(step: &Step) -> bool {
    let derivatives = |t: &Term| {
        let mut count = 0;
        t.any(&mut |t| {
            count += usize::from(matches!(t.kind(), Kind::Derivative(..)));
            false
        });
        count
    };
    derivatives(&step.after) > derivatives(&step.before)
}

fn is_renamed(term: &Term) -> bool {
    term.bounds().iter().any(|b| b.var.serial > 0)
}

fn wrt(answer: &Answer) -> Name {
    match &answer.derivation.goal {
        Goal::Jacobian { array, .. } | Goal::Step { array, .. } | Goal::Gradient { array } => array.clone(),
        Goal::Value { output } => output.clone(),
    }
}

/// The arrays that stand beside the one differentiated for and do not depend on it.
fn independent(system: &System, answer: &Answer) -> Vec<Name> {
    let array = wrt(answer);
    let system = answer.system(system);
    let array = system.held_name(&array).cloned().unwrap_or(array);
    let mut found: Vec<Name> = Vec::new();
    for step in answer.derivation.steps.iter().filter(|s| s.rule == RuleName::Product) {
        step.after.any(&mut |t| {
            if let Kind::Read(name, _) = t.kind()
                && !system.depends(name, &array)
                && !found.contains(name)
            {
                found.push(name.clone());
            }
            false
        });
    }
    found
}

/// An entry of an array depends on itself only.
pub fn read(system: &System, answer: &Answer) -> Prose {
    let array = wrt(answer);
    let noun = match system.array(&array).map(|a| a.role) {
        Some(Role::Weight) => "a weight",
        Some(Role::Input) => "an input",
        _ => return vec![text("an entry of "), math(Expr::name(array)), text(" depends on itself only")],
    };
    vec![text(format!("{noun} depends on itself only"))]
}

/// What each index solved for is: `i = n − 2(r−1)`, with the indices as they are written in the line before.
fn equalities<'s>(
    (names, system, answer): (&Names, &System, &Answer),
    before: Option<&Term>,
    steps: impl IntoIterator<Item = &'s Step>,
) -> Vec<Inline> {
    let quote = names.quote(system, &answer.derivation.indices);
    let written = before.map(|term| quote.written(term)).unwrap_or_default();
    let is_free = |var: &Var| answer.derivation.indices.iter().any(|bound| bound.var == *var);
    let one = |wanted: &dyn Fn(&Var) -> bool| {
        let mut all = written.iter().filter(|(own, _)| wanted(own)).map(|(_, shown)| shown);
        let first = all.next()?;
        all.all(|other| other == first).then(|| first.clone())
    };
    let shown = |var: &Var| {
        let renamed_since = || one(&|own| own.name == var.name).filter(|_| written.iter().all(|(own, _)| own != var));
        if is_free(var) { var.clone() } else { one(&|own| own == var).or_else(renamed_since).unwrap_or(var.clone()) }
    };
    let renamed = |index: &Index| {
        index.map_atoms(&|atom| match atom {
            Atom::Var(var) => Some(Index::var(&shown(var))),
            _ => None,
        })
    };
    let equality = |step: &Step| {
        let (var, value) = step.solved.as_ref()?;
        let divided = exact_quotients(&step.after).into_iter().map(|(e, m)| (renamed(&e), renamed(&m)));
        Some(Inline::Math(vec![
            Piece::Expr(Expr::name(quote.var(&shown(var)))),
            Piece::Symbol(Symbol::Equal),
            Piece::Expr(quote.index_with_exact(&renamed(value), &divided.collect::<Vec<_>>())),
        ]))
    };
    steps.into_iter().filter_map(equality).collect()
}

/// The quotients e/m that a formula says are exact.
fn exact_quotients(term: &Term) -> Vec<(Index, Index)> {
    let mut found = Vec::new();
    term.any(&mut |t| {
        if let Kind::Bracket(Condition::Divides(m, e)) = t.kind() {
            found.push((e.clone(), m.clone()));
        }
        false
    });
    found
}

/// The formula before some steps.
fn before(steps: &[Step]) -> Option<&Term> {
    steps.first().map(|step| &step.before)
}

/// A bound index divided with remainder.
pub fn split(names: &Names, system: &System, answer: &Answer, steps: &[Step]) -> Prose {
    let mut prose = vec![text("division with remainder: ")];
    prose.extend(listed(equalities((names, system, answer), before(steps), steps)));
    prose
}

/// An extremum in an equation.
pub fn cases() -> Prose {
    vec![text("by which of its parts the extremum is")]
}

/// Windows that meet without overlap.
pub fn windows(names: &Names, system: &System, answer: &Answer, steps: &[Step]) -> Prose {
    let mut prose = vec![text("windows as wide as their step cover each place once: ")];
    prose.extend(listed(equalities((names, system, answer), before(steps), steps)));
    prose
}

/// The solutions of a congruence.
pub fn lattice(names: &Names, system: &System, answer: &Answer, steps: &[Step]) -> Prose {
    let mut prose = vec![text("all solutions of the divisibility: ")];
    prose.extend(listed(equalities((names, system, answer), before(steps), steps)));
    prose
}

/// Interior and boundary.
pub fn boundary() -> Prose {
    vec![text("in the interior all inequalities hold")]
}

/// Sums cut down to one term: which, and under which condition.
pub fn sifts(names: &Names, system: &System, answer: &Answer, steps: &[Step]) -> Prose {
    let solved: Vec<&Step> = steps.iter().filter(|s| matches!(s.rule, RuleName::Sift | RuleName::Single)).collect();
    let equalities = equalities((names, system, answer), before(steps), solved.iter().copied());
    let bare = solved
        .iter()
        .all(|s| s.solved.as_ref().is_some_and(|(_, v)| v.as_var().is_some() || v.as_constant().is_some()));
    let mut prose = if bare { vec![text("one term survives: ")] } else { Vec::new() };
    prose.extend(listed(equalities));
    let guarded = solved.iter().any(|s| s.rule == RuleName::Sift && brackets(&s.after) >= brackets(&s.before));
    if guarded && !bare {
        prose.push(text(", if in range"));
    }
    prose
}

fn brackets(term: &Term) -> usize {
    let mut count = 0;
    term.any(&mut |t| {
        count += usize::from(matches!(t.kind(), Kind::Bracket(_)));
        false
    });
    count
}

/// What is left of the sum once the Jacobian has been inserted: the terms at the indices solved for,
/// where a single step solved for each index of the chain rule that is gone.
pub fn survivors(names: &Names, system: &System, answer: &Answer) -> Prose {
    let derivation = &answer.derivation;
    let bound_in = |term: &Term, v: &Var| term.any(&mut |t| t.bounds().iter().any(|b| b.var == *v));
    let left = |v: &Var| derivation.indices.iter().any(|b| b.var == *v) || bound_in(&derivation.result, v);
    let mut gone: BTreeSet<Var> = BTreeSet::new();
    derivation.start.any(&mut |t| {
        gone.extend(t.bounds().iter().map(|b| b.var.clone()).filter(|v| !left(v)));
        false
    });
    let found = |v: &Var| {
        derivation.steps.iter().find(|step| {
            let mut vars = BTreeSet::new();
            step.solved.as_ref().is_some_and(|(var, value)| {
                value.collect_vars(&mut vars);
                var == v && vars.iter().all(left)
            })
        })
    };
    let mut prose = vec![text("only terms whose bracket is 1 survive")];
    let Some(steps) = gone.iter().map(found).collect::<Option<Vec<&Step>>>() else { return prose };
    let bare = |s: &&Step| s.solved.as_ref().is_some_and(|(_, v)| v.as_var().is_some() || v.as_constant().is_some());
    let telling: Vec<&Step> = steps.into_iter().filter(|s| !bare(s)).collect();
    if (1..=MOST_SURVIVORS).contains(&telling.len()) {
        prose.push(text(": "));
        prose.extend(listed(equalities((names, system, answer), Some(&derivation.start), telling)));
    }
    prose
}

/// How many solved indices a reason names at most.
const MOST_SURVIVORS: usize = 2;

/// Conditions that always hold.
pub fn decided(names: &Names, system: &System, answer: &Answer, steps: &[Step]) -> Prose {
    let quote = names.quote(system, &answer.derivation.indices);
    let stated = |c: &Condition| condition(quote.condition(c));
    let (given, plain): (Vec<&Step>, Vec<&Step>) = steps.iter().partition(|s| !s.given.is_empty());
    let found: Vec<&Condition> = plain.iter().flat_map(|s| &s.discharged).collect();
    if !found.is_empty() && found.iter().all(|c| c.is_constant()) && given.is_empty() {
        return Prose::new();
    }
    let held = distinct(found.into_iter().filter(|c| !c.is_constant()).map(stated).collect());
    if held.is_empty() && given.is_empty() {
        return vec![text(match steps.iter().any(|s| matches!(s.rule, RuleName::Limit | RuleName::Limits)) {
            true => "the bracket bounds the index",
            false => "what does not depend on the bound index comes out of the sum",
        })];
    }
    let mut prose = Vec::new();
    if !held.is_empty() {
        let verb = if held.len() == 1 { " always holds" } else { " always hold" };
        prose.extend(listed(held));
        prose.push(text(verb));
    }
    let sentences = given.into_iter().map(|step| {
        let verb = if step.discharged.len() == 1 { " holds where " } else { " hold where " };
        let held = listed(step.discharged.iter().map(stated).collect());
        [held, vec![text(verb)], listed(step.given.iter().map(stated).collect())].concat()
    });
    let mut told: Vec<Prose> = Vec::new();
    for sentence in sentences {
        if !told.contains(&sentence) {
            told.push(sentence);
        }
    }
    for sentence in told {
        if !prose.is_empty() {
            prose.push(text("; "));
        }
        prose.extend(sentence);
    }
    prose
}

/// The reason of a single step.
pub fn single(names: &Names, system: &System, answer: &Answer, step: &Step) -> Prose {
    let one = std::slice::from_ref(step);
    match step.rule {
        RuleName::Definition => vec![text("definition")],
        RuleName::Constant => vec![text("does not depend on "), math(Expr::name(wrt(answer)))],
        RuleName::Sum => vec![text("sum rule")],
        RuleName::Product if grows(step) => vec![text("product rule")],
        RuleName::Product => vec![text("constant factors come out")],
        RuleName::IndexedProduct => vec![text("product rule: one factor differentiated, the others kept")],
        RuleName::Extremum => vec![text("the term that attains it is differentiated")],
        RuleName::Power => vec![text("power rule")],
        RuleName::Chain => chained(one),
        RuleName::Compare => vec![text("a bracket on values is constant on either side")],
        RuleName::Adjoint => put_in(one),
        RuleName::Fold => folded(one),
        RuleName::Cancel | RuleName::Outside | RuleName::Common | RuleName::Expand | RuleName::Count => simplified(one),
        RuleName::Order | RuleName::Rename => simplified(one),
        RuleName::Identity => identities(system, one),
        RuleName::Terms => vec![text("written out")],
        RuleName::Vanish => vec![text("the sum is 0 by definition")],
        RuleName::Fact => vec![text("as required of the values")],
        RuleName::Read => read(system, answer),
        RuleName::Distribute => vec![text("multiplied out")],
        RuleName::Join => vec![text("the sums brought together")],
        RuleName::Separate => vec![text("each condition in a bracket of its own")],
        RuleName::Sift | RuleName::Single => sifts(names, system, answer, one),
        RuleName::Split => split(names, system, answer, one),
        RuleName::Cases => cases(),
        RuleName::Window => windows(names, system, answer, one),
        RuleName::Lattice => lattice(names, system, answer, one),
        RuleName::Boundary => boundary(),
        RuleName::Settle | RuleName::Range | RuleName::Factor | RuleName::Limit | RuleName::Limits => {
            decided(names, system, answer, one)
        }
        RuleName::Collect => vec![text("equal terms collected")],
    }
}
