//! Times of the stages: `cargo bench`.

use backprose::calculus::{Derivations, PHASES};
use backprose::catalogue::Catalogue;
use backprose::derivation::Goal;
use backprose::language::parse::parse_file;
use backprose::language::syntax::Item;
use backprose::model::{Sizes, System, elaborate};
use backprose::study::Study;
use backprose::writeup::outline::Level;
use backprose::writeup::sheet::sheet;
use divan::{Bencher, black_box};
use mimalloc::MiMalloc;

/// The allocator of the command line.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() {
    divan::main();
}

fn sizes(general: bool) -> Sizes {
    let given = [("N", 7), ("C", 5), ("F", 1), ("K", 3), ("S", 2)];
    match general {
        true => Sizes { general, ..Sizes::default() },
        false => Sizes { given: given.iter().map(|(n, v)| ((*n).into(), Some(*v))).collect(), general },
    }
}

fn conv1d(general: bool) -> System {
    let catalogue = Catalogue::built_in();
    let (layer, base, _) = catalogue.find("conv1d").unwrap();
    elaborate(&layer.statements, base, &sizes(general)).unwrap()
}

fn goals(system: &System) -> Vec<Goal> {
    let (f, x, w) = (system.outputs[0].clone(), system.arrays[0].name.clone(), system.arrays[1].name.clone());
    vec![
        Goal::Value { output: f.clone() },
        Goal::Jacobian { output: f.clone(), array: x.clone() },
        Goal::Jacobian { output: f, array: w.clone() },
        Goal::Gradient { array: x },
        Goal::Gradient { array: w },
    ]
}

#[divan::bench(args = [false, true])]
fn derive_without_verification(bencher: Bencher, general: bool) {
    let system = conv1d(general);
    let goals = goals(&system);
    bencher.bench_local(|| goals.iter().map(|g| backprose::calculus::derive(&system, g)).collect::<Vec<_>>());
}

#[divan::bench(args = [false, true])]
fn derive_with_verification(bencher: Bencher, general: bool) {
    let catalogue = Catalogue::built_in();
    let (layer, base, _) = catalogue.find("conv1d").unwrap();
    bencher.bench_local(|| {
        let mut study = Study::new(&layer.statements, base, &sizes(general)).unwrap();
        study.goals(&[]).iter().map(|g| study.answer(g).is_ok()).collect::<Vec<_>>()
    });
}

/// A network of so many layers, each W·h + b and a sigmoid.
fn network(layers: usize) -> String {
    let layer = |k: usize| {
        format!(
            "weight W{k}[d,d], b{k}[d]\nz{k}[n,j] = sum[i] h{}[n,i]*W{k}[i,j] + b{k}[j]\nh{k}[n,j] = sigmoid(z{k}[n,j])\n",
            k - 1
        )
    };
    let layers: String = (1..=layers).map(layer).collect();
    format!("size B, d\ninput h0[B,d]\n{layers}")
}

const DEPTHS: [usize; 3] = [10, 100, 1000];

/// The gradient for the input of a network: one adjoint equation an array. What is derived is given
/// back, so that only the deriving is timed.
#[divan::bench(args = DEPTHS)]
fn derive_a_network(bencher: Bencher, layers: usize) {
    let file = parse_file(&network(layers)).unwrap();
    let system = elaborate(&file.statements, 1, &Sizes::default()).unwrap();
    bencher.bench_local(|| {
        let mut derivations = Derivations::default();
        let gradient = derivations.derive(&system, &Goal::Gradient { array: "h0".into() }, PHASES);
        (derivations, gradient)
    });
}

/// The same, and the verification of every adjoint on the way.
#[divan::bench(args = DEPTHS, sample_count = 3)]
fn derive_and_verify_a_network(bencher: Bencher, layers: usize) {
    let file = parse_file(&network(layers)).unwrap();
    bencher.bench_local(|| {
        let mut study = Study::new(&file.statements, 1, &Sizes::default()).unwrap();
        let goals = study.with_adjoints(&[Goal::Gradient { array: "h0".into() }]);
        assert!(goals.len() >= layers && goals.iter().all(|goal| study.answer(goal).is_ok()));
    });
}

/// A recurrent network that runs for so many steps, or for T of them.
fn recurrent(steps: &str) -> String {
    format!(
        "size n, m\nsize T\ninput x[{steps}, n]\nweight W[m, n], U[m, m], b[m]\nh[0] = 0\n\
         h[t in 1..{steps}] = tanh(U @ h[t-1] + W @ x[t] + b)\noutput h\n"
    )
}

/// Backpropagation through time: one recurrence, however many steps there are.
#[divan::bench(args = ["T", "10", "1000", "100000"])]
fn derive_backpropagation_through_time(bencher: Bencher, steps: &str) {
    let file = parse_file(&recurrent(steps)).unwrap();
    let system = elaborate(&file.statements, 1, &Sizes::default()).unwrap();
    bencher.bench_local(|| {
        let mut derivations = Derivations::default();
        assert!(derivations.derive(&system, &Goal::Gradient { array: "U".into() }, PHASES).is_some());
        derivations
    });
}

/// A stack of so many recurrent layers, each reading the one below.
fn stack(layers: usize) -> String {
    let layer = |k: usize| {
        format!(
            "weight W{k}[m,m], U{k}[m,m]\nh{k}[0] = 0\nh{k}[t in 1..T] = tanh(U{k} @ h{k}[t-1] + W{k} @ h{}[t])\n",
            k - 1
        )
    };
    let layers: String = (1..=layers).map(layer).collect();
    format!("size T, m\ninput h0[T, m]\n{layers}")
}

/// The gradient for the input of a stack of recurrent layers.
#[divan::bench(args = [1, 10, 100])]
fn derive_a_recurrent_stack(bencher: Bencher, layers: usize) {
    let file = parse_file(&stack(layers)).unwrap();
    let system = elaborate(&file.statements, 1, &Sizes::default()).unwrap();
    bencher.bench_local(|| {
        let mut derivations = Derivations::default();
        assert!(derivations.derive(&system, &Goal::Gradient { array: "h0".into() }, PHASES).is_some());
        derivations
    });
}

const HOMEWORK: &str = include_str!("../examples/homework2.bp");

#[divan::bench]
fn parse_a_homework() -> bool {
    parse_file(black_box(HOMEWORK)).is_ok()
}

#[divan::bench]
fn solve_a_homework() -> bool {
    let file = parse_file(black_box(HOMEWORK)).unwrap();
    file.items.iter().all(|item| match item {
        Item::Homework(homework) => sheet(homework, 1, Level::Main).is_ok(),
        _ => true,
    })
}
