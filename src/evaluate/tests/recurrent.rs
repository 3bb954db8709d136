//! Recurrences against loops written out here, their derivatives against backpropagation through
//! time, and systems made at random against themselves.

use super::*;
use crate::evaluate::check::{Failure, check_jacobian, check_value};
use crate::evaluate::function;
use crate::evaluate::{EvalError, Random, Scalar};
use crate::language::function::Function;

fn tanh(x: Scalar) -> Scalar {
    function::value(Function::Tanh, &[x])
}

fn instance(program: &Program, given: &[(&str, i64)]) -> Instance {
    Instance::new(program, &sizes(given), 11, WORK).unwrap()
}

/// Every entry of every array: dual numbers against the run backwards.
fn swept(instance: &Instance, arrays: &str) {
    for array in names(arrays) {
        let axes = instance.axes(&array).unwrap().to_vec();
        let mut points = crate::evaluate::scope::Points::new(&axes);
        while let Some(at) = points.advance() {
            let expected = instance.entry_tangent(&array, at).unwrap().loss();
            assert_eq!(instance.total_upstream(&array, at).unwrap(), expected, "{array}{at:?}");
        }
    }
}

/// `h[t] = tanh(w*h[t-1] + u*x[t])`, `y[t] = v*h[t]`
fn elman() -> Program {
    let equations = ["y t:1..T = v*h[t]", "h 0 = b", "h t:1..T = tanh(w*h[t-1] + u*x[t])"];
    written("T", &["w", "u", "v", "b", "x 1..T"], &equations, "y")
}

#[test]
fn a_scalar_recurrence_equals_its_loop_and_its_backward_loop() {
    for steps in [0, 1, 2, 7] {
        let instance = instance(&elman(), &[("T", steps)]);
        let [w, u, v, b] = ["w", "u", "v", "b"].map(|name| instance.entry(name, &[]).unwrap());
        let x = |t| instance.entry("x", &[t]).unwrap();
        let mut h = vec![b];
        for t in 1..=steps {
            h.push(tanh(w * h[t as usize - 1] + u * x(t)));
        }
        assert_eq!(instance.entries("h").unwrap(), h);
        let (mut delta, mut to_w) = (Scalar::ZERO, Scalar::ZERO);
        for t in (1..=steps).rev() {
            delta = delta + v * instance.upstream("y", &[t]).unwrap();
            assert_eq!(instance.total_upstream("h", &[t]), Ok(delta));
            let inner = delta * (Scalar::ONE - h[t as usize] * h[t as usize]);
            assert_eq!(instance.total_upstream("x", &[t]), Ok(inner * u));
            to_w = to_w + inner * h[t as usize - 1];
            delta = inner * w;
        }
        assert_eq!(instance.total_upstream("w", &[]), Ok(to_w));
        assert_eq!(instance.total_upstream("b", &[]), Ok(delta));
        swept(&instance, "w u v b x h y");
    }
}

#[test]
fn derivatives_for_recurrent_entries_are_total() {
    let instance = instance(&elman(), &[("T", 5)]);
    let product = text("if s <= t then prod[q in s+1..t] (w*(1-h[q]^2)) else 0");
    let jacobian = instance.compile(&product, &names("t s")).unwrap();
    assert_eq!(check_jacobian(&instance, "h", "h", &jacobian).unwrap().entries, 36);
    let through = instance.compile(&mul([n("v"), product.clone()]), &names("t s")).unwrap();
    check_jacobian(&instance, "y", "h", &through).unwrap();
    let direct = text("if s = t-1 then w*(1-h[t]^2) else [s = t]");
    let direct = instance.compile(&direct, &names("t s")).unwrap();
    let Err(Failure::Mismatch(mismatch)) = check_jacobian(&instance, "h", "h", &direct) else {
        panic!("the paths through later steps are missing and were not missed");
    };
    assert_eq!(mismatch.at, [2, 0]);
    let node = instance.compile(&derivative(read("h", [n("t")]), "h", [n("s")]), &names("t s")).unwrap();
    check_jacobian(&instance, "h", "h", &node).unwrap();
    let total = "sum[t in 1..T] dl/dy[t] * v * (if s <= t then prod[q in s+1..t] (w*(1-h[q]^2)) else 0)";
    gradient(&instance, "h", "s", text(total)).unwrap();
    let value = instance.compile(&text("if t = 0 then b else tanh(w*h[t-1] + u*x[t])"), &names("t")).unwrap();
    assert_eq!(check_value(&instance, "h", &value).unwrap().entries, 6);
}

#[test]
fn two_lags_and_a_base_in_the_middle() {
    let equations = [
        "f t:3..T = a*f[t-1] + x[t]*f[t-2]",
        "f 1 = a",
        "f 2 = x[2]^2",
        "f t:0-T..0 = f[t+1]*f[t+2] - x[0-t]",
        "y = f[T] + f[0-T]",
    ];
    let program = written("T", &["a", "x 0..T"], &equations, "y f");
    let instance = instance(&program, &[("T", 6)]);
    let a = instance.entry("a", &[]).unwrap();
    let x = |t: usize| instance.entry("x", &[t as i64]).unwrap();
    let (mut up, mut down) = (vec![a, x(2) * x(2)], vec![x(2) * x(2), a]);
    for t in 3..=6 {
        up.push(a * up[t - 2] + x(t) * up[t - 3]);
    }
    for t in 0..=6 {
        down.push(down[t + 1] * down[t] - x(t));
    }
    let expected: Vec<Scalar> = down.into_iter().skip(2).rev().chain(up).collect();
    assert_eq!(instance.entries("f").unwrap(), expected);
    swept(&instance, "a x f y");
}

#[test]
fn a_grid_is_filled_from_two_sides() {
    let equations =
        ["d i:1..M j:1..N = c[i,j]*d[i-1,j] + tanh(d[i,j-1]*d[i-1,j-1])", "d i:0..M 0 = x[i]", "d 0 j:1..N = x[0]*j"];
    let program = written("M N", &["c 1..M 1..N", "x 0..M"], &equations, "d");
    let instance = instance(&program, &[("M", 3), ("N", 4)]);
    let entry = |array: &str, at: &[i64]| instance.entry(array, at).unwrap();
    let mut d = vec![vec![Scalar::ZERO; 5]; 4];
    for i in 0..4 {
        for j in 0..5 {
            d[i][j] = match (i, j) {
                (i, 0) => entry("x", &[i as i64]),
                (0, j) => entry("x", &[0]) * Scalar::from_integer(j as i128),
                _ => entry("c", &[i as i64, j as i64]) * d[i - 1][j] + tanh(d[i][j - 1] * d[i - 1][j - 1]),
            };
            assert_eq!(entry("d", &[i as i64, j as i64]), d[i][j]);
        }
    }
    swept(&instance, "c x d");
}

#[test]
fn what_depends_on_values_is_demanded_only_where_it_is_read() {
    let equations = [
        "h t:1..4 = if h[t-1] > 0 then x[t]*h[t-1] + k[t] else k[t] - h[t-1]",
        "k t:1..4 = sum[q in 1..4 : q < t] (if x[q] > 0 then h[q] else x[q]*k[q])",
        "h 0 = x[1]",
    ];
    for seed in 0..6 {
        let program = written("", &["x 1..4"], &equations, "h k");
        let instance = Instance::new(&program, &sizes(&[]), seed, WORK).unwrap();
        let x = |t: usize| instance.entry("x", &[t as i64]).unwrap();
        let (mut h, mut k) = (vec![x(1)], vec![Scalar::ZERO]);
        for t in 1..=4 {
            let terms = (1..t).map(|q| if x(q).real > 0.0 { h[q] } else { x(q) * k[q] });
            k.push(terms.fold(Scalar::ZERO, |sum, term| sum + term));
            h.push(if h[t - 1].real > 0.0 { x(t) * h[t - 1] + k[t] } else { k[t] - h[t - 1] });
        }
        assert_eq!(instance.entries("h").unwrap(), h);
        assert_eq!(instance.entries("k").unwrap(), &k[1..]);
        swept(&instance, "x h k");
    }
}

#[test]
fn lags_may_be_data() {
    let mut program = written("T", &["lag 1..T", "x 1..T"], &["h 0 = 1", "h t:1..T = x[t]*h[t - min(t, lag[t])]"], "h");
    (program.arrays[0].role, program.arrays[0].values) = (Role::Integer, Some((int(1), int(3))));
    let instance = instance(&program, &[("T", 9)]);
    let mut h = vec![Scalar::ONE];
    for t in 1..=9 {
        let lag = instance.integer_entry("lag", &[t]).unwrap().min(t);
        h.push(instance.entry("x", &[t]).unwrap() * h[(t - lag) as usize]);
    }
    assert_eq!(instance.entries("h").unwrap(), h);
    swept(&instance, "x h");
}

#[test]
fn a_circle_of_entries_is_named() {
    let refused = |equations: &[&str]| {
        let program = written("", &["x 1..4"], equations, "");
        Instance::new(&program, &sizes(&[]), 1, WORK).unwrap_err().to_string()
    };
    assert_eq!(refused(&["h i:1..2 j:1..2 = h[i,j] + 1"]), "h[1,1] needs h[1,1]");
    assert_eq!(refused(&["h = c^2", "c = h - x[1]"]), "h needs c, which needs h");
    let turn = ["h 0 = 1", "h t:1..4 = x[t]*c[t]", "c t:1..4 = h[t-1]*d[t]", "d t:1..4 = h[5-t]"];
    assert_eq!(
        refused(&turn),
        "h[1] needs c[1], which needs d[1], which needs h[4], which needs c[4], which needs d[4], which needs h[1]"
    );
    let long = "h[1] needs h[2], which needs h[3], which needs h[4], which needs h[5], which needs h[6], and so on, back to h[1]";
    assert_eq!(refused(&["h t:1..9 = h[1 + t mod 9]"]), long);
    assert_eq!(
        refused(&["h t:1..4 = h[1 + t mod 4]"]),
        "h[1] needs h[2], which needs h[3], which needs h[4], which needs h[1]"
    );
    let outside = refused(&["h t:1..4 = h[t-1]"]);
    assert_eq!(outside, "h is read at 0 on axis 1, which runs over 1..4");
    let harmless =
        ["h 0 = 1", "h t:1..4 = x[t]*h[t-1] + [t < 1]*h[t] + (if t > 4 then c[t] else 0)", "c t:1..4 = h[t]"];
    assert!(Instance::new(&written("", &["x 1..4"], &harmless, ""), &sizes(&[]), 1, WORK).is_ok());
}

/// A gated recurrence with `K` entries a step, run in either direction.
pub fn gated(backward: bool) -> Program {
    let (before, base) = if backward { ("t+1", "T+1") } else { ("t-1", "0") };
    let equations = [
        format!("h t:1..T j:1..K = z[t,j]*h[{before},j] + (1-z[t,j])*tanh(r[t,j])"),
        format!("z t:1..T j:1..K = sigmoid(x[t,j] + sum[k in 1..K] W[j,k]*h[{before},k])"),
        format!("r t:1..T j:1..K = x[t,j] + sum[k in 1..K] U[j,k]*z[t,k]*h[{before},k]"),
        format!("h {base} j:1..K = 0"),
        "y = sum[t in 1..T, j in 1..K] h[t,j]^2".into(),
    ];
    let equations: Vec<&str> = equations.iter().map(String::as_str).collect();
    written("T K", &["W 1..K 1..K", "U 1..K 1..K", "x 1..T 1..K"], &equations, "y h")
}

#[test]
fn both_directions_of_a_gated_recurrence() {
    for backward in [false, true] {
        let instance = instance(&gated(backward), &[("T", 4), ("K", 2)]);
        let entry = |array: &str, at: [i64; 2]| instance.entry(array, &at).unwrap();
        let mut h = [Scalar::ZERO; 2];
        for step in 1..=4 {
            let t = if backward { 5 - step } else { step };
            let mix = |weights: &str, j: i64, of: [Scalar; 2]| {
                entry("x", [t, j]) + (entry(weights, [j, 1]) * of[0] + entry(weights, [j, 2]) * of[1])
            };
            let z = [1, 2].map(|j| function::value(Function::Sigmoid, &[mix("W", j, h)]));
            let held = [z[0] * h[0], z[1] * h[1]];
            let new = [1, 2].map(|j| tanh(mix("U", j, held)));
            h = [0, 1].map(|j| z[j] * h[j] + (Scalar::ONE - z[j]) * new[j]);
            assert_eq!([entry("h", [t, 1]), entry("h", [t, 2])], h, "{t}");
        }
        swept(&instance, "W U x z r h y");
    }
}

#[test]
fn the_cost_of_an_entry_does_not_depend_on_the_number_of_steps() {
    for backward in [false, true] {
        let costs = [50, 1000].map(|steps| {
            let instance = instance(&gated(backward), &[("T", steps), ("K", 2)]);
            let forward = instance.forward_work();
            instance.total_upstream("W", &[1, 1]).unwrap();
            let sweep = instance.work() - forward;
            assert!(sweep < 3 * forward, "{sweep} after {forward}");
            [forward / steps as u64, sweep / steps as u64]
        });
        for [few, many] in [0, 1].map(|run| [costs[0][run], costs[1][run]]) {
            assert!(many.abs_diff(few) * 10 < few, "{few} and {many} operations a step");
        }
    }
}

#[test]
fn thousands_of_steps_are_run() {
    let equations = ["h t:1..T-1 = tanh(w*h[t+1] + x[t])", "h T = w", "y = h[1]"];
    let program = written("T", &["w", "x 1..T"], &equations, "y");
    let given = sizes(&[("T", 10_000)]);
    let instance = Instance::new(&program, &given, 3, WORK).unwrap();
    let mut delta = instance.upstream("y", &[]).unwrap();
    let [w, one] = [instance.entry("w", &[]).unwrap(), Scalar::ONE];
    for t in 1..10_000 {
        let h = instance.entry("h", &[t]).unwrap();
        delta = delta * (one - h * h);
        assert_eq!(instance.total_upstream("x", &[t]), Ok(delta));
        delta = delta * w;
    }
    let circle = written("T", &[], &["h t:1..T = h[1 + t mod T]"], "");
    assert!(
        matches!(Instance::new(&circle, &given, 3, WORK), Err(EvalError::Circle(places)) if places.len() == 10_000)
    );
    let short = Instance::new(&program, &given, 3, 100_000).unwrap_err();
    assert_eq!(short, EvalError::TooMuchWork { limit: 100_000 });
    let wide = "h t:1..T = h[t-1] + sum[k in 1..1000000000000] x[1]";
    let wide = written("T", &["x 1..T"], &["h 0 = 0", wide], "");
    assert!(matches!(Instance::new(&wide, &given, 3, WORK), Err(EvalError::TooMuchWork { .. })));
}

#[test]
fn growth_is_bounded_by_another_point() {
    let program = written("", &["x 1..40"], &["h 0 = 1", "h t:1..40 = exp(x[t]*h[t-1])"], "h");
    let instance = Instance::new(&program, &sizes(&[]), 5, WORK).unwrap();
    assert!(instance.entries("h").unwrap().iter().all(|entry| entry.real.is_finite()));
    let never = written("", &["x 1..40"], &["h 0 = 1", "h t:1..40 = log(0-h[t-1]^2)"], "h");
    let error = Instance::new(&never, &sizes(&[]), 5, WORK).unwrap_err();
    assert_eq!(error, EvalError::OutsideDomain { array: "h".into(), function: Some(Function::Log) });
}

/// Three arrays of 4 steps that read each other at the same step (only those ahead of them) and at
/// steps before.
fn at_random(seed: u64) -> Program {
    let mut random = Random::new(seed);
    let mut draw = |most: i64| random.between(0, most);
    let arrays = ["a", "b", "c"];
    let mut equations: Vec<String> = arrays.iter().map(|array| format!("{array} s:0-1..0 = x[s+2]")).collect();
    for (place, array) in arrays.iter().enumerate() {
        let mut entry = || match draw(if place > 0 { 5 } else { 3 }) {
            0 => "x[t]".to_string(),
            lag @ 1..4 => format!("{}[t-{}]", arrays[draw(2) as usize], 1 + lag % 2),
            _ => format!("{}[t]", arrays[draw(place as i64 - 1) as usize]),
        };
        let parts = [entry(), entry(), entry(), entry()];
        let [p, q, r, s] = parts;
        let body = match draw(5) {
            0 => format!("{p}*{q} + {r}*{s}"),
            1 => format!("tanh({p}) - {q}*sigmoid({r} + {s})"),
            2 => format!("(if {p} > {q} then {r}^2 else {s})"),
            3 => format!("{p}/(2 + {q}^2) + max({r}, {s})"),
            4 => format!("sum[k in 1..3] (x[k]*{p} + {q}) * mean[m in 1..2] ({r} + m*{s})"),
            _ => format!("softargmax[t in 1..4]({p}*x[t])*{q} + {r}*{s}").replace("[t]*x[t]", "[1]*x[t]"),
        };
        equations.push(format!("{array} t:1..4 = {body}"));
    }
    equations.rotate_left(draw(5) as usize);
    let lines: Vec<&str> = equations.iter().map(String::as_str).collect();
    written("", &["x 1..4"], &lines, "a c")
}

#[test]
fn recurrences_made_at_random_agree_with_themselves() {
    let mut swept_through = 0;
    for seed in 0..80 {
        match Instance::new(&at_random(seed), &sizes(&[]), seed, WORK) {
            Ok(instance) => {
                swept(&instance, "x a b c");
                swept_through += 1;
            }
            Err(EvalError::OutsideDomain { .. } | EvalError::Circle(_)) => {}
            Err(error) => panic!("{seed}: {error}"),
        }
    }
    assert!(swept_through > 50, "{swept_through}");
}
