//! Equalities that are to be shown, and recurrences beside those of their gradients: `tests/proofs/*.bp` are
//! homeworks whose every answer is one of these.

use backprose::calculus::Place;
use backprose::calculus::identities::identities;
use backprose::evaluate::{DEFAULT_WORK, Instance};
use backprose::language::parse::{parse_expression, parse_file};
use backprose::language::print::{Alphabet, expression};
use backprose::language::syntax::{Homework, Item};
use backprose::model::formula::formula;
use backprose::model::{Quote, Sizes, elaborate};
use backprose::writeup::document::Document;
use backprose::writeup::mathml::Engine;
use backprose::writeup::outline::Level;
use backprose::writeup::render::{Format, render};
use backprose::writeup::sheet::{Sheet, sheet};
use std::collections::BTreeMap;

fn homeworks(text: &str) -> Vec<Homework> {
    let file = parse_file(text).unwrap_or_else(|problems| panic!("{problems:?}"));
    let homework = |item| if let Item::Homework(homework) = item { Some(homework) } else { None };
    file.items.into_iter().filter_map(homework).collect()
}

fn solved(text: &str) -> Sheet {
    let homework = homeworks(text).remove(0);
    sheet(&homework, 1, Level::Main).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn text(document: &Document) -> String {
    render(document, Format::Text, false).unwrap()
}

#[test]
fn every_equality_is_proved() {
    let sheet = solved(include_str!("proofs/equalities.bp"));
    let open: Vec<String> = sheet.unverified.iter().map(ToString::to_string).collect();
    assert!(open.is_empty(), "{open:#?}");
}

/// An answer in a question of its own.
fn question(statements: &str, equality: &str) -> String {
    format!("homework \"\" {{ problem 1 {{ question 1 {{\n{statements}\nanswer {equality}\n}} }} }}")
}

fn refusal(statements: &str, equality: &str) -> String {
    let homework = homeworks(&question(statements, equality)).remove(0);
    match sheet(&homework, 1, Level::Main) {
        Ok(sheet) => {
            let printed = text(&sheet.document);
            assert!(!printed.contains("Verified"), "{printed}");
            sheet.unverified.iter().map(ToString::to_string).collect()
        }
        Err(problems) => {
            problems.iter().map(|p| format!("{} ({})", p.message, p.hint.as_deref().unwrap_or(""))).collect()
        }
    }
}

#[test]
fn what_does_not_hold_is_refuted_at_the_smallest_place() {
    let softargmax = "size C; input z[C]\np[c] = softargmax[c](z[c])\nq[c] = softargmax[c](2*z[c])";
    let told = refusal(softargmax, "show q[c] = p[c]");
    assert!(told.starts_with("this does not hold: at C = 2, c = 1: the left side is 0."), "{told}");
    let told = refusal("size N; input x[N]; u[n] = x[n+1]", "show u[n] = x[n]");
    assert_eq!(told, "this does not hold: at N = 2, n = 1: the left side is x[2], the right side x[1] ()");
    let told = refusal("size N; input x[N]; y = sum[n] x[n]^2", "show dy/dx[n] = x[n]");
    assert!(told.starts_with("this does not hold: at N = 2, n = 1: the left side is "), "{told}");
    let told = refusal("x[3], g[3]; y[i] = 2*x[i]", "show sum[i] dl/dx[i] = sum[i] g[i]");
    assert!(told.starts_with("this does not hold: the left side is "), "{told}");
}

#[test]
fn what_agrees_and_is_not_proved_says_so() {
    let told = refusal("size N; input x[N]; u[n] = sin(x[n])", "show sin(2*x[n]) = 2*u[n]*cos(x[n])");
    let expected =
        "show sin(2 * x[n]) = 2 * u[n] * cos(x[n]) is not verified: not proved, though both sides agree at all ";
    assert!(told.starts_with(expected), "{told}");
}

#[test]
fn what_makes_no_sense_is_an_error_with_a_hint() {
    let layer = "size N; input x[N]; u[n] = x[n]^2";
    let cases = [
        ("show u[n] = v[n]", "there is no array `v`"),
        ("show u[n] = a*x[n]", "give the range behind the equality"),
        ("show u[n] = x[n]*x[n] for k in 1..N", "`k` is no free index of either side (leave the range out)"),
        ("show u[n] = x[n]*x[n] for x in 1..N", "`x` cannot name an index"),
        ("show u[n] = x[n+N]", "no value of `n` keeps every read inside its array"),
    ];
    for (equality, expected) in cases {
        let told = refusal(layer, equality);
        assert!(told.contains(expected), "{equality}: {told}");
    }
}

#[test]
fn identities_that_are_in_no_list_are_proved() {
    let cases = [
        ("size N; input x[N]", "show relu(x[n]) - relu(-x[n]) = x[n]"),
        ("size N; input x[N]", "show max(x[n], 0) = relu(x[n]), show abs(x[n]) = relu(x[n]) + relu(-x[n])"),
        ("input x, y", "show max(x, y) + min(x, y) = x + y, show max(x, y) = y + relu(x - y)"),
        ("input r; param delta > 0", "show min(max(r, -delta), delta) = max(min(r, delta), -delta)"),
        ("input r; param delta > 0", "show relu(r + delta) - relu(r - delta) - delta = min(max(r, -delta), delta)"),
        ("size N; input x[N]", "show tanh(x[n]/2) = 2*sigmoid(x[n]) - 1, show silu(x[n]) - silu(-x[n]) = x[n]"),
        ("size N; input x[N]", "show normcdf(-x[n]) = 1 - normcdf(x[n]), show log(sigmoid(x[n])) = -softplus(-x[n])"),
        (
            "size N; input x[N]\nv = var[n] x[n]; m = mean[n] x[n]",
            "show v = mean[n] x[n]^2 - m^2, show sum[k] dv/dx[k] = 0",
        ),
        (
            "size C; input z[C], y[C]; require sum[c] y[c] = 1\np[c] = softargmax[c](z[c]); L = -sum[c] y[c]*log(p[c])",
            "show dL/dz[j] = p[j] - y[j], show sum[j] dL/dz[j] = 0",
        ),
        (
            "size N, D, M; input x[N, D]; weight W[M, D]\ny[n,m] = sum[d] W[m,d]*x[n,d]",
            "show sum[m, d] dl/dW[m,d]*W[m,d] = sum[n, m] g[n,m]*y[n,m]",
        ),
        ("size N; input x[N]", "show d(prod[n] x[n])/dx[k] = prod[n : n != k] x[n]"),
        (
            "size N, M; input x[N, M]; y = sum[n, m] exp(x[n,m])/(N*M)",
            "show log(y) = log(sum[n, m] exp(x[n,m])) - log(N) - log(M)",
        ),
    ];
    for (statements, equality) in cases {
        let statements = if statements.contains('=') {
            statements.into()
        } else {
            format!("{statements}\nanchor = {}", anchor(statements))
        };
        let told = refusal_of(&statements, equality);
        assert_eq!(told, "", "{equality}");
    }
}

/// Something for a question to compute.
fn anchor(statements: &str) -> &'static str {
    match statements {
        s if s.contains("x[N]") => "sum[n] x[n]",
        s if s.contains("input r") => "r*delta",
        _ => "x*y",
    }
}

fn refusal_of(statements: &str, equality: &str) -> String {
    let homework = homeworks(&question(statements, equality)).remove(0);
    match sheet(&homework, 1, Level::Main) {
        Ok(sheet) => sheet.unverified.iter().map(ToString::to_string).collect(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

/// Both sides at several random points, and whether they agree there.
fn agree(left: &str, right: &str, positive: bool) -> bool {
    let given = if positive { "param u > 0\ninput v" } else { "input u, v" };
    let text = format!("{given}\nleft = {left} + 0*u*v\nright = {right} + 0*u*v");
    let system = elaborate(&parse_file(&text).unwrap().statements, 1, &Sizes::default()).unwrap();
    (1..=8).all(|seed| {
        let instance = Instance::new(&system.program, &BTreeMap::new(), seed, DEFAULT_WORK).unwrap();
        let value = |name: &str| instance.entry(name, &[]).unwrap().real;
        (value("left") - value("right")).abs() < 1e-7 * value("left").abs().max(1.0)
    })
}

#[test]
fn every_identity_of_the_table_holds() {
    for identity in identities() {
        let (left, right) = identity.formula;
        assert!(agree(left, right, identity.holds.is_some()), "{left} = {right}");
    }
    let wrong = [
        ("exp(u + v)", "exp(u) + exp(v)"),
        ("sigmoid(-u)", "-sigmoid(u)"),
        ("tanh(u)", "(exp(u) - 1)/(exp(u) + 1)"),
        ("cos(-u)", "-cos(u)"),
        ("softplus(-u)", "softplus(u) + u"),
    ];
    wrong.iter().for_each(|(left, right)| assert!(!agree(left, right, false), "{left} = {right}"));
    assert!(!agree("sqrt(u^2*v^2)", "-u*v", true));
}

#[test]
fn what_an_identity_makes_of_its_left_side_has_the_same_value() {
    let system = elaborate(&parse_file("input u, v; y = u*v").unwrap().statements, 1, &Sizes::default()).unwrap();
    let facts = system.facts();
    let place = Place { system: &system, facts: &facts, taken: &Default::default(), whole: true };
    let mut applied = 0;
    for identity in identities().filter(|identity| identity.holds.is_none()) {
        let (left, _) = identity.formula;
        let term = formula(&system, &parse_expression(left).unwrap(), &[]).unwrap();
        let Some(after) = (identity.apply)(&term, &place) else { continue };
        applied += 1;
        let printed = expression(&Quote::plain().formula(&after), Alphabet::Ascii);
        assert!(agree(left, &printed, false), "{left} became {printed}");
    }
    assert!(applied >= 12, "{applied}");
}

const RECURRENCES: &str = include_str!("proofs/recurrences.bp");

#[test]
fn a_recurrence_is_set_beside_that_of_its_gradients() {
    let sheet = solved(RECURRENCES);
    let told = text(&sheet.document);
    let words: Vec<&str> = told.split_whitespace().collect();
    let said = words.join(" ");
    for expected in [
        "multiplies by the transpose of U, with as many products a step",
        "order t = 1, …, T t = T, …, 0",
        "begins with h[0,i] = 0 ∂ℓ/∂h[T,i] = g[T,i]",
        "in its own values they stand inside tanh it is linear",
        "begins with s[0] = 0 and s[1] = x[1] ∂ℓ/∂s[T] = g[T]",
        "in its own values it is linear it is linear",
        "order t = T, …, 1 t = 1, …, T + 1",
        "multiplies by the transposes of D, G and P",
    ] {
        assert!(said.contains(expected), "{expected}\n{told}");
    }
}

#[test]
fn what_has_no_single_direction_is_refused() {
    let cases = [
        (
            "size N; input x[N]; y[n] = x[n]^2",
            "there is no recurrence in this question: nothing runs forward or backward",
        ),
        (
            "size N, M; input x[N, M]; h[0..N, 0..M]; h[0, j] = 0; h[i in 1..N, 0] = 0\n\
             h[i in 1..N, j in 1..M] = x[i,j] + h[i-1,j]*h[i,j-1]",
            "this recurrence steps on more than one axis",
        ),
    ];
    for (statements, expected) in cases {
        let told = refusal(statements, "compare backward with forward");
        assert!(told.starts_with(expected), "{told}");
    }
}

#[test]
fn arrays_that_are_called_so_are_compared_as_arrays() {
    let statements = "size N; input x[N]; forward[n] = 2*x[n]; backward[n] = 3*x[n]";
    let sheet = solved(&question(statements, "compare backward with forward"));
    assert!(text(&sheet.document).contains("backward[n]"));
}

#[test]
fn proofs_are_written_in_every_format() {
    let statements = "size C; input z[C]; param a\np[c] = softargmax[c](z[c]); q[c] = softargmax[c](z[c] + a)";
    let sheet = solved(&question(statements, "show q[c] = p[c]"));
    let written = |format| render(&sheet.document, format, false).unwrap();
    assert!(written(Format::Latex).contains("cancelled"));
    assert!(written(Format::Markdown).contains("definition of"));
    assert!(written(Format::Html(Engine::MathCore)).contains("<math"));
}
