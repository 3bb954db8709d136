//! Two engines, one text: every formula of the golden write-ups and of the whole catalogue is set
//! by both, and reads the same. The pages themselves are well-formed XML that loads nothing.

mod layers;

use backprose::language::function::Function;
use backprose::language::parse::parse_file;
use backprose::language::syntax::Item;
use backprose::model::Sizes;
use backprose::study::Study;
use backprose::writeup::document::Document;
use backprose::writeup::mathml::Engine;
use backprose::writeup::outline::Level;
use backprose::writeup::render::{Format, RenderError, render};
use backprose::writeup::sheet::{answers, sheet};
use layers::of_every_layer;
use roxmltree::{Node, ParsingOptions};
use std::sync::LazyLock;

/// The homeworks of `examples/`.
fn homeworks() -> Vec<(String, Document)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "bp") {
            continue;
        }
        let file = parse_file(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for item in &file.items {
            if let Item::Homework(homework) = item {
                let sheet = sheet(homework, file.base.unwrap_or(1), Level::All).unwrap();
                found.push((path.display().to_string(), sheet.document));
            }
        }
    }
    found
}

/// A page as either engine sets it.
struct Page {
    name: String,
    title: String,
    set: [String; 2],
}

/// The homeworks, and every layer of the catalogue with its defaults and in general.
static PAGES: LazyLock<Vec<Page>> = LazyLock::new(|| {
    let set = |name: String, document: &Document| {
        let set = [Engine::MathCore, Engine::Latex2mathml].map(|engine| page(document, engine));
        Page { name, title: document.title.clone(), set }
    };
    let layers = of_every_layer(|layer, base| {
        [false, true].map(|general| {
            let sizes = Sizes { general, ..Sizes::default() };
            let mut study = Study::new(&layer.statements, base, &sizes).unwrap();
            let goals = study.goals(&[]);
            let document = answers(&mut study, &goals, "", Level::All).unwrap();
            set(format!("{}, general: {general}", layer.name), &document)
        })
    });
    homeworks().into_iter().map(|(name, document)| set(name, &document)).chain(layers.into_iter().flatten()).collect()
});

fn page(document: &Document, engine: Engine) -> String {
    render(document, Format::Html(engine), false).unwrap_or_else(|error| panic!("{error}"))
}

/// What a formula says: its text with its scripts, fractions and rows, so that x_{i²} is not x_i².
///
/// Left out: spaces, invisible operators, rows that only group. Made equal: a sign of minus and a
/// hyphen, double and triple primes and as many primes, ≔ and :=, … and three dots, letters of the mathematical
/// alphabets and plain ones, scripts in one element and in two.
fn reading(node: Node) -> String {
    if node.is_text() {
        return node.text().unwrap_or_default().chars().map(plain).collect();
    }
    let parts: Vec<String> = node.children().filter(|c| c.is_element() || c.is_text()).map(reading).collect();
    let part = |k: usize| parts.get(k).cloned().unwrap_or_default();
    let raised = |text: String| if text.chars().all(|c| c == '′') { text } else { format!("^{{{text}}}") };
    match node.tag_name().name() {
        "msub" | "munder" => format!("{}_{{{}}}", part(0), part(1)),
        "msup" | "mover" => format!("{}{}", part(0), raised(part(1))),
        "msubsup" | "munderover" => format!("{}_{{{}}}{}", part(0), part(1), raised(part(2))),
        "mfrac" => format!("({})/({})", part(0), part(1)),
        "msqrt" => format!("√({})", parts.concat()),
        "mtr" => format!("{};", parts.join("&")),
        _ => parts.concat(),
    }
}

fn plain(c: char) -> String {
    match c {
        '\u{2061}'..='\u{2064}' | '\u{fe00}' => String::new(),
        c if c.is_whitespace() => String::new(),
        '-' => "−".into(),
        '″' => "′′".into(),
        '‴' => "′′′".into(),
        '⁗' => "′′′′".into(),
        '≔' => ":=".into(),
        '…' => "...".into(),
        'ˆ' => "^".into(),
        '\u{1d400}'..='\u{1d433}' | '\u{1d434}'..='\u{1d467}' | '\u{1d5a0}'..='\u{1d5d3}' => {
            let place = (u32::from(c) - 0x1d400) % 52;
            char::from_u32(if place < 26 { 65 + place } else { 71 + place }).unwrap_or(c).into()
        }
        c => c.into(),
    }
}

fn formulas(page: &str) -> Vec<String> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = roxmltree::Document::parse_with_options(page, options).unwrap_or_else(|error| panic!("{error}"));
    document.descendants().filter(|node| node.has_tag_name("math")).map(reading).collect()
}

#[test]
fn every_function_is_set_around_a_sum() {
    for function in Function::all().filter(|function| Function::named(function.name(), 1) == Some(*function)) {
        let text = format!("size N\ninput x[N]\ny = {}(sum[i] x[i]^2)\noutput y\n", function.name());
        let file = parse_file(&text).unwrap();
        let mut study = Study::new(&file.statements, 1, &Sizes::default()).unwrap();
        let goals = study.goals(&[]);
        let document = answers(&mut study, &goals, "", Level::All).unwrap();
        for engine in [Engine::MathCore, Engine::Latex2mathml] {
            page(&document, engine);
        }
    }
}

#[test]
fn both_engines_say_the_same() {
    let (mut compared, mut longest) = (0, 0);
    for Page { name, set: [first, second], .. } in PAGES.iter() {
        assert!(!first.contains("PARSE ERROR") && !second.contains("PARSE ERROR"), "{name}");
        assert!(
            !first.contains("class=\"tex\">") && !second.contains("class=\"tex\">"),
            "{name}: a formula is not set"
        );
        let (first, second) = (formulas(first), formulas(second));
        assert_eq!(first.len(), second.len(), "{name}");
        for (a, b) in first.iter().zip(&second) {
            assert!(!a.is_empty(), "{name}: an empty formula");
            assert_eq!(a, b, "{name}");
            longest = longest.max(a.chars().count());
        }
        compared += first.len();
    }
    println!("{compared} formulas read the same");
    assert!(compared > 1500 && longest > 60, "only {compared} formulas were compared, {longest} characters at most");
}

#[test]
fn the_comparison_sees_what_differs() {
    let first = |tex: &str| {
        let text = math_core::LatexToMathML::default().convert_with_local_state(tex, math_core::MathDisplay::Block);
        formulas(&text.unwrap().mathml).concat()
    };
    let second =
        |tex: &str| formulas(&latex2mathml::latex_to_mathml(tex, latex2mathml::DisplayStyle::Block).unwrap()).concat();
    assert_eq!(first("\\frac{x_{i}}{2}+y^{2}"), second("\\frac{x_{i}}{2}+y^{2}"));
    assert_eq!(first("W_{c}''-1"), second("{W_{c}}^{′′}-1"));
    for different in ["x_i^2", "W_c'", "a\\perp b", "\\overline{x}", "a\\le b"] {
        assert_ne!(first(different), second(different), "{different}");
    }
    assert_ne!(first("a+b"), second("a-b"));
    assert_ne!(first("x_{ij}"), second("x_{i}j"));
}

fn written(text: &str) -> Document {
    let file = parse_file(text).unwrap_or_else(|error| panic!("{error:?}"));
    let Some(Item::Homework(homework)) = file.items.first() else { panic!("no homework") };
    sheet(homework, 1, Level::Main).unwrap().document
}

const HOSTILE: &str = r#"homework "<script>alert(1)</script> & 'more'" {
  course """x"><img src=x onerror=alert(1)>"""   author "</title><script>" date 2022-10-09
  problem 1 "</h2><iframe src='javascript:alert(1)'>" {
    question 1 """[a](javascript:alert(1)) <b onclick=x> *so* `</code><script>` $x<y$ $\text{</math>}$ $\unknown<i>$

- one & two
- **three**

$$\sum_{k=1}^{5} x_k^2$$ end""" {
      notation y as \mathbf{y}
      notation w as \unknown
      input x[3]   weight w
      y[i] = w*x[i]
      answer y, text """</p><script src="http://example.org/x.js"></script>"""
    }
  }
}"#;

#[test]
fn nothing_an_author_writes_breaks_out_of_the_page() {
    let document = written(HOSTILE);
    for engine in [Engine::MathCore, Engine::Latex2mathml] {
        let text = page(&document, engine);
        let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
        let html =
            roxmltree::Document::parse_with_options(&text, options).unwrap_or_else(|e| panic!("{engine}: {e}\n{text}"));
        for node in html.descendants().filter(Node::is_element) {
            let tag = node.tag_name().name();
            assert!(!["script", "iframe", "img", "link", "object", "embed", "form"].contains(&tag), "{tag}");
            for attribute in node.attributes() {
                assert!(!attribute.name().starts_with("on"), "{tag} {}", attribute.name());
                let within = attribute.name() == "href" && attribute.value().starts_with('#');
                assert!(within || !["href", "src", "xlink"].contains(&attribute.name()), "{tag} {}", attribute.name());
            }
        }
        assert!(text.contains("<code class=\"tex\">$\\unknown&lt;i&gt;$</code>"), "{text}");
        assert!(text.contains("<ul>\n<li>one &amp; two</li>\n<li><strong>three</strong></li>\n</ul>"), "{text}");
        assert!(text.contains("The notation \\unknown of w is beyond"), "{text}");
        assert_eq!(text.contains("The notation \\mathbf{y} of y is beyond"), engine == Engine::Latex2mathml);
    }
}

#[test]
fn the_page_stands_alone() {
    for Page { name, title, set: [text, _] } in PAGES.iter() {
        for foreign in ["url(", "@import", "<link", "src="] {
            assert!(!text.contains(foreign), "{name} holds {foreign}");
        }
        // The one script that may stand there is the program's own; the browser checks its hash.
        let own = text.matches(&format!("<script>\n{}</script>", include_str!("../templates/html/lights.js"))).count();
        assert!(text.matches("<script").count() == own && own <= 1, "{name} holds a script of somebody else");
        assert_eq!(text.matches("href=").count(), text.matches("href=\"#").count(), "{name} leads elsewhere");
        let addresses = text.matches("http").count() - text.matches("http://www.w3.org/2000/svg").count();
        assert_eq!(addresses, text.matches("http-equiv").count(), "{name}");
        assert!(text.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"), "{name}");
        let titled = title.is_empty() || text.contains(&format!("<title>{title}</title>"));
        assert!(titled && text.contains("name=\"viewport\""), "{name}");
        assert_eq!(
            text.matches("<svg").count(),
            text.matches("<title>").count() - 1,
            "{name}: a picture without a title"
        );
    }
}

#[test]
fn what_an_engine_cannot_set_is_an_error_that_names_the_formula() {
    use backprose::language::syntax::{Expr, ExprKind};
    use backprose::writeup::document::{Block, Piece, Problem, Question};
    let root = |e: Expr| Expr::new(ExprKind::Call("sqrt".into(), vec![e]));
    let deep = (0..60).fold(Expr::name("x"), |e, _| root(e));
    let blocks = vec![Block::Boxed { formulas: vec![vec![Piece::Expr(deep)]], ranges: vec![] }];
    let question = Question { blocks, ..Question::default() };
    let problem = Problem { questions: vec![question], ..Problem::default() };
    let document = Document { problems: vec![problem], ..Document::default() };
    let error = render(&document, Format::Html(Engine::MathCore), false).unwrap_err();
    assert!(
        matches!(&error, RenderError::Formula(Engine::MathCore, fault) if fault.formula.starts_with("\\sqrt{\\sqrt{"))
    );
    assert!(error.to_string().starts_with("math-core cannot set the formula \\sqrt"), "{error}");
}
