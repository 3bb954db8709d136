//! try
use backprose::answer::*;
use backprose::derivation::Goal;
use backprose::language::{
    parse::parse_file,
    print::{Alphabet, expression},
};
use backprose::model::*;
fn main() {
    let text = std::env::args().nth(1).unwrap();
    let file = match parse_file(&text) {
        Ok(f) => f,
        Err(e) => {
            println!("{e:#?}");
            return;
        }
    };
    let st = file.statements.clone();
    let mut sizes = Sizes::default();
    for a in std::env::args().skip(2) {
        if let Some((k, v)) = a.split_once('=') {
            sizes.given.insert(k.into(), v.parse().ok());
        }
    }
    let sys = match elaborate(&st, file.base.unwrap_or(1), &sizes) {
        Ok(s) => s,
        Err(e) => {
            for d in e {
                println!("{d} {:?}", d.places)
            }
            return;
        }
    };
    let names = Names::new(&sys);
    let t0 = std::time::Instant::now();
    let trials = match backprose::verify::Trials::new(&sys, &names) {
        Ok(t) => t,
        Err(e) => {
            println!("{e}");
            return;
        }
    };
    println!("trials {:?}", t0.elapsed());
    let mut goals = vec![];
    for o in &sys.outputs {
        goals.push(Goal::Value { output: o.clone() });
        for a in sys.differentiable() {
            goals.push(Goal::Jacobian { output: o.clone(), array: a.name.clone() });
        }
        println!("{:?}", trials.verify_shape(&backprose::calculus::shape(&sys, o).unwrap()));
    }
    for a in sys.differentiable() {
        goals.push(Goal::Gradient { array: a.name.clone() });
    }
    for g in goals {
        let t0 = std::time::Instant::now();
        let a = Answer::new(&sys, &names, &g, backprose::calculus::PHASES).unwrap();
        let t1 = t0.elapsed();
        println!("{} = {}", expression(&a.left, Alphabet::Unicode), expression(&a.formula, Alphabet::Unicode));
        let t0 = std::time::Instant::now();
        match trials.verify(&a) {
            Ok(c) => println!("   {c:?}"),
            Err(e) => println!("   FAIL {e}"),
        }
        println!("  derive {:?} verify {:?}", t1, t0.elapsed());
    }
}
