//! What holds of every layer.

use crate::case::{Case, Trial};
use crate::judged::{claim, shown};
use backprose::answer::{Answer, Names};
use backprose::calculus::normal::{normal, proved_equal};
use backprose::calculus::{PHASES, Rule};
use backprose::derivation::Goal;
use backprose::diagnostic::Span;
use backprose::judge::{Judge, Verdict, judge_tests};
use backprose::language::parse::{parse_expression, parse_file};
use backprose::language::print::{Alphabet, expression, file_in};
use backprose::language::syntax::{ClaimValue, Expr, Name, Target};
use backprose::model::{Sizes, System, Term};
use backprose::study::{NoAnswer, Study};
use backprose::verify::Trials;
use backprose::writeup::json;
use backprose::writeup::mathml::Engine;
use backprose::writeup::module::module;
use backprose::writeup::numpy::Dialect;
use backprose::writeup::outline::Level;
use backprose::writeup::render::{Format, render};
use backprose::writeup::sheet::answers;

/// How many answers of one layer are looked at.
const ANSWERS: usize = 3;

/// Some goals of a layer.
pub fn some_goals(case: &mut Case, study: &Study, most: usize) -> Vec<Goal> {
    let mut goals = study.goals(&[]);
    while goals.len() > most {
        let place = case.source.below(goals.len());
        goals.remove(place);
    }
    goals
}

/// Every answer and every line of its derivation is what the equations give with dual numbers.
pub fn agrees(case: &mut Case) -> Result<(), Trial> {
    let mut study = case.study()?;
    let mut refused = None;
    for goal in some_goals(case, &study, ANSWERS) {
        match study.answer(&goal) {
            Ok(_) => case.count("answers verified"),
            Err(NoAnswer::Refused(why)) => refused = Some(why),
            Err(why) => return Err(why.into()),
        }
    }
    refused.map_or(Ok(()), |why| Err(why.into()))
}

/// What is printed is read back as what was printed: the layer, and its answers.
pub fn is_read_back(case: &mut Case) -> Result<(), Trial> {
    for alphabet in [Alphabet::Ascii, Alphabet::Unicode] {
        let printed = file_in(&case.file, alphabet);
        match parse_file(&printed) {
            Ok(read) if read == case.file => {}
            Ok(_) => return Err(Trial::Fails(format!("it is read back as something else:\n{printed}"))),
            Err(why) => return Err(Trial::Fails(format!("it is not read back: {}:\n{printed}", why[0]))),
        }
    }
    let mut study = case.study()?;
    for goal in some_goals(case, &study, ANSWERS) {
        let (answer, _) = study.answer(&goal)?;
        for formula in answer.all_lines().chain([&answer.left]) {
            for alphabet in [Alphabet::Ascii, Alphabet::Unicode] {
                let printed = expression(formula, alphabet);
                if parse_expression(&printed).as_ref() != Ok(formula) {
                    return Err(Trial::Fails(format!("not read back: {printed}")));
                }
                case.count("formulas read back");
            }
        }
    }
    Ok(())
}

/// The term with the terms of its sums and the factors of its products in the opposite order.
fn opposite(term: &Term) -> Term {
    let new = term.map_children(&mut |child| opposite(child));
    if new.summands().len() > 1 {
        return Term::sum(new.summands().iter().rev().cloned());
    }
    match new.factors() {
        [] | [_] => new,
        factors => Term::product(factors.iter().rev().cloned()),
    }
}

/// The normal form does not see the names of bound indices nor the order of terms and factors; what
/// the rules give in another order is the same function, and mostly has the same normal form.
pub fn has_one_normal_form(case: &mut Case) -> Result<(), Trial> {
    let mut study = case.study()?;
    let system = study.system.clone();
    let names = Names::new(&system);
    let trials = Trials::new(&system, &names).map_err(|why| Trial::Refused(why.to_string()))?;
    for goal in some_goals(case, &study, 2) {
        let (answer, _) = study.answer(&goal)?;
        let mut facts = system.facts();
        answer.derivation.indices.iter().for_each(|b| facts.bound_index(&b.var, &b.lo, &b.hi));
        let term = &answer.derivation.result;
        let form = normal(&system, &facts, term);
        if form.is_none() {
            case.count("answers too large for a normal form");
            continue;
        }
        let free = term.free_vars();
        let renamed = term.with_all_bounds_fresh(&|var| free.contains(var));
        if normal(&system, &facts, &renamed) != form {
            return Err(Trial::Fails(format!("{}: the normal form sees the names of bound indices", answer.name)));
        }
        if normal(&system, &facts, &opposite(term)) != form {
            return Err(Trial::Fails(format!("{}: the normal form sees the order of terms", answer.name)));
        }
        case.count("normal forms compared");
        let shuffled: Vec<Vec<Rule>> = PHASES.iter().map(|phase| phase.iter().rev().copied().collect()).collect();
        let phases: Vec<&[Rule]> = shuffled.iter().map(Vec::as_slice).collect();
        let Some(other) = Answer::new(&system, &names, &goal, &phases) else { continue };
        trials.verify(&other).map_err(|why| Trial::Fails(format!("with the rules in another order, {why}")))?;
        let same = proved_equal(&system, &facts, term, &other.derivation.result);
        case.count(if same { "other orders of rules, proved" } else { "other orders of rules, not proved" });
    }
    Ok(())
}

/// Judges claims about the layer with more statements; a refuted one is a failure.
fn hold(case: &mut Case, more: &str, claims: &[String], what: &str) -> Result<(), Trial> {
    let expected: String = claims.iter().map(|claim| format!("  expect {claim}\n")).collect();
    let head = if case.base == 0 { "index from 0\n" } else { "" };
    let body = file_in(&case.file, Alphabet::Ascii).replace("index from 0\n", "");
    let text = format!("{head}test \"t\" {{\n{body}\n{more}\n{expected}}}\n");
    let file = parse_file(&text).map_err(|why| Trial::Fails(format!("{}\n{text}", why[0])))?;
    for report in judge_tests(&file, &|_| None) {
        if !report.problems.is_empty() {
            return Err(report.problems.into());
        }
        for judged in report.claims {
            let judgement = judged?;
            match judgement.verdict {
                Verdict::Proved => case.count(&format!("{what}: proved")),
                Verdict::Undecided { .. } => case.count(&format!("{what}: agree, not proved")),
                Verdict::Refuted(found) => {
                    return Err(Trial::Fails(format!("{what}: {}: refuted {found}", judgement.claim)));
                }
            }
        }
    }
    Ok(())
}

/// `[ia, ib]`, with a letter for the array.
fn indices(system: &System, array: &Name, letter: &str) -> (Vec<String>, String) {
    let axes = system.bounds(array).map_or(0, |axes| axes.len());
    let names: Vec<String> = ["a", "b", "c", "d"].iter().take(axes).map(|k| format!("{letter}{letter}{k}")).collect();
    let brackets = if axes == 0 { String::new() } else { format!("[{}]", names.join(", ")) };
    (names, brackets)
}

fn summed(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!("sum[{}] ", names.join(", ")) }
}

/// ∂ℓ/∂x = Σ g·∂f/∂x over all outputs.
pub fn gradient_is_upstream_times_jacobian(case: &mut Case) -> Result<(), Trial> {
    let system = case.study()?.system;
    let names = Names::new(&system);
    let mut claims = Vec::new();
    for array in system.differentiable().take(4) {
        let (_, at) = indices(&system, &array.name, "j");
        let term = |output: &Name| {
            let (rows, brackets) = indices(&system, output, "i");
            let letters = names.upstream.iter().chain(&system.direct);
            let letter = letters.clone().find(|(name, _)| name == output).map(|(_, letter)| letter)?;
            Some(format!("({}{letter}{brackets}*d{output}{brackets}/d{}{at})", summed(&rows), array.name))
        };
        let terms: Option<Vec<String>> = system.outputs.iter().map(term).collect();
        let Some(terms) = terms else { continue };
        claims.push(format!("dl/d{}{at} = {}", array.name, terms.join(" + ")));
    }
    hold(case, "", &claims, "upstream times Jacobian")
}

/// ∂(2Σa − 3Σb)/∂x = 2Σ∂a/∂x − 3Σ∂b/∂x
pub fn derivative_is_linear(case: &mut Case) -> Result<(), Trial> {
    let system = case.study()?.system;
    let (Some(one), Some(other)) = (system.equations.first(), system.equations.last()) else { return Ok(()) };
    let whole = |array: &Name, of: &str, by: &str| {
        let (names, at) = indices(&system, array, "i");
        format!("({}{of}{array}{at}{by})", summed(&names))
    };
    let (a, b) = (&one.array, &other.array);
    let more = format!("R_1 = 2*{} - 3*{}\noutput R_1", whole(a, "", ""), whole(b, "", ""));
    let mut claims = Vec::new();
    for array in system.differentiable().take(3) {
        let (_, at) = indices(&system, &array.name, "j");
        let by = format!("/d{}{at}", array.name);
        claims.push(format!("dR_1{by} = 2*{} - 3*{}", whole(a, "d", &by), whole(b, "d", &by)));
    }
    hold(case, &more, &claims, "linear")
}

/// ∂²f/∂a∂b = ∂²f/∂b∂a
pub fn partials_commute(case: &mut Case) -> Result<(), Trial> {
    let mut study = case.study()?;
    let (system, arrays) =
        (study.system.clone(), study.system.differentiable().map(|a| a.name.clone()).collect::<Vec<_>>());
    let Some(of) = system.equations.last().map(|e| e.array.clone()) else { return Ok(()) };
    if arrays.is_empty() || !system.recurrences.is_empty() {
        return Ok(());
    }
    let (a, b) = (arrays[case.source.below(arrays.len())].clone(), arrays[case.source.below(arrays.len())].clone());
    let second = Target::Second(Box::new([(of.clone(), None), (a.clone(), None), (b.clone(), None)]));
    let goal = study.goal(&second, Span::default())?;
    let (answer, _) = study.answer(&goal)?;
    let axes = |array: &Name| system.bounds(array).map_or(0, |axes| axes.len());
    let all: Vec<_> = answer.indices.iter().map(|binder| Expr::name(binder.name.clone())).collect();
    if all.len() != axes(&of) + axes(&a) + axes(&b) {
        return Ok(());
    }
    let (rows, rest) = all.split_at(axes(&of));
    let (first, last) = rest.split_at(axes(&a));
    let some = |at: &[Expr]| (!at.is_empty()).then(|| at.to_vec());
    let other = Target::Second(Box::new([(of, some(rows)), (b, some(last)), (a, some(first))]));
    let claim = claim(other, ClaimValue::Formula(answer.formula.clone()));
    match Judge::new(&system)?.judge(&claim)?.verdict {
        Verdict::Proved => case.count("commute: proved"),
        Verdict::Undecided { .. } => case.count("commute: agree, not proved"),
        Verdict::Refuted(found) => return Err(Trial::Fails(format!("refuted {found}: {}", shown(&claim)))),
    }
    Ok(())
}

/// Every format of a layer, written from its text; what is refused is a text as well.
fn written(text: &str) -> Result<Vec<String>, Trial> {
    let file = parse_file(text)?;
    let base = file.base.unwrap_or(1);
    let study = || Ok::<_, Trial>(Study::new(&file.statements, base, &Sizes::default())?);
    let mut pages = Vec::new();
    let first = study()?;
    let goals: Vec<Goal> = first.goals(&[]).into_iter().take(2).collect();
    let said = |result: Result<String, NoAnswer>| match result {
        Ok(text) => Ok(text),
        Err(NoAnswer::Refused(why)) => Ok(why.to_string()),
        Err(why) => Err(Trial::from(why)),
    };
    let mut one = study()?;
    let goals = one.with_adjoints(&goals);
    let document = answers(&mut one, &goals, "", Level::All)?;
    let html = Format::Html(Engine::MathCore);
    for format in [Format::LatexFragment(229), Format::Latex, Format::Markdown, html, Format::Text] {
        pages.push(render(&document, format, false).map_err(|why| Trial::Fails(format!("{format:?}: {why}")))?);
    }
    pages.push(said(json::derivation(&mut study()?, &goals, "t", "").map(|document| json::text(&document)))?);
    pages.push(said(module((Dialect::Numpy, false), study()?.without_letters(), &[], &Default::default(), "t"))?);
    Ok(pages)
}

/// The same text gives the same bytes in every format, on any thread.
pub fn same_bytes(case: &mut Case) -> Result<(), Trial> {
    let text = file_in(&case.file, Alphabet::Ascii);
    let here = written(&text)?;
    let there = std::thread::scope(|scope| scope.spawn(|| written(&text)).join());
    match there {
        Ok(Ok(there)) if there == here => case.count("write-ups equal"),
        Ok(Ok(there)) => {
            let place = here.iter().zip(&there).position(|(a, b)| a != b);
            return Err(Trial::Fails(format!("format {place:?} differs from run to run")));
        }
        Ok(Err(why)) => return Err(why),
        Err(_) => return Err(Trial::Fails("it panics on another thread".into())),
    }
    Ok(())
}
