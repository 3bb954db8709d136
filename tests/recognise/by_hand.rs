//! Names against their textbook definitions: each operation is performed by a few plain loops over
//! arrays that start at 0, from nothing but its kind and parameters, and must give the entries that
//! the author's equations, run by the evaluator, give.

use super::Layer;
use super::loops::{Array, family, perform};
use backprose::answer::goal_name;
use backprose::derivation::Goal;
use backprose::evaluate::{Instance, Scalar};
use backprose::recognise::perform::confirms;
use backprose::recognise::{Axis, Operation};
use backprose::verify::{Trials, assignments};
use std::collections::BTreeMap;

const LAYERS: [&str; 36] = [
    "size N, K, S, D, P >= 0\ninput x[N pad P]\nweight W[K]\nf[r] = sum[i] x[1 + S*(r-1) + D*(i-1) - P]*W[i]",
    "input x[7]\nweight k[3]\ny[n in 2..10] = sum[m] [1 <= n-m <= 7] * x[n-m]*k[m]",
    "input x[9]\nweight k[3]\ny[n in 2..4] = sum[m] x[2*n-m]*k[m]",
    "input x[9]\nweight W[3]\nf[r in 1..3] = sum[i in 1..3] x[r+i]*W[4-i]",
    "size N, K, s\nx[N]\nweight w[K]\ny[i in 1..s*(N-1)+K] = sum[n,k : i = s*(n-1)+k] x[n]*w[k]",
    "size N\nx[N], w[N]\ny[i in 1..N] = sum[j in 1..N] x[j]*w[1+(i-j) mod N]",
    "size N\nx[N], w[N]\ny[i in 1..N] = sum[j in 1..N] x[j]*w[1+(i+j) mod N]",
    "size N, K\nrequire K <= N\nx[N], w[K]\ny[i in 1..N] = sum[k] x[1+(i+k-2) mod N]*w[k]",
    "size N, K, S\nx[N]\ny[r] = 1/K * sum[k in 1..K] x[S*(r-1)+k]",
    "size N, K\nx[N]\ny[r] = 1/K * sum[k in 1..K] x[r+k-1]",
    "x[11]\ny[r] = 1/2 * sum[k in 1..3] x[2*r+k]",
    "size N, K\nx[N pad K]\ny[i in 1..N] = 1/(2*K+1)*sum[j in -K..K] x[i+j]",
    "x[8]\ny[i in 1..4] = mean[j in 1..2] x[2*(i-1)+j]",
    "size N, S\nx[N]\ny[i in 1..N*S] = x[1+(i-1) div S]",
    "size N, S\nx[N]\ny[i in 1..N*S-1] = x[1+i div S]",
    "size N, K\nx[N]\ny[r,k in 1..K] = x[r+k-1]",
    "size N\nx[N]\ny[i in 2..N] = x[i-1]",
    "size N, P\nx[N pad P]\ny[i in 1..N+2*P] = x[i-P]",
    "size N, M\nrequire M <= N\nx[N]\ny[i in 1..M] = x[i]",
    "size N, S\nx[N]\ny[i] = x[1+S*(i-1)]",
    "size N\nx[N]\ny[i] = x[N+1-i]",
    "size N, s\nrequire s <= N\nx[N]\ny[i in 1..N] = x[1+(i-1+s) mod N]",
    "size N\nx[N]\ny[i in 1..N] = x[1+(N+1-i) mod N]",
    "size N, K\nx[N]\ny[i in 1..K*N] = x[1+(i-1) mod N]",
    "size H, W\nx[H,W]\ny[i in 1..H*W] = x[1+(i-1) div W, 1+(i-1) mod W]",
    "size T, V, d\ninteger token[T] in 1..V\nweight E[V,d]\ny[t,c] = E[token[t],c]",
    "size N\nx[N]\ny[i in 1..N] = sum[k in 1..i] x[k]",
    "size N\nx[N]\ny[i in 2..N] = sum[k in 1..i-1] x[k]",
    "size N, D, M\nA[N,D], B[D,M]\nY[i,j] = sum[k] A[i,k]*B[k,j]",
    "size N, M\na[N]\nB[N,M]\nc[M]\ny = sum[i,j] a[i]*B[i,j]*c[j]",
    "size N, M\nu[N], v[M]\ny[i,j] = u[i]*v[j]",
    "size N\nu[N], v[N]\ny = 3*sum[i] u[i]*v[i]",
    "size N\nA[N,N]\ny = sum[i] A[i,i]",
    "size N\nA[N,N]\ny[i] = A[i,i]",
    "size N, M\nA[N,M]\ny[j,i] = A[i,j]",
    "size N\nu[N], v[N]\ny[i] = u[i]*v[i]",
];

#[test]
fn names_are_what_the_textbook_says() {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for text in LAYERS {
        let mut layer = Layer::new(text);
        for goal in layer.study.goals(&[]) {
            let name = goal_name(&goal);
            let Some(operations) = layer.operation(&name) else { continue };
            let [operation] = operations.as_slice() else { continue };
            for sizes in assignments(&layer.study.system, 6) {
                let instance = Instance::new(&layer.study.system.program, &sizes, 5, 10_000_000).unwrap();
                let expected = entries(&instance, &goal);
                let Some(found) = perform(operation, &instance, &expected) else { continue };
                assert_eq!(found.data, expected.data, "{name} of {text} at {sizes:?}: {:?}", operation.kind);
                *seen.entry(family(operation)).or_default() += 1;
            }
        }
    }
    let families = [
        "Bilinear",
        "Circular Convolution",
        "Circular Correlation",
        "Convolution",
        "Correlation",
        "Crop",
        "Diagonal",
        "DiagonalMatrix",
        "Elementwise",
        "Folding",
        "Gather",
        "Inner",
        "Insertion",
        "Itself",
        "Merge",
        "Outer",
        "Pad",
        "Pooling",
        "Prefix",
        "Product",
        "Repetition",
        "RepetitionMove",
        "Reversal",
        "Roll",
        "RollBack",
        "Scatter",
        "Shift",
        "Split",
        "Spreading",
        "Subsampling",
        "Suffix",
        "Trace",
        "Transposed",
        "Unfolding",
    ];
    let missing: Vec<&&str> = families.iter().filter(|f| !seen.contains_key(**f)).collect();
    assert!(missing.is_empty(), "never performed: {missing:?}; performed: {seen:?}");
}

/// What the author's equations give, the derivatives by dual numbers.
fn entries(instance: &Instance, goal: &Goal) -> Array {
    let (Goal::Value { output: array } | Goal::Gradient { array }) = goal else {
        let Goal::Jacobian { output, array } = goal else { unreachable!() };
        let (rows, columns) = (instance.axes(output).unwrap(), instance.axes(array).unwrap());
        let axes = [rows, columns].concat();
        return Array::tabulate(&axes, &mut |at| {
            let (row, column) = at.split_at(rows.len());
            instance.entry_tangent(array, column).unwrap().entry(output, row).unwrap()
        });
    };
    let axes = instance.axes(array).unwrap();
    Array::tabulate(axes, &mut |at| match goal {
        Goal::Value { output } => instance.entry(output, at).unwrap(),
        _ => instance.entry_tangent(array, at).unwrap().loss(),
    })
}

/// Every number in the axes of an operation, moved by one.
fn slips(operation: &Operation) -> Vec<Operation> {
    let mut slips = Vec::new();
    for k in 0..operation.axes.len() {
        let mut put = |change: &dyn Fn(&mut Axis)| {
            let mut wrong = operation.clone();
            change(&mut wrong.axes[k]);
            if wrong != *operation {
                slips.push(wrong);
            }
        };
        put(&|axis| {
            if let Axis::Window(w) = axis {
                w.stride = w.stride.plus_number(1)
            }
        });
        put(&|axis| {
            if let Axis::Window(w) = axis {
                w.dilation = w.dilation.plus_number(1)
            }
        });
        put(&|axis| {
            if let Axis::Window(w) = axis {
                w.shift = w.shift.plus_number(1)
            }
        });
        let read = |k: usize| !operation.wiring.wires[k].within.is_empty() || operation.wiring.wires[k].stays();
        put(&|axis| {
            if let Axis::Window(w) = axis {
                w.flipped ^= read(w.tap)
            }
        });
        put(&|axis| {
            if let Axis::Line(l) = axis {
                l.shift = l.shift.plus_number(1)
            }
        });
        put(&|axis| {
            if let Axis::Line(l) = axis {
                l.slope = l.slope.times_number(-1)
            }
        });
        put(&|axis| {
            if let Axis::Cycle(c) = axis {
                c.shift = c.shift.plus_number(1)
            }
        });
        put(&|axis| {
            if let Axis::Cycle(c) = axis {
                c.modulus = c.modulus.plus_number(1)
            }
        });
        put(&|axis| {
            if let Axis::Order(o) = axis {
                o.gap = o.gap.plus_number(1)
            }
        });
        put(&|axis| {
            if let Axis::Order(o) = axis {
                std::mem::swap(&mut o.small, &mut o.large)
            }
        });
    }
    slips
}

#[test]
fn a_wrong_parameter_is_not_confirmed() {
    let mut caught = 0;
    for text in LAYERS {
        let mut layer = Layer::new(text);
        for goal in layer.study.goals(&[]) {
            let (answer, operations) = layer.answer(&goal_name(&goal));
            let Some([operation]) = operations.as_deref() else { continue };
            let trials = Trials::new(&layer.study.system, &layer.study.names).unwrap();
            for wrong in slips(operation) {
                let confirmed = trials.probes(&answer).all(|(instance, formula, at)| {
                    confirms(std::slice::from_ref(&wrong), &answer.derivation.indices, instance, &formula, &at)
                });
                assert!(!confirmed, "{} of {text}: {:?}", answer.name, wrong.axes);
                caught += 1;
            }
        }
    }
    assert!(caught > 150, "{caught} slips");
}

#[test]
fn the_loops_can_disagree() {
    let mut layer = Layer::new("size N\nx[N]\ny[i] = x[N+1-i]");
    let operation = layer.operation("y").unwrap().remove(0);
    let sizes = BTreeMap::from([("N".into(), 4)]);
    let instance = Instance::new(&layer.study.system.program, &sizes, 5, 10_000).unwrap();
    let mut other = entries(&instance, &Goal::Value { output: "y".into() });
    other.data[0] = other.data[0] + Scalar::ONE;
    assert_ne!(perform(&operation, &instance, &other).unwrap().data, other.data);
}
