//! Times on families that grow, for what they cost by the piece: axes, equations, indices under one sum, questions of
//! a homework. Depth is in `derive`, the number of submissions in `tally`.

use backprose::language::parse::parse_file;
use backprose::language::syntax::Item;
use backprose::model::Sizes;
use backprose::study::Study;
use backprose::writeup::outline::Level;
use backprose::writeup::sheet::sheet;
use divan::Bencher;
use mimalloc::MiMalloc;
use std::fmt::Write;

/// The allocator of the command line.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() {
    divan::main();
}

/// Times deriving and verifying everything that can be asked of a specification.
fn all_answers(bencher: Bencher, specification: &str) {
    let file = parse_file(specification).unwrap();
    bencher.bench_local(|| {
        let mut study = Study::new(&file.statements, 1, &Sizes::default()).unwrap();
        let goals = study.with_adjoints(&study.goals(&[]));
        assert!(goals.iter().all(|goal| study.answer(goal).is_ok()));
    });
}

/// A convolution over so many spatial axes, with strides and padding.
fn convolution(axes: usize) -> String {
    let each = |part: &dyn Fn(usize) -> String| (1..=axes).map(part).collect::<Vec<_>>().join(", ");
    let (sizes, x) = (each(&|k| format!("N{k}, K{k}, S{k}, P{k} >= 0")), each(&|k| format!("N{k} pad P{k}")));
    let (w, r, i) = (each(&|k| format!("K{k}")), each(&|k| format!("r{k}")), each(&|k| format!("i{k}")));
    let reads = each(&|k| format!("1 + S{k}*(r{k}-1) + (i{k}-1) - P{k}"));
    format!("size {sizes}\ninput x[{x}]\nweight W[{w}]\nf[{r}] = sum[{i}] x[{reads}] * W[{i}]\n")
}

#[divan::bench(args = [1, 2, 3], sample_count = 10)]
fn axes(bencher: Bencher, axes: usize) {
    all_answers(bencher, &convolution(axes));
}

/// So many equations side by side, each with a weight of its own.
fn side_by_side(equations: usize) -> String {
    let mut text = String::from("size N, M\ninput x[M]\n");
    for k in 1..=equations {
        writeln!(text, "weight W{k}[N, M]\ny{k}[i] = sum[j] W{k}[i,j] * x[j]\noutput y{k}").unwrap();
    }
    text
}

#[divan::bench(args = [1, 4, 16], sample_count = 10)]
fn equations(bencher: Bencher, equations: usize) {
    all_answers(bencher, &side_by_side(equations));
}

/// A chain of so many matrices multiplied in one sum.
fn chain(factors: usize) -> String {
    let mut text = String::from("size N\n");
    (1..=factors).for_each(|k| writeln!(text, "weight W{k}[N, N]").unwrap());
    let indices = |k: usize| {
        if k == 1 {
            "a, b1".into()
        } else if k == factors {
            format!("b{}, c", k - 1)
        } else {
            format!("b{}, b{k}", k - 1)
        }
    };
    let bound: Vec<String> = (1..factors).map(|k| format!("b{k}")).collect();
    let product: Vec<String> = (1..=factors).map(|k| format!("W{k}[{}]", indices(k))).collect();
    text + &format!("y[a, c] = sum[{}] {}\n", bound.join(", "), product.join(" * "))
}

#[divan::bench(args = [2, 3, 4], sample_count = 10)]
fn factors(bencher: Bencher, factors: usize) {
    all_answers(bencher, &chain(factors));
}

/// A homework of so many questions about layers of their own.
fn homework(questions: usize) -> String {
    let mut text = String::from("homework \"h\" {\n  problem 1 {\n");
    for k in 1..=questions {
        writeln!(
            text,
            "    question {k} \"\"\"Differentiate.\"\"\" {{\n      size N, K\n      input x[N]\n      weight w[K]\n      \
             y[r] = sum[k] x[{k}*(r-1) + k] * w[k]\n      answer shape y, dy/dw, dy/dx, dl/dw, dl/dx\n    }}"
        )
        .unwrap();
    }
    text + "  }\n}\n"
}

#[divan::bench(args = [1, 10, 100], sample_count = 10)]
fn questions(bencher: Bencher, questions: usize) {
    let file = parse_file(&homework(questions)).unwrap();
    bencher.bench_local(|| {
        let solved = |item: &Item| match item {
            Item::Homework(homework) => sheet(homework, 1, Level::Main).is_ok(),
            _ => true,
        };
        assert!(file.items.iter().all(solved));
    });
}
