//! Values at points and limits: worked by hand, and wrong ones that must not pass.

use backprose::answer::Names;
use backprose::derivation::Goal;
use backprose::language::parse::{parse_expression, parse_file};
use backprose::language::print::{Alphabet, expression};
use backprose::language::syntax::{Binder, Expr, Item, Name};
use backprose::model::{Sizes, elaborate};
use backprose::verify::point::{Approach, Claim, Pin, PinValues, verify_limit, verify_value};
use backprose::writeup::json;
use backprose::writeup::outline::Level;
use backprose::writeup::sheet::sheet;
use serde_json::Value;

/// The answers to a question, as JSON.
fn answers(system: &str, asked: &str) -> Vec<Value> {
    try_answers(system, asked).unwrap_or_else(|problem| panic!("{asked}: {problem}"))
}

fn try_answers(system: &str, asked: &str) -> Result<Vec<Value>, String> {
    let text = format!("homework \"\" {{ problem 1 {{ question 1 {{ {system}; {asked} }} }} }}");
    let file = parse_file(&text).map_err(|problems| problems[0].to_string())?;
    let Item::Homework(homework) = &file.items[0] else { unreachable!() };
    let sheet = sheet(homework, 1, Level::Main).map_err(|problems| problems[0].to_string())?;
    if let Some(unverified) = sheet.unverified.first() {
        return Err(unverified.to_string());
    }
    let data: Value = serde_json::from_str(&json::text(&sheet.data)).unwrap();
    Ok(data["problems"][0]["questions"][0]["answers"].as_array().unwrap().clone())
}

/// The exact values of the only answer.
fn values(system: &str, asked: &str) -> Vec<String> {
    let found = answers(system, &format!("answer value {asked}"));
    let entries = found[0]["entries"].as_array().unwrap();
    entries.iter().map(|entry| entry["exact"].as_str().unwrap_or("none").to_string()).collect()
}

fn limit(system: &str, asked: &str) -> String {
    answers(system, &format!("answer limit {asked}"))[0]["value"].as_str().unwrap().replace(' ', "")
}

fn refusal(system: &str, asked: &str) -> String {
    try_answers(system, &format!("answer {asked}")).unwrap_err()
}

const SOFTARGMAX: &str = "size C; param beta; input z[C], y[C]; require sum[c] y[c] = 1; \
                          p[c] = softargmax[c](z[c]); loss = -sum[c] y[c]*log(p[c])";
const GATE: &str = "size n, m; input x[n], h[m]; weight W_c[m, n], W_h[m, m], W_x[m, n]; \
                    c = sigmoid(W_c @ x + W_h @ h); f = c*h + (1 - c)*(W_x @ x); output f";
const RECURRENT: &str = "size n, m, T; input x[T, n]; weight W[m, n], U[m, m]; h[0] = 0; \
                         h[t in 1..T] = W @ x[t] + U @ h[t-1]; output h";

#[test]
fn equal_logits_give_the_logarithm_of_the_number_of_classes() {
    assert_eq!(values(SOFTARGMAX, "p at z = 0"), ["1/C"]);
    assert_eq!(values(SOFTARGMAX, "loss at z = 0"), ["log(C)"]);
    assert_eq!(values(SOFTARGMAX, "loss where C = 10 at z = 0"), ["log(10)"]);
    assert_eq!(values(SOFTARGMAX, "p at z = 1/C"), ["1/C"]);
}

#[test]
fn the_exploding_gate() {
    let at = "where n = 1, m = 1 at W_x = 1, W_h = 20, W_c = 20/3";
    assert_eq!(values(GATE, &format!("df/dh {at}, x = -3*1/3, h = 1/3")), ["43/6"]);
    assert_eq!(values(GATE, &format!("df/dh {at}, x = 1, h = -1/3")), ["-37/6"]);
    assert_eq!(values(GATE, &format!("c {at}, x = -1, h = 1/3")), ["1/2"]);
}

#[test]
fn functions_with_exact_values() {
    let one = |formula: &str, at: &str| values(&format!("input x; y = {formula}"), &format!("y at x = {at}"));
    for (formula, at, expected) in [
        ("sigmoid(x)", "0", "1/2"),
        ("exp(x) + tanh(x) + sin(x) + cos(x)", "0", "2"),
        ("log(x)", "1", "0"),
        ("log(x)", "1/7", "-log(7)"),
        ("sqrt(x)", "4/9", "2/3"),
        ("exp(3*log(x))", "2", "8"),
        ("sigmoid(log(x))", "3", "3/4"),
        ("relu(x) + abs(x)", "-3/2", "3/2"),
        ("[x > 1] + [x <= 1]*x", "1", "1"),
        ("softplus(x)", "0", "log(2)"),
        ("x^2 - 1/x", "-2", "9/2"),
        ("max(x, 3) + min(x, 3)", "5", "8"),
    ] {
        assert_eq!(one(formula, at), [expected], "{formula}");
    }
    let found = answers("input x; y = exp(x)", "answer value y at x = 1");
    assert_eq!(found[0]["entries"][0]["decimal"], "2.71828");
}

#[test]
fn arrays_entry_by_entry() {
    assert_eq!(values("input x[3]; y = sum[i] i*x[i]", "y at x = [1, 2, 3]"), ["14"]);
    assert_eq!(values("input x[3]; y = sum[i] i*x[i]", "y at x[1] = 1, x[2] = 2, x[3] = 3"), ["14"]);
    assert_eq!(values("input A[2,2], x[2]; y = A @ x", "y at A = [[1, 2], [3, 4]], x = [1, -1]"), ["-1", "-1"]);
    assert_eq!(
        values("input x[3]; y[i] = x[i]^2", "dy/dx at x = [1, 2, 3]"),
        ["2", "0", "0", "0", "4", "0", "0", "0", "6"]
    );
    assert_eq!(values("input x[3]; y[i] = x[i]^2", "dl/dx at x = [1, 2, 3], dl/dy = 1"), ["2", "4", "6"]);
    assert_eq!(values("input x[3]; y[i] = x[i]^2", "y[2] at x = [1, 2, 3]"), ["4"]);
    assert_eq!(values("input x[3]; m = max[i] x[i]; a = argmax[i] x[i]", "m at x = [1, 5, 2]"), ["5"]);
}

#[test]
fn recurrences_step_by_step_and_at_one_step() {
    let at = "where n = 1, m = 1, T = 3 at W = 1, U = 1/2, x = [[1], [2], [3]]";
    assert_eq!(values(RECURRENT, &format!("h {at}")), ["0", "1", "5/2", "17/4"]);
    assert_eq!(values(RECURRENT, &format!("h[3] {at}")), ["17/4"]);
    let step = "where n = 1, m = 1 at W = 2, U = 3, x[t] = 5, h[t-1] = 7";
    assert_eq!(values(RECURRENT, &format!("h[t] {step}")).len(), 1);
    assert_eq!(values(RECURRENT, &format!("dl/dx {at}, g = 1")), ["7/4", "3/2", "1"]);
}

#[test]
fn what_is_missing_is_said() {
    let told = refusal(SOFTARGMAX, "value dl/dz at z = 0, dl/dloss = 1");
    assert!(told.contains("`y[") && told.contains("not given"), "{told}");
    let told = refusal(SOFTARGMAX, "value dl/dz where C = 2 at z = 0, y = [1, 0]");
    assert!(told.contains("`dl/dloss` is read"), "{told}");
    let told = refusal("input x, w; y = tanh(x*w); v = y^2", "value v at x = 1");
    assert!(told.contains("`w` is read in the formula of `y` and not given"), "{told}");
    let told = refusal("input x; y = 1/x", "value y at x = 0");
    assert!(told.contains("division by zero"), "{told}");
    let told = refusal("input x; y = log(x)", "value y at x = 0");
    assert!(told.contains("the logarithm of 0"), "{told}");
    let told = refusal("input x[3]; y[i] = x[i]", "value y at x = [1, 2]");
    assert!(told.contains("length 3 and is given 2 values"), "{told}");
    let told = refusal("input x[3]; y[i] = x[i]", "value y at u = 1");
    assert!(told.contains("there is no array `u`"), "{told}");
    let told = refusal("input x[100]; y[i] = i*x[i]", "value y at x = 1");
    assert!(told.contains("100 entries"), "{told}");
    let told = refusal(SOFTARGMAX, "value p at z = [1, 2]");
    assert!(told.contains("no number"), "{told}");
    let told = refusal(SOFTARGMAX, "value loss at z = 0, y = 2");
    assert!(!told.is_empty(), "the requirement is broken");
}

#[test]
fn limits_of_softargmax_and_of_functions() {
    let system = "size C; param beta; input z[C], x; p[c] = softargmax[c](beta*z[c]); s = sigmoid(beta*x); \
                  t = tanh(beta*x); u = softplus(beta*x)/beta; m = logsumexp[c](beta*z[c])/beta; v = tanh(beta*x)/beta";
    let most = "[z[c]=max[c'in1..C]z[c']]/sum[c'in1..C][z[c']=max[c''in1..C]z[c'']]";
    assert_eq!(limit(system, "p as beta -> infinity"), most);
    assert_eq!(limit(system, "p as beta -> -infinity"), most.replace("max", "min"));
    assert_eq!(limit(system, "p as beta -> 0"), "1/C");
    assert_eq!(limit(system, "s as beta -> infinity"), "[x>0]+1/2*[x=0]");
    assert_eq!(limit(system, "t as beta -> infinity"), "[x>0]-[x<0]");
    assert_eq!(limit(system, "u as beta -> infinity"), "relu(x)");
    assert_eq!(limit(system, "m as beta -> infinity"), "max[cin1..C]z[c]");
    assert_eq!(limit(system, "m as beta -> -infinity"), "min[cin1..C]z[c]");
    assert_eq!(limit(system, "t as beta -> 1/2"), "tanh(1/2*x)");
    assert_eq!(limit(system, "v as beta -> 0"), "x");
    assert_eq!(limit(system, "ds/dx as beta -> 0"), "0");
}

#[test]
fn limits_of_quotients() {
    let system = "param t; input a, b, c, d; q = (t*a + b)/(t*c + d); r = (t^2*a + b)/(t^3 + 1); \
                  s = (exp(2*t) + t)/(3*exp(2*t) + exp(t)); w = exp(-t)*t^3; e = (exp(t*a) + exp(t*b))/exp(t*max(a, b))";
    assert_eq!(limit(system, "q as t -> infinity"), "a/c");
    assert_eq!(limit(system, "q as t -> 0"), "b/d");
    assert_eq!(limit(system, "r as t -> infinity"), "0");
    assert_eq!(limit(system, "s as t -> infinity"), "1/3");
    assert_eq!(limit(system, "w as t -> infinity"), "0");
    assert!(limit(system, "e as t -> infinity").contains("max(a,b)"));
}

#[test]
fn limits_that_are_not_decided_are_refused() {
    let system = "param t; param k > 0; input a, x[3]; y = exp(t*a); s = sin(t); g = t^2; j = step(t)*k; i[n] = x[n]*k";
    for asked in ["y as t -> infinity", "s as t -> infinity", "g as t -> infinity", "j as t -> 0"] {
        let told = refusal(system, &format!("limit {asked}"));
        assert!(told.contains("is not decided by the rules"), "{asked}: {told}");
    }
    assert!(refusal(system, "limit g as q -> 0").contains("no param `q`"));
    assert!(refusal(system, "limit i as x -> 0").contains("no single number"));
    assert!(refusal(system, "limit i as k -> -infinity").contains("bounded on that side"));
}

fn named(text: &str) -> Expr {
    parse_expression(text).unwrap()
}

/// Whether a claimed value, or a limit, of the array `y` passes.
fn passes(system: &str, formula: &str, pins: &[(&str, &str)], limit: Option<(&str, Approach)>) -> Result<(), String> {
    let file = parse_file(system).unwrap();
    let system = elaborate(&file.statements, 1, &Sizes::default()).unwrap();
    let names = Names::new(&system);
    let indices = system.equation("y").unwrap().indices.clone();
    let quote = names.quote(&system, &indices);
    let free: Vec<Binder> = indices.iter().map(|b| quote.binder(b)).collect();
    let goal = Goal::Value { output: "y".into() };
    let at = free.iter().map(|b| Expr::name(b.name.clone())).collect();
    let claim = Claim {
        name: "y".into(),
        goal: &goal,
        steps: None,
        output_axes: free.len(),
        free,
        at,
        formula: named(formula),
    };
    let pins: Vec<Pin> = pins
        .iter()
        .map(|(name, value)| Pin {
            name: Name::from(*name),
            upstream: false,
            at: Vec::new(),
            values: PinValues::One(named(value)),
        })
        .collect();
    let found = match limit {
        None => verify_value(&system, &names, &claim, &pins).map(|_| ()),
        Some((param, approach)) => {
            let zero = named("0");
            let to = (approach == Approach::Number).then_some(&zero);
            verify_limit(&system, &names, &claim, (&param.into(), approach, to)).map(|_| ())
        }
    };
    found.map_err(|unverified| unverified.to_string())
}

#[test]
fn a_wrong_value_does_not_pass() {
    let system = "size C; input z[C]; y[c] = softargmax[c](z[c])";
    passes(system, "1/C", &[("z", "0")], None).unwrap();
    for wrong in ["1/(C+1)", "1/2", "1/C + 1/1000", "[c = 1]"] {
        let told = passes(system, wrong, &[("z", "0")], None).unwrap_err();
        assert!(told.contains("the equations give"), "{wrong}: {told}");
    }
    passes(system, "1/C", &[], None).unwrap_err();
    let pinned = "input x; c = x^2; y = c + x";
    passes(pinned, "7", &[("x", "2"), ("c", "5")], None).unwrap();
    passes(pinned, "6", &[("x", "2"), ("c", "5")], None).unwrap_err();
}

#[test]
fn a_wrong_limit_does_not_pass() {
    let up = Some(("b", Approach::Infinity(1.0)));
    let system = "size C; param b; input z[C]; y[c] = softargmax[c](b*z[c])";
    let right = "[z[c] = max[k in 1..C] z[k]]/(sum[n in 1..C] [z[n] = max[k in 1..C] z[k]])";
    passes(system, right, &[], up).unwrap();
    for wrong in ["1/C", "0", "[z[c] = max[k in 1..C] z[k]]", "[z[c] = min[k in 1..C] z[k]]"] {
        passes(system, wrong, &[], up).expect_err(wrong);
    }
    let quotient = "param b; input a, c; y = (a*b + 1)/(c*b + 2)";
    passes(quotient, "a/c", &[], up).unwrap();
    passes(quotient, "a/c + 1/100", &[], up).unwrap_err();
    passes(quotient, "1/2", &[], Some(("b", Approach::Number))).unwrap();
    passes(quotient, "a/c", &[], Some(("b", Approach::Number))).unwrap_err();
    let gate = "param b; input x; y = sigmoid(b*x)";
    passes(gate, "[x > 0] + [x = 0]/2", &[], up).unwrap();
    passes(gate, "[x > 0]", &[], up).unwrap_err();
}

#[test]
fn what_is_asked_is_printed_as_it_is_read() {
    for text in
        ["value df/dh[1] where n = 1 at x = [[1, 2], [3, 4]], h[t-1] = -1/3, dl/df = 1", "limit p as beta -> -infinity"]
    {
        let whole = format!("homework \"\" {{ problem 1 {{ question 1 {{ answer {text} }} }} }}");
        let file = parse_file(&whole).unwrap();
        let Item::Homework(homework) = &file.items[0] else { unreachable!() };
        let answer = &homework.problems[0].questions[0].answers[0];
        assert_eq!(backprose::language::print::answer(answer, Alphabet::Ascii), text);
    }
    assert_eq!(expression(&named("1/3"), Alphabet::Ascii), "1/3");
}
