//! Times of every stage on every layer of the catalogue: `cargo bench --bench stages`; of some stage and layer:
//! `cargo bench --bench stages -- verify conv`.

use backprose::answer::{Answer, Names};
use backprose::calculus::{Derivations, PHASES};
use backprose::catalogue::Catalogue;
use backprose::derivation::{Derivation, Goal};
use backprose::language::parse::parse_file;
use backprose::language::syntax::{Layer, Layout};
use backprose::matrix::matrix_form;
use backprose::model::compose::composed_layer;
use backprose::model::{Sizes, System, elaborate};
use backprose::recognise::recognise;
use backprose::study::Study;
use backprose::verify::Trials;
use backprose::writeup::outline::Level;
use backprose::writeup::render::{Format, render};
use backprose::writeup::sheet::answers;
use divan::{Bencher, black_box};
use mimalloc::MiMalloc;
use std::rc::Rc;

/// The allocator of the command line.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() {
    divan::main();
}

fn layers() -> Vec<String> {
    Catalogue::built_in().names().iter().map(|name| name.to_string()).collect()
}

/// A layer of the catalogue with its calls written out, and its index base.
fn composed(layer: &str) -> (Layer, i64) {
    composed_layer(layer, &Catalogue::built_in()).unwrap().unwrap()
}

/// The same as a study with all that is asked of it.
fn study(layer: &str) -> (Study, Vec<Goal>) {
    let (found, base) = composed(layer);
    let mut study = Study::new(&found.statements, base, &Sizes::default()).unwrap();
    let goals = study.with_adjoints(&study.goals(&[]));
    (study, goals)
}

fn derived(system: &System, goals: &[Goal]) -> Vec<Rc<Derivation>> {
    let mut derivations = Derivations::default();
    goals.iter().map(|goal| derivations.derive(system, goal, PHASES).unwrap()).collect()
}

fn quoted(system: &System, names: &Names, derivations: &[Rc<Derivation>]) -> Vec<Answer> {
    derivations.iter().map(|derivation| Answer::of(system, names, (**derivation).clone())).collect()
}

#[divan::bench(args = layers())]
fn parse(bencher: Bencher, layer: &str) {
    let catalogue = Catalogue::built_in();
    let (_, _, text) = catalogue.find(layer).unwrap();
    bencher.bench_local(|| parse_file(black_box(text)).unwrap());
}

#[divan::bench(args = layers())]
fn elaborated(bencher: Bencher, layer: &str) {
    let (found, base) = composed(layer);
    bencher.bench_local(|| elaborate(black_box(&found.statements), base, &Sizes::default()).unwrap());
}

/// All answers; what was proved of the sizes before is not known.
#[divan::bench(args = layers())]
fn derive(bencher: Bencher, layer: &str) {
    let (found, base) = composed(layer);
    let (_, goals) = study(layer);
    let system = || elaborate(&found.statements, base, &Sizes::default()).unwrap();
    bencher.with_inputs(system).bench_local_values(|system| derived(&system, &goals));
}

/// Every line of every derivation as syntax.
#[divan::bench(args = layers())]
fn quote(bencher: Bencher, layer: &str) {
    let (study, goals) = study(layer);
    let derivations = derived(&study.system, &goals);
    bencher.bench_local(|| quoted(&study.system, &study.names, &derivations));
}

#[divan::bench(args = layers())]
fn verify(bencher: Bencher, layer: &str) {
    let (study, goals) = study(layer);
    let answers = quoted(&study.system, &study.names, &derived(&study.system, &goals));
    bencher.bench_local(|| {
        let trials = Trials::new(&study.system, &study.names).unwrap();
        assert!(answers.iter().all(|answer| trials.verify(answer).is_ok()), "{layer} is verified");
    });
}

#[divan::bench(args = layers())]
fn recognised(bencher: Bencher, layer: &str) {
    let (study, goals) = study(layer);
    let derivations = derived(&study.system, &goals);
    bencher.bench_local(|| derivations.iter().map(|found| recognise(&study.system, found)).collect::<Vec<_>>());
}

#[divan::bench(args = layers())]
fn matrix(bencher: Bencher, layer: &str) {
    let (study, goals) = study(layer);
    let derivations = derived(&study.system, &goals);
    bencher.bench_local(|| {
        let form = |found: &Rc<Derivation>| {
            let quote = study.names.quote(&study.system, &found.indices);
            matrix_form(&study.system, &quote, found, Layout::Shape)
        };
        derivations.iter().map(form).collect::<Vec<_>>()
    });
}

/// The page that is written when everything is derived and verified, as LaTeX.
#[divan::bench(args = layers())]
fn write(bencher: Bencher, layer: &str) {
    let (mut study, goals) = study(layer);
    let document = answers(&mut study, &goals, "", Level::Main).unwrap();
    bencher.bench_local(|| render(black_box(&document), Format::Latex, false).unwrap());
}
