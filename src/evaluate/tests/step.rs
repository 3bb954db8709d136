//! Derivatives of one step of a recurrence, and backpropagation through time written as formulas.

use super::recurrent::gated;
use super::*;
use crate::evaluate::check::{Checked, Failure, StepJacobian, check_gradient, check_jacobian, check_step};
use crate::evaluate::{EvalError, Scalar, Steps};
use std::collections::{BTreeMap, BTreeSet};

fn axes(named: &str) -> BTreeMap<Name, BTreeSet<usize>> {
    named
        .split_whitespace()
        .map(|word| word.split_once(':').unwrap())
        .map(|(name, axis)| (name.into(), BTreeSet::from([axis.parse().unwrap()])))
        .collect()
}

/// `h[t,i]` for `h[t-1,j]`: the output with its free indices, the array with its step and others.
fn checked(
    instance: &Instance,
    named: &str,
    claim: (&str, &str, &str, &str),
    formula: &str,
) -> Result<Checked, Failure> {
    let (output, free, array, step) = claim;
    let (array, others) = array.split_once(' ').unwrap_or((array, ""));
    let named = axes(named);
    let step = instance.compile_integer(&text(step), &names(free))?;
    let axis = *named[array].first().unwrap();
    let mut columns = names(others);
    columns.insert(axis.min(columns.len()), "the step".into());
    let at: Vec<_> = (0..columns.len()).map(|k| (k == axis).then(|| step.clone())).collect();
    let formula = instance.compile(&text(formula), &[names(free), columns].concat())?;
    let steps = Steps::new(instance, &named)?;
    check_step(&steps, StepJacobian { output, rows: None, array, at: &at }, &formula, usize::MAX)
}

fn mismatch(found: Result<Checked, Failure>) -> Vec<i64> {
    match found {
        Err(Failure::Mismatch(mismatch)) => mismatch.at,
        other => panic!("{other:?}"),
    }
}

const RATIO: &str = "z[t,j]*(1-z[t,j])*W[j,i]";

/// `dh[t,j]/dh[before,i]` of the gated recurrence, by hand.
fn gate_by_gate(before: &str) -> String {
    let kept = format!("[i = j]*z[t,j] + h[{before},j]*{RATIO} - tanh(r[t,j])*{RATIO}");
    let through_z = format!("sum[k in 1..K] U[j,k]*h[{before},k]*z[t,k]*(1-z[t,k])*W[k,i]");
    format!("{kept} + (1-z[t,j])*(1-tanh(r[t,j])^2)*(U[j,i]*z[t,i] + {through_z})")
}

#[test]
fn a_step_of_a_gated_recurrence_equals_the_formula_found_by_hand() {
    for (backward, before, twice) in [(false, "t-1", "t-2"), (true, "t+1", "t+2")] {
        let program = gated(backward);
        let instance = Instance::new(&program, &sizes(&[("T", 4), ("K", 3)]), 5, WORK).unwrap();
        let named = "h:0 z:0 r:0";
        let all = checked(&instance, named, ("h", "t j", "h i", before), &gate_by_gate(before)).unwrap();
        assert_eq!(all, Checked { entries: 4 * 9, numeric: 0 });
        let direct = "[i = j]*z[t,j]";
        assert_eq!(mismatch(checked(&instance, named, ("h", "t j", "h i", before), direct)).len(), 4);
        let far = checked(&instance, named, ("h", "t j", "h i", twice), "0").unwrap();
        assert_eq!(far.entries, 3 * 9);
        checked(&instance, named, ("z", "t j", "h i", before), RATIO).unwrap();
        let through_z = "(1-z[t,j])*(1-tanh(r[t,j])^2)*U[j,i]*h[BEFORE,i] + [i=j]*(h[BEFORE,j] - tanh(r[t,j]))";
        let through_z = through_z.replace("BEFORE", before);
        checked(&instance, named, ("h", "t j", "z i", "t"), &through_z).unwrap();
        checked(&instance, named, ("h", "t j", "h i", "t"), "[i = j]").unwrap();
    }
}

#[test]
fn steps_multiply_to_the_total_derivative() {
    let instance = Instance::new(&gated(false), &sizes(&[("T", 4), ("K", 2)]), 9, WORK).unwrap();
    let steps = Steps::new(&instance, &axes("h:0 z:0 r:0")).unwrap();
    for (j, i) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
        let mut sum = Scalar::ZERO;
        for k in 1..=2 {
            let late = steps.tangent(&[4], "h", &[3, k]).unwrap().entry("h", &[4, j]).unwrap();
            let early = steps.tangent(&[3], "h", &[2, i]).unwrap().entry("h", &[3, k]).unwrap();
            sum = sum + late * early;
        }
        assert_eq!(instance.entry_tangent("h", &[2, i]).unwrap().entry("h", &[4, j]), Some(sum));
    }
}

#[test]
fn a_step_with_two_lags_is_not_the_total_derivative() {
    let equations = ["f 1 = a", "f 2 = x[2]", "f t:3..T = a*f[t-1]^2 + x[t]*f[t-2]"];
    let program = written("T", &["a", "x 1..T"], &equations, "f");
    let instance = Instance::new(&program, &sizes(&[("T", 7)]), 5, WORK).unwrap();
    let steps = Steps::new(&instance, &axes("f:0")).unwrap();
    let lags =
        [instance.compile_integer(&text("t-1"), &names("t")), instance.compile_integer(&text("t-2"), &names("t"))];
    let [one, two] = lags.map(Result::unwrap);
    let slopes = ["2*a*f[t-1]", "x[t]"].map(|formula| instance.compile(&text(formula), &names("t s")).unwrap());
    for (step, formula) in [(&one, &slopes[0]), (&two, &slopes[1])] {
        let at = [Some(step.clone())];
        let claim = |rows| StepJacobian { output: "f", rows, array: "f", at: &at };
        assert_eq!(check_step(&steps, claim(Some(&[(3, 7)])), formula, usize::MAX).unwrap().entries, 5);
        assert!(matches!(
            check_step(&steps, claim(Some(&[(3, 8)])), formula, usize::MAX),
            Err(Failure::Error(EvalError::OutOfRange { index: 8, .. }))
        ));
        assert!(matches!(
            check_step(&steps, claim(Some(&[])), formula, usize::MAX),
            Err(Failure::Error(EvalError::Count { .. }))
        ));
    }
    let all = checked(&instance, "f:0", ("f", "t", "f", "t-2"), "if t >= 3 then x[t] else 0").unwrap();
    assert_eq!(all.entries, 5);
    let total = "x[t] + 4*a^2*f[t-1]*f[t-2]";
    assert_eq!(mismatch(checked(&instance, "f:0", ("f", "t", "f", "t-2"), total)), [3, 1]);
    let node = instance.compile(&derivative(read("f", [n("t")]), "f", [text("t-2")]), &names("t")).unwrap();
    let total = instance.compile(&text(total), &names("t")).unwrap();
    for t in 4..=7 {
        assert_eq!(instance.evaluate(&node, &[t]), instance.evaluate(&total, &[t]));
    }
}

/// A cell with two states, the second computed from the first at the same step.
fn two_states() -> Program {
    let mix = |letter: &str| format!("x[t,j] + sum[k in 1..K] {letter}[j,k]*h[k,t-1]");
    let equations = [
        "h j:1..K t:1..T = o[t,j]*tanh(c[t,j])".to_string(),
        "c t:1..T j:1..K = f[t,j]*c[t-1,j] + i[t,j]*u[t,j]".to_string(),
        format!("f t:1..T j:1..K = sigmoid({})", mix("A")),
        format!("i t:1..T j:1..K = sigmoid({})", mix("B")),
        format!("o t:1..T j:1..K = sigmoid({})", mix("C")),
        format!("u t:1..T j:1..K = tanh({})", mix("D")),
        "h j:1..K 0 = 0".to_string(),
        "c 0 j:1..K = x[1,j]".to_string(),
        "y t:1..T = sum[j in 1..K] v[j]*h[j,t]^2".to_string(),
    ];
    let equations: Vec<&str> = equations.iter().map(String::as_str).collect();
    let square = |letter: &str| format!("{letter} 1..K 1..K");
    let [a, b, c, d] = ["A", "B", "C", "D"].map(square);
    written("T K", &[&a, &b, &c, &d, "v 1..K", "x 1..T 1..K"], &equations, "y")
}

const STATES: &str = "h:1 c:0 f:0 i:0 o:0 u:0 y:0";

#[test]
fn a_cell_with_two_states_and_axes_in_either_order() {
    let instance = Instance::new(&two_states(), &sizes(&[("T", 3), ("K", 2)]), 5, WORK).unwrap();
    let to_cell = "f[t,j]*(1-f[t,j])*A[j,m]*c[t-1,j] + i[t,j]*(1-i[t,j])*B[j,m]*u[t,j] + i[t,j]*(1-u[t,j]^2)*D[j,m]";
    let cell = |free| (("c", free, "h m", "t-1"), to_cell);
    let (claim, formula) = cell("t j");
    assert_eq!(checked(&instance, STATES, claim, formula).unwrap().entries, 12);
    let open = "o[t,j]*(1-tanh(c[t,j])^2)";
    let through_gate = "o[t,j]*(1-o[t,j])*C[j,m]*tanh(c[t,j])";
    let state = format!("{through_gate} + {open}*({to_cell})");
    checked(&instance, STATES, ("h", "j t", "h m", "t-1"), &state).unwrap();
    checked(&instance, STATES, ("h", "j t", "c m", "t-1"), &format!("[j = m]*{open}*f[t,j]")).unwrap();
    checked(&instance, STATES, ("h", "j t", "c m", "t"), &format!("[t > 0]*[j = m]*{open}")).unwrap();
    checked(&instance, STATES, ("c", "t j", "c m", "t-1"), "[j = m]*f[t,j]").unwrap();
    checked(&instance, STATES, ("y", "t", "h m", "t"), "2*v[m]*h[m,t]").unwrap();
    let next = format!("sum[j in 1..K] 2*v[j]*h[j,t]*{open}*[j = m]*f[t,j]");
    checked(&instance, STATES, ("y", "t", "c m", "t-1"), &next).unwrap();
    assert_eq!(mismatch(checked(&instance, STATES, ("h", "j t", "h m", "t-1"), through_gate)), [1, 1, 1, 0]);
}

#[test]
fn backpropagation_through_time_as_formulas() {
    let instance = Instance::new(&two_states(), &sizes(&[("T", 3), ("K", 2)]), 5, WORK).unwrap();
    let sigma = |gate: &str| format!("{gate}[t+1,k]*(1-{gate}[t+1,k])");
    let later = format!(
        "dl/dc[t+1,k]*({}*A[k,j]*c[t,k] + {}*B[k,j]*u[t+1,k] + i[t+1,k]*(1-u[t+1,k]^2)*D[k,j]) + dl/dh[k,t+1]*{}*C[k,j]*tanh(c[t+1,k])",
        sigma("f"),
        sigma("i"),
        sigma("o")
    );
    let now = "if t > 0 then 2*dl/dy[t]*v[j]*h[j,t] else 0";
    let h = format!("({now}) + (if t < T then sum[k in 1..K] ({later}) else 0)");
    gradient(&instance, "h", "j t", text(&h)).unwrap();
    let c =
        "(if t > 0 then dl/dh[j,t]*o[t,j]*(1-tanh(c[t,j])^2) else 0) + (if t < T then dl/dc[t+1,j]*f[t+1,j] else 0)";
    gradient(&instance, "c", "t j", text(c)).unwrap();
    let weights = "sum[t in 1..T] dl/dc[t,j]*c[t-1,j]*f[t,j]*(1-f[t,j])*h[k,t-1]";
    gradient(&instance, "A", "j k", text(weights)).unwrap();
    let without_later = instance.compile(&text(now), &names("j t")).unwrap();
    assert!(matches!(check_gradient(&instance, "h", &without_later), Err(Failure::Mismatch(_))));
}

#[test]
fn the_upstream_gradient_of_a_recurrent_output_is_not_its_total_gradient() {
    let program = written("T", &["a"], &["h 0 = 1", "h t:1..T = a*h[t-1]"], "h");
    let mut instance = Instance::new(&program, &sizes(&[("T", 4)]), 5, WORK).unwrap();
    instance.alias_upstream("g".into(), "h").unwrap();
    gradient(&instance, "h", "t", text("g[t] + (if t < T then a*dl/dh[t+1] else 0)")).unwrap();
    gradient(&instance, "h", "t", text("sum[s in t..T] g[s]*a^(s-t)")).unwrap();
    gradient(&instance, "a", "", text("sum[t in 1..T] dl/dh[t]*h[t-1]")).unwrap();
    assert!(gradient(&instance, "h", "t", text("g[t]")).is_err());
    let jacobian = instance.compile(&text("if s <= t then a^(t-s) else 0"), &names("t s")).unwrap();
    check_jacobian(&instance, "h", "h", &jacobian).unwrap();
}

#[test]
fn a_step_along_one_axis_of_a_grid_holds_other_rows_only() {
    let equations = ["d 0 j:0..3 = x[j]", "d i:1..3 0 = x[i]", "d i:1..3 j:1..3 = a*d[i-1,j] + b*d[i,j-1]"];
    let program = written("", &["a", "b", "x 0..3"], &equations, "d");
    let instance = Instance::new(&program, &sizes(&[]), 5, WORK).unwrap();
    let along = "if 1 <= k and k <= j and j >= 1 then a*b^(j-k) else 0";
    let found = checked(&instance, "d:0", ("d", "i j", "d k", "i-1"), along).unwrap();
    assert_eq!(found.entries, 3 * 16);
    assert!(checked(&instance, "d:0", ("d", "i j", "d k", "i-1"), "if k = j and k > 0 then a else 0").is_err());
}

#[test]
fn steps_that_mean_nothing_are_errors() {
    let instance = Instance::new(&two_states(), &sizes(&[("T", 3), ("K", 2)]), 5, WORK).unwrap();
    let refused = |named: &str| Steps::new(&instance, &axes(named)).unwrap_err().to_string();
    let missing = "cannot evaluate a step of u: it is not said along which axis the steps run";
    assert_eq!(refused("h:1 c:0 f:0 i:0 o:0"), missing);
    assert_eq!(refused("h:2 c:0"), "cannot evaluate steps along axis 3 of h: it has 2 axes");
    assert_eq!(refused("q:0"), "q has no value here");
    let steps = Steps::new(&instance, &axes("h:1 c:0 f:0 i:0 o:0 u:0")).unwrap();
    assert!(matches!(steps.tangent(&[1], "h", &[1, 4]), Err(EvalError::OutOfRange { index: 4, .. })));
    assert_eq!(steps.tangent(&[9], "h", &[1, 3]).unwrap().entry("h", &[1, 2]), Some(Scalar::ZERO));
    assert!(steps.of("y", &[1]).is_err());
    let far = checked(&instance, STATES, ("h", "j t", "h m", "t-9"), "q[t]");
    assert!(matches!(far, Err(Failure::Error(EvalError::UnknownName(_)))));
    assert_eq!(checked(&instance, STATES, ("h", "j t", "h m", "t-9"), "7").unwrap(), Checked::default());
}
