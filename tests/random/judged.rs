//! The judge, on right formulas written in other ways, and on wrong ones.

use crate::case::{Case, Trial};
use crate::latex::Style;
use crate::mutate::{SLIPS, slip};
use crate::rewrite::{REWRITINGS, somewhere};
use crate::theorems::some_goals;
use backprose::answer::{Answer, Names};
use backprose::answers::{Detail, Grader, Mapping, Unjudged};
use backprose::calculus::Printing;
use backprose::derivation::Goal;
use backprose::diagnostic::Span;
use backprose::evaluate::{EvalError, Instance, Scalar, Sizes as Numbers, integer};
use backprose::judge::{Judge, Verdict};
use backprose::language::parse::parse_matrix;
use backprose::language::print::{Alphabet, claim as print_claim};
use backprose::language::syntax::{
    self, AnswerKind, Claim, ClaimValue, Expr, Homework, Layout, Name, Problem, Question, Target,
};
use backprose::model::{Quote, System};
use backprose::study::NoAnswer;
use backprose::verify::assignments;
use backprose::writeup::document::Piece;
use backprose::writeup::unicode;

const WORK: u64 = 20_000_000;
const SIZES: usize = 5;
const PLACES: usize = 2_000;
/// How often a rewriting is tried on an answer.
const TIMES: usize = 4;
/// At so many points a formula that is refuted may differ from the right one.
const POINTS: usize = 200;

/// The target of a goal with the indices of its answer.
pub fn target(answer: &Answer, goal: &Goal) -> Option<Target> {
    let names: Vec<Expr> = answer.indices.iter().map(|b| Expr::name(b.name.clone())).collect();
    let (rows, columns) = names.split_at(answer.derivation.output_axes);
    let some = |at: &[Expr]| (!at.is_empty()).then(|| at.to_vec());
    Some(match goal {
        Goal::Value { output } => Target::Value(output.clone(), some(rows)),
        Goal::Jacobian { output, array } => {
            Target::Jacobian((output.clone(), some(rows)), (array.clone(), some(columns)))
        }
        Goal::Gradient { array } => Target::Gradient(array.clone(), some(columns)),
        Goal::Step { .. } => return None,
    })
}

pub fn claim(target: Target, value: ClaimValue) -> Claim {
    Claim { expected: true, target, value, because: None, span: Span::default() }
}

pub fn shown(claim: &Claim) -> String {
    print_claim(claim, Alphabet::Ascii)
}

/// The values of a formula at small sizes and all its indices, run by the evaluator alone; what has no
/// value is an error at its place.
pub fn values(
    system: &System,
    names: &Names,
    answer: &Answer,
    formula: &Expr,
    sizes: &[Numbers],
) -> Result<Vec<Result<Scalar, EvalError>>, EvalError> {
    let free: Vec<Name> = answer.indices.iter().map(|b| b.name.clone()).collect();
    let mut found = Vec::new();
    for (k, sizes) in sizes.iter().enumerate() {
        let mut all = sizes.clone();
        for (name, length) in &names.lengths {
            all.insert(name.clone(), integer(&Quote::plain().index(length), sizes)? as i64);
        }
        let mut instance = Instance::new(&system.program, &all, 4_711 + k as u64, WORK)?;
        for (output, letter) in names.upstream.iter().chain(&system.direct) {
            instance.alias_upstream(letter.clone(), output)?;
        }
        let compiled = instance.compile(formula, &free)?;
        let mut places: Vec<Vec<i64>> = vec![Vec::new()];
        for binder in &answer.indices {
            let (lo, hi) = binder.range.as_ref().ok_or_else(|| EvalError::NoRange(binder.name.clone()))?;
            let (lo, hi) = (integer(lo, &all)? as i64, integer(hi, &all)? as i64);
            places = places.iter().flat_map(|at| (lo..=hi).map(move |n| [at.as_slice(), &[n]].concat())).collect();
            places.truncate(PLACES);
        }
        found.extend(places.iter().map(|at| instance.evaluate(&compiled, at)));
    }
    Ok(found)
}

/// Whether two lists of values are the same: none where that cannot be said.
fn same(a: &[Result<Scalar, EvalError>], b: &[Result<Scalar, EvalError>]) -> Option<bool> {
    let mut all = true;
    for (a, b) in a.iter().zip(b) {
        match (a, b) {
            (Ok(a), Ok(b)) if a == b => {}
            (Ok(a), Ok(b)) => {
                let near = (a.real - b.real).abs() <= 1e-6 * (1.0 + a.real.abs().max(b.real.abs()));
                if near || a.real.is_nan() || b.real.is_nan() {
                    return None;
                }
                all = false;
            }
            (Ok(_), Err(EvalError::OutOfRange { .. })) => all = false,
            _ => return None,
        }
    }
    Some(all)
}

/// Right formulas in another form: never refuted, and proved.
pub fn rewritings(case: &mut Case) -> Result<(), Trial> {
    let mut study = case.study()?;
    let goals = some_goals(case, &study, 2);
    let mut claims: Vec<(String, Claim)> = Vec::new();
    for goal in goals {
        let (answer, _) = study.answer(&goal)?;
        let Some(target) = target(&answer, &goal) else { continue };
        for (kind, rewriting) in REWRITINGS {
            if let Some(other) = somewhere(&answer.formula, *rewriting, &mut case.source) {
                claims.push((kind.to_string(), claim(target.clone(), ClaimValue::Formula(other))));
            }
        }
        let mut many = answer.formula.clone();
        for _ in 0..TIMES {
            let (_, rewriting) = REWRITINGS[case.source.below(REWRITINGS.len())];
            many = somewhere(&many, rewriting, &mut case.source).unwrap_or(many);
        }
        claims.push(("several at once".into(), claim(target.clone(), ClaimValue::Formula(many))));
        for (printing, kind) in
            [(Printing::Limits, "limits for conditions"), (Printing::Cases, "interior and boundary")]
        {
            let mut other = case.study()?.printed(printing);
            match other.answer(&goal) {
                Ok((other, _)) if other.formula != answer.formula => {
                    claims.push((kind.into(), claim(target.clone(), ClaimValue::Formula(other.formula))));
                }
                Ok(_) | Err(NoAnswer::Refused(_)) => {}
                Err(why) => return Err(why.into()),
            }
        }
        if let Ok(form) = study.matrix(&answer, Layout::Shape) {
            let printed = unicode(&vec![Piece::Matrix(form.matrix)], &[]);
            let read = parse_matrix(&printed).map_err(|why| Trial::Fails(format!("{printed}: {}", why[0])))?;
            claims.push(("matrix form".into(), claim(target.bare(), ClaimValue::Matrix(read, Some(Layout::Shape)))));
        }
    }
    let system = study.system.clone();
    let mut judge = Judge::new(&system)?;
    for (kind, claim) in claims {
        let judgement = judge
            .judge(&claim)
            .map_err(|problems| Trial::Fails(format!("{kind}: refused: {}: {}", problems[0], shown(&claim))))?;
        match judgement.verdict {
            Verdict::Proved => case.count(&format!("proved: {kind}")),
            Verdict::Undecided { .. } => {
                if std::env::var_os("UNDECIDED").is_some() {
                    return Err(Trial::Fails(format!("{kind}: undecided: {}", shown(&claim))));
                }
                case.count(&format!("undecided: {kind}"));
            }
            Verdict::Refuted(found) => {
                return Err(Trial::Fails(format!("{kind}: refuted {found}: {}", shown(&claim))));
            }
        }
    }
    Ok(())
}

/// A homework that asks for some answers of a layer.
fn homework(case: &Case, targets: &[Target]) -> Homework {
    let answer =
        |target: &Target| syntax::Answer { kind: AnswerKind::Derive(target.bare(), Vec::new()), span: Span::default() };
    let question = Question {
        label: "1".into(),
        text: String::new(),
        statements: case.file.statements.clone(),
        answers: targets.iter().map(answer).collect(),
        parts: Vec::new(),
        layout: None,
        span: Span::default(),
    };
    let problem = Problem { label: "1".into(), title: String::new(), questions: vec![question], layout: None };
    Homework { problems: vec![problem], ..Homework::default() }
}

/// Right formulas in LaTeX, in every style and rewritten: never refuted, and read.
pub fn in_latex(case: &mut Case) -> Result<(), Trial> {
    let mut study = case.study()?;
    let (mut targets, mut formulas) = (Vec::new(), Vec::new());
    for goal in some_goals(case, &study, 2) {
        let (answer, _) = study.answer(&goal)?;
        let Some(target) = target(&answer, &goal) else { continue };
        targets.push(target.clone());
        for _ in 0..TIMES {
            let (_, rewriting) = REWRITINGS[case.source.below(REWRITINGS.len())];
            let other = somewhere(&answer.formula, rewriting, &mut case.source);
            let style = Style::new(&mut case.source);
            match style.equation(&target, other.as_ref().unwrap_or(&answer.formula)) {
                Some(formula) => formulas.push(formula),
                None => case.count("formulas without a sign in LaTeX"),
            }
        }
    }
    let shown: Vec<String> = formulas.iter().map(|formula| format!("$$\n{formula}\n$$\n\n")).collect();
    let text = format!("# Problem 1\n\n1. Answers\n\n{}", shown.concat());
    let (homework, mapping) = (homework(case, &targets), Mapping::default());
    let grader = Grader::new(&homework, case.base, &mapping, Detail::Full);
    let marked = grader.and_then(|mut grader| grader.judge(&text)).map_err(|why| match why {
        Unjudged::Homework(problems)
        | Unjudged::Mapping(problems)
        | Unjudged::Places(problems)
        | Unjudged::Document(problems) => Trial::from(problems),
    })?;
    for entry in marked.entries {
        match entry.verdict() {
            "refuted" => {
                let why = entry.reasons(true).join("; ");
                return Err(Trial::Fails(format!("refuted in LaTeX: {}: {why}", entry.formula)));
            }
            "unreadable" => {
                let why = entry.reasons(true).join("; ");
                return Err(Trial::Fails(format!("unreadable in LaTeX: {}: {why}", entry.formula)));
            }
            verdict => case.count(&format!("in LaTeX {verdict}")),
        }
    }
    Ok(())
}

/// Formulas with a slip that changes a value: always refuted. One that changes none is never refuted.
pub fn slips(case: &mut Case) -> Result<(), Trial> {
    let mut study = case.study()?;
    let system = study.system.clone();
    let names = Names::new(&system);
    let sizes = assignments(&system, SIZES);
    let goals = some_goals(case, &study, 2);
    let mut judge = Judge::new(&system)?;
    for goal in goals {
        let (answer, _) = study.answer(&goal)?;
        let Some(target) = target(&answer, &goal) else { continue };
        let Ok(right) = values(&system, &names, &answer, &answer.formula, &sizes) else { continue };
        for (kind, made) in SLIPS {
            let Some(wrong) = slip(&answer.formula, *made, &mut case.source) else { continue };
            let Ok(found) = values(&system, &names, &answer, &wrong, &sizes) else { continue };
            let Some(same_value) = same(&right, &found) else { continue };
            let claim = claim(target.clone(), ClaimValue::Formula(wrong.clone()));
            let verdict = match judge.judge(&claim) {
                Ok(judgement) => judgement.verdict,
                Err(problems) if problems.iter().any(|p| p.to_string().contains("may")) => continue,
                Err(_) => {
                    case.count("slips that are refused");
                    continue;
                }
            };
            match (same_value, verdict) {
                (false, Verdict::Refuted(_)) => case.count(&format!("refuted: {kind}")),
                (false, other) => {
                    return Err(Trial::Fails(format!("{kind}: a wrong formula is {other:?}: {}", shown(&claim))));
                }
                (true, Verdict::Refuted(counter)) if counter.unfit => {
                    case.count("slips that read outside an array where a bracket happens to be false");
                }
                (true, Verdict::Refuted(counter)) => {
                    let mut at = sizes.first().cloned().unwrap_or_default();
                    at.extend(counter.sizes.iter().cloned());
                    let at = vec![at; POINTS];
                    let here = values(&system, &names, &answer, &answer.formula, &at)
                        .and_then(|right| Ok((right, values(&system, &names, &answer, &wrong, &at)?)));
                    if here.is_ok_and(|(right, found)| same(&right, &found) == Some(true)) {
                        return Err(Trial::Fails(format!("{kind}: refuted {counter}, and equal: {}", shown(&claim))));
                    }
                    case.count("slips that show at other sizes");
                }
                (true, Verdict::Proved) => case.count("slips without effect, proved"),
                (true, Verdict::Undecided { .. }) => case.count("slips without effect, undecided"),
            }
        }
    }
    Ok(())
}
