//! Matrix forms: known problems with the forms that are worked out by hand, in every layout; and
//! what the entries of a form are, by the definitions of its operations, is what it was read from.

use backprose::calculus::derive;
use backprose::calculus::normal::proved_equal;
use backprose::derivation::{Derivation, Goal};
use backprose::diagnostic::Span;
use backprose::evaluate::Random;
use backprose::integer::{Facts, Var};
use backprose::judge::{Verdict, judge_tests};
use backprose::language::parse::{parse_file, parse_matrix, parse_target};
use backprose::language::print::{Alphabet, matrix as print_matrix};
use backprose::language::syntax::{Expr, Item, Layout, Name};
use backprose::matrix::entry::entry;
use backprose::matrix::written::{Letters, read};
use backprose::matrix::{MatrixForm, Unfit, matrix_form};
use backprose::model::formula::formula;
use backprose::model::{Quote, Sizes, System, Term, elaborate};
use backprose::study::Study;
use backprose::writeup::document::{Block, Document, Piece, Problem, Question};
use backprose::writeup::mathml::Engine;
use backprose::writeup::outline::Level;
use backprose::writeup::render::{Format, render};
use backprose::writeup::sheet::{answers, sheet};
use backprose::writeup::unicode;
use serde_json::Value;
use std::collections::BTreeMap;

const CASES: &str = include_str!("matrix/cases.txt");

struct Case {
    system: &'static str,
    goal: &'static str,
    layout: Layout,
    expected: &'static str,
}

fn cases() -> Vec<Case> {
    let (mut system, mut found) = ("", Vec::new());
    for line in CASES.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(text) = line.strip_prefix("== ") {
            system = text;
            continue;
        }
        let (goal, rest) = line.split_once("  ").unwrap();
        let (layout, expected) = rest.trim().split_once(' ').unwrap();
        let layout = Layout::ALL.into_iter().find(|l| l.word() == layout).unwrap();
        found.push(Case { system, goal, layout, expected: expected.trim() });
    }
    found
}

fn system(text: &str) -> System {
    let file = parse_file(text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    elaborate(&file.statements, 1, &Sizes::default()).unwrap_or_else(|e| panic!("{text}: {e:?}"))
}

/// A system, wide enough for what is asked of it, and what that is.
fn asked(text: &str, name: &str) -> (System, Goal) {
    let file = parse_file(text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    let mut study = Study::new(&file.statements, 1, &Sizes::default()).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    let goal = study.goal(&parse_target(name).unwrap(), Span::default()).unwrap_or_else(|e| panic!("{name}: {e:?}"));
    (study.system, goal)
}

/// The form with its upstream gradients called by letters, and with them written out.
fn forms(system: &System, derivation: &Derivation, layout: Layout) -> Result<[MatrixForm; 2], Unfit> {
    let letters: BTreeMap<Name, Name> = system.outputs.iter().map(|output| (output.clone(), Name::from("g"))).collect();
    let quotes = [Quote { upstream: letters.into(), ..Quote::plain() }, Quote::plain()];
    let [a, b] = quotes.map(|quote| matrix_form(system, &quote, derivation, layout));
    Ok([a?, b?])
}

fn facts(system: &System, derivation: &Derivation) -> Facts {
    let mut facts = system.facts();
    for bound in &derivation.indices {
        facts.bound_index(&bound.var, &bound.lo, &bound.hi);
    }
    facts
}

/// The entries of a form as a term over the indices of the derivation.
fn entries(system: &System, derivation: &Derivation, form: &MatrixForm) -> Term {
    let index = |var: &Option<Var>| match var {
        Some(var) => Expr::name(Quote::plain().var(var)),
        None => Expr::integer(1),
    };
    let written = entry(system, &form.matrix, &index(&form.row), &index(&form.column));
    formula(system, &written, &derivation.indices).unwrap_or_else(|e| panic!("{e:?}"))
}

#[test]
fn known_problems_have_the_matrix_forms_of_the_textbook() {
    let (mut wrong, mut forms_seen, mut without) = (Vec::new(), 0, 0);
    for Case { system: text, goal: name, layout, expected } in cases() {
        let (system, goal) = asked(text, name);
        let derivation = derive(&system, &goal).unwrap_or_else(|| panic!("{text}: {name}"));
        let found = match forms(&system, &derivation, layout) {
            Ok([lettered, _]) => {
                forms_seen += 1;
                unicode(&vec![Piece::Matrix(lettered.matrix)], &[])
            }
            Err(unfit) => {
                without += 1;
                format!("none {}", format!("{unfit:?}").split('(').next().unwrap())
            }
        };
        if found != expected {
            let index = backprose::language::print::expression(
                &Quote::plain().formula(&derivation.result),
                backprose::language::print::Alphabet::Unicode,
            );
            wrong.push(format!(
                "{text}\n  {name} ({}): {index}\n  expected {expected}\n  found    {found}",
                layout.word()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(forms_seen >= 80 && without >= 8, "{forms_seen} forms, {without} without");
}

#[test]
fn the_entries_of_every_form_are_the_formula_that_it_was_read_from() {
    let mut proved = 0;
    for Case { system: text, goal: name, layout, .. } in cases() {
        let (system, goal) = asked(text, name);
        let derivation = derive(&system, &goal).unwrap();
        let Ok([_, form]) = forms(&system, &derivation, layout) else { continue };
        let back = entries(&system, &derivation, &form);
        let equal = proved_equal(&system, &facts(&system, &derivation), &back, &derivation.result);
        assert!(equal, "{text}: {name}: {}", unicode(&vec![Piece::Matrix(form.matrix)], &[]));
        proved += 1;
    }
    assert!(proved >= 80, "{proved} proved");
}

#[test]
fn every_form_that_is_printed_is_read_back_as_what_it_is() {
    let mut proved = 0;
    for Case { system: text, goal: name, layout, .. } in cases() {
        let (system, goal) = asked(text, name);
        let derivation = derive(&system, &goal).unwrap();
        let Ok([lettered, plain]) = forms(&system, &derivation, layout) else { continue };
        let upstream: Vec<(Name, Name)> = system.outputs.iter().map(|o| (o.clone(), Name::from("g"))).collect();
        for form in [lettered, plain] {
            let printed = unicode(&vec![Piece::Matrix(form.matrix.clone())], &[]);
            let tree = parse_matrix(&printed).unwrap_or_else(|e| panic!("{printed}: {e:?}"));
            assert_eq!(print_matrix(&tree, Alphabet::Unicode), printed);
            let typed = print_matrix(&tree, Alphabet::Ascii);
            assert_eq!(parse_matrix(&typed).as_ref(), Ok(&tree), "{typed}");
            let letters = Letters { upstream: &upstream, lengths: &[] };
            let extents = [form.matrix.rows.clone(), form.matrix.columns.clone()];
            let read = read(&system, letters, &tree, &extents).unwrap_or_else(|e| panic!("{text}: {printed}: {e:?}"));
            let back = entries(&system, &derivation, &MatrixForm { matrix: read.matrix, ..form });
            let equal = proved_equal(&system, &facts(&system, &derivation), &back, &derivation.result);
            assert!(equal, "{text}: {name}: {printed}");
            proved += 1;
        }
    }
    assert!(proved >= 160, "{proved} proved");
}

/// A product of matrices, vectors and equations of indices that share indices at random.
fn random_system(random: &mut Random) -> String {
    let sizes = ["n", "m", "p"];
    let indices = ["i", "j", "k", "l", "q"];
    let size_of: Vec<&str> = indices.iter().map(|_| sizes[random.between(0, 2) as usize]).collect();
    let (mut declared, mut factors) = (Vec::new(), Vec::new());
    for letter in ["A", "B", "C", "D", "E"].iter().take(random.between(1, 5) as usize) {
        let axes: Vec<usize> = (0..random.between(1, 2)).map(|_| random.between(0, 4) as usize).collect();
        let list = |names: &[&str]| axes.iter().map(|a| names[*a]).collect::<Vec<_>>().join(",");
        declared.push(format!("{letter}[{}]", list(&size_of)));
        factors.push(format!("{letter}[{}]", list(&indices)));
    }
    if random.between(0, 3) == 0 {
        factors.push(format!("(A[{0}] + 2*A[{0}]^2)", factors[0][2..factors[0].len() - 1].to_string()));
    }
    let body = factors.join("*");
    let used: Vec<usize> = (0..5).filter(|k| body.contains(indices[*k])).collect();
    let (mut free, mut bound) = (Vec::new(), Vec::new());
    for k in used {
        let kept = free.len() < 2 && random.between(0, 2) == 0;
        let range = format!("{} in 1..{}", indices[k], size_of[k]);
        if kept { free.push(range) } else { bound.push(range) }
    }
    let left = if free.is_empty() { "y".into() } else { format!("y[{}]", free.join(", ")) };
    let sum = if bound.is_empty() { String::new() } else { format!("sum[{}] ", bound.join(", ")) };
    format!("size n, m, p; input {}; {left} = {sum}{body}", declared.join(", "))
}

#[test]
fn random_products_keep_their_entries() {
    let mut random = Random::new(20221009);
    let (mut proved, mut refused) = (0, 0);
    for _ in 0..400 {
        let text = random_system(&mut random);
        let system = system(&text);
        let derivation = derive(&system, &Goal::Value { output: "y".into() }).unwrap();
        let layout = Layout::ALL[random.between(0, 2) as usize];
        let Ok([_, form]) = forms(&system, &derivation, layout) else {
            refused += 1;
            continue;
        };
        let back = entries(&system, &derivation, &form);
        let equal = proved_equal(&system, &facts(&system, &derivation), &back, &derivation.result);
        assert!(equal, "{text}: {}", unicode(&vec![Piece::Matrix(form.matrix)], &[]));
        proved += 1;
    }
    assert!(proved >= 300, "{proved} proved, {refused} refused");
}

#[test]
fn a_form_with_other_entries_is_not_shown() {
    let file = parse_file("x[3], W[2,3]; y[i] = sum[j] W[i,j]*x[j]").unwrap();
    let mut study = Study::new(&file.statements, 1, &Sizes::default()).unwrap();
    let (gradient, _) = study.answer(&Goal::Gradient { array: "x".into() }).unwrap();
    let form = study.matrix(&gradient, Layout::Shape).unwrap();
    let trials = backprose::verify::Trials::new(&study.system, &study.names).unwrap();
    assert!(backprose::study::gives(&trials, &study.system, &gradient, &form));
    let (value, _) = study.answer(&Goal::Gradient { array: "W".into() }).unwrap();
    let other = study.matrix(&value, Layout::Shape).unwrap();
    let wrong = MatrixForm { matrix: other.matrix, ..form };
    assert!(!backprose::study::gives(&trials, &study.system, &gradient, &wrong));
}

const HOMEWORK: &str = r#"homework "Matrices" {
  layout numerator
  problem 1 "A linear map" {
    question 1 "Its derivatives?" {
      size n, m
      input x[n]   weight W[m, n]
      y[i] = sum[j] W[i,j] * x[j]
      part a "∂ℓ/∂W?" answer matrix dl/dW
      part b "∂ℓ/∂x?" answer matrix dl/dx layout shape, matrix dy/dx layout denominator
      part c "∂y/∂W?" answer matrix dy/dW
    }
    question 2 "In another layout?" {
      layout shape
      size n, m
      input x[n]   weight W[m, n]
      y[i] = sum[j] W[i,j] * x[j]
      answer matrix dl/dW
    }
  }
}"#;

#[test]
fn a_homework_asks_for_matrices_in_its_layouts() {
    let file = parse_file(HOMEWORK).unwrap_or_else(|e| panic!("{e:?}"));
    let [Item::Homework(homework)] = file.items.as_slice() else { panic!("one homework") };
    let solved = sheet(homework, 1, Level::Main).unwrap_or_else(|e| panic!("{e:?}"));
    assert!(solved.unverified.is_empty());
    let text = render(&solved.document, Format::Text, false).unwrap();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for wanted in [
        "∂ℓ/∂W ∈ ℝ^(n×m), ∂ℓ/∂W = x·gᵀ",
        "∂ℓ/∂x ∈ ℝ^n, ∂ℓ/∂x = Wᵀ·g",
        "∂y/∂x ∈ ℝ^(n×m), ∂y/∂x = Wᵀ",
        "There is no matrix form: the answer has 3 axes, a matrix has two.",
        "∂ℓ/∂W ∈ ℝ^(m×n), ∂ℓ/∂W = g·xᵀ",
        "Numerator layout: a gradient has the shape of its array, transposed.",
        "i is summed between g and W",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    let latex = render(&solved.document, Format::Latex, false).unwrap();
    assert!(latex.contains("W^{\\top}\\,g"), "{latex}");
    let data = backprose::writeup::json::text(&solved.data);
    assert!(data.contains(r#""text": "x·gᵀ""#) && data.contains(r#""missing": "There is no"#), "{data}");
}

/// Each form of the cases, and what TeX it is.
fn page(engine: Engine) -> String {
    let mut blocks = Vec::new();
    for Case { system: text, goal: name, layout, .. } in cases() {
        let (system, goal) = asked(text, name);
        let derivation = derive(&system, &goal).unwrap();
        if let Ok([_, form]) = forms(&system, &derivation, layout) {
            blocks.push(Block::Boxed { formulas: vec![vec![Piece::Matrix(form.matrix)]], ranges: Vec::new() });
        }
    }
    let question = Question { blocks, ..Question::default() };
    let problem = Problem { questions: vec![question], ..Problem::default() };
    render(&Document { problems: vec![problem], ..Document::default() }, Format::Html(engine), false).unwrap()
}

#[test]
fn both_engines_of_mathml_set_every_form() {
    for engine in [Engine::MathCore, Engine::Latex2mathml] {
        let page = page(engine);
        assert!(page.contains("<math") && !page.contains("class=\"tex\">"), "{engine:?}");
    }
}

#[test]
fn the_json_of_matrix_forms_is_what_its_schema_says() {
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    let schema = serde_json::from_str(include_str!("../docs/derivation.schema.json")).unwrap();
    compiler.add_resource("schema.json", schema).unwrap();
    let index = compiler.compile("schema.json", &mut schemas).unwrap();
    let valid = |document: &Value| schemas.validate(document, index).map_err(|e| format!("{e:#}"));
    let file = parse_file(HOMEWORK).unwrap();
    let [Item::Homework(homework)] = file.items.as_slice() else { panic!("one homework") };
    let solved = sheet(homework, 1, Level::Main).unwrap_or_else(|e| panic!("{e:?}"));
    let mut document = serde_json::to_value(&solved.data).unwrap();
    assert_eq!(valid(&document), Ok(()));
    let answer = &mut document["problems"][0]["questions"][0]["parts"][0]["answers"][0];
    assert_eq!(answer["matrix"]["layout"], "numerator");
    answer["matrix"]["layout"] = "sideways".into();
    assert!(valid(&document).is_err(), "the schema allows anything");
}

#[test]
fn a_layer_is_written_out_with_its_matrices() {
    let file = parse_file("size B, D, M; x[B,D], W[M,D]; y[n,m] = sum[d] x[n,d]*W[m,d]").unwrap();
    let study = Study::new(&file.statements, 1, &Sizes::default()).unwrap();
    let mut study = study.with_matrices(Some(Layout::Shape));
    let goals = study.goals(&[]);
    let document = answers(&mut study, &goals, "", Level::Main).unwrap();
    let tex = render(&document, Format::LatexFragment(345), false).unwrap();
    assert!(tex.contains("g^{\\top}\\,x") && tex.contains("g\\,W"), "{tex}");
}

/// Judges `expect matrix CLAIM` of y = W·x and of the softargmax p of z: what was found, in a line.
fn judged(claim: &str) -> String {
    let text = format!(
        "test \"t\" {{ size m, n, k; input x[n], z[k]; weight W[m,n]; y[i] = sum[j] W[i,j]*x[j]; \
         p[c] = softargmax[c](z[c]); output y, p; expect matrix {claim} }}"
    );
    let file = parse_file(&text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    let report = judge_tests(&file, &|_| None).remove(0);
    match &report.claims[0] {
        Err(problems) => format!("error: {}", problems[0].message),
        Ok(judgement) => match &judgement.verdict {
            Verdict::Proved => "proved".into(),
            Verdict::Refuted(found) => format!("refuted: {found}"),
            Verdict::Undecided { .. } => "undecided".into(),
        },
    }
}

#[test]
fn claims_in_matrix_form_are_judged_in_their_layout() {
    let cases = [
        ("dl/dW = dl/dy*x^T", "proved"),
        ("dl/dW = g_y·xᵀ", "proved"),
        ("dl/dW layout numerator = x*g_y^T", "proved"),
        (
            "dl/dW = x*g_y^T",
            "refuted: yours is n×m, in the shape layout it is m×n (in the numerator layout it is right)",
        ),
        (
            "dy/dx layout denominator = W",
            "refuted: yours is m×n, in the denominator layout it is n×m (in the shape layout it is right)",
        ),
        ("dy/dx = -W", "refuted: at m = 2, n = 3, k = 4, i = 1, j = 1: yours is -W[1,1], it should be W[1,1]"),
        ("dl/dx = W*g_y", "refuted: the shapes do not fit: `W`, m×n, times `g_y`, m×1"),
        ("dp/dz = diag(p) - p*p^T", "proved"),
        ("dp/dz = diag(p)*(I - 1*p^T)", "proved"),
        ("dl/dz = p .* (g_p - (p^T*g_p)*1)", "proved"),
        ("dl/dz = p .* (g_p - p^T*g_p)", "refuted: the shapes do not fit: `g_p`, k×1, added to `p^T*g_p`, a scalar"),
        ("d2p/dz dz = I", "error: the answer has 3 axes, a matrix has two"),
        ("y = W*v", "error: there is no array `v`"),
        ("y = W^2*x", "error: a power of `W`, which is m×n, could be of its entries or of it"),
        ("y = 1^T*1*W*x", "error: how many rows this has does not follow from what it stands with"),
        ("y[i] = W*x", "error: a matrix form is claimed of a whole array or derivative"),
    ];
    for (claim, expected) in cases {
        assert_eq!(judged(claim), expected, "{claim}");
    }
    let long = vec!["y"; 2_000].join(" .* ");
    assert_eq!(judged(&format!("y = {long}")), "error: a matrix form has at most 500 parts");
}
