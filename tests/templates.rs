//! Templates of a user's own: what docs/templates.md says of the document is all there is and nothing else, the
//! examples are rendered, mistakes are shown where they stand, and nothing outside of a folder is read.

use backprose::language::parse::parse_file;
use backprose::language::syntax::Item;
use backprose::writeup::document::{Block, Document, Inline};
use backprose::writeup::mathml::Engine;
use backprose::writeup::outline::Level;
use backprose::writeup::render::{Format, view};
use backprose::writeup::sheet::sheet;
use backprose::writeup::templates::built_in;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

type Fields = BTreeMap<String, BTreeSet<String>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The fields of every object of the model, as the reference names them.
fn documented() -> Fields {
    let text = std::fs::read_to_string(root().join("docs/templates.md")).unwrap();
    let sections = text.split("\n### `").skip(1).map(|section| section.split_once("`\n").unwrap());
    let rows = |body: &str| {
        let body = body.split("\n## ").next().unwrap().to_string();
        let names =
            body.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(name, _)| name.into()));
        names.collect::<BTreeSet<String>>()
    };
    sections.map(|(name, body)| (name.to_string(), rows(body))).collect()
}

/// What the objects are called that stand under a field.
fn called(field: &str) -> Option<&'static str> {
    let names = [
        ("problems", "problem"),
        ("questions", "question"),
        ("parts", "part"),
        ("palette", "colour"),
        ("properties", "properties"),
        ("formulas", "formula"),
        ("lines", "line"),
        ("rows", "row"),
        ("origins", "origin"),
        ("reads", "read"),
        ("drawings", "drawing"),
        ("shapes", "shape"),
    ];
    names.iter().find(|(known, _)| *known == field).map(|(_, name)| *name)
}

fn collect(value: &Value, name: &str, found: &mut Fields) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, name, found)),
        Value::Object(fields) => {
            let name = if name == "block" { fields["kind"].as_str().unwrap() } else { name };
            found.entry(name.into()).or_default().extend(fields.keys().cloned());
            for (field, inner) in fields {
                let name = if field == "blocks" { Some("block") } else { called(field) };
                if let Some(name) = name {
                    collect(inner, name, found);
                }
            }
        }
        _ => {}
    }
}

fn homework(name: &str) -> Document {
    let text = std::fs::read_to_string(root().join("examples").join(name)).unwrap();
    let file = parse_file(&text).unwrap();
    let Some(Item::Homework(homework)) = file.items.into_iter().find(|item| matches!(item, Item::Homework(_))) else {
        panic!("{name} holds no homework")
    };
    sheet(&homework, file.base.unwrap_or(1), Level::All).unwrap().document
}

#[test]
fn the_reference_names_all_fields_and_no_others() {
    let mut document = homework("homework2.bp");
    document.problems.extend(homework("homework1.bp").problems);
    let missing = Block::Missing(vec![Inline::Text("nothing".into())]);
    document.problems[0].questions[0].blocks.push(missing);
    let mut found = Fields::new();
    for format in [Format::Latex, Format::Markdown, Format::Html(Engine::MathCore), Format::Text] {
        collect(&serde_json::to_value(view(&document, format)).unwrap(), "document", &mut found);
    }
    assert_eq!(found, documented());
    assert_eq!(found.len(), 6 + 7 + 7, "every object is in these homeworks");
}

fn backprose(arguments: &[&str], folder: &Path) -> (Option<i32>, String, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_backprose")).args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (run.status.code(), text(run.stdout), text(run.stderr))
}

fn example(name: &str) -> String {
    root().join("examples").join(name).to_string_lossy().into_owned()
}

fn compiles(folder: &Path, file: &str) {
    let arguments = ["-interaction=nonstopmode", "-halt-on-error", file];
    let Ok(run) = Command::new("pdflatex").args(arguments).current_dir(folder).output() else {
        assert!(std::env::var_os("BACKPROSE_TOOLS").is_none(), "pdflatex is not installed");
        return;
    };
    let log = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success(), "{file} does not compile:\n{log}");
    assert!(!log.contains("\nOverfull \\hbox"), "{log}");
}

#[test]
fn slides_and_a_sheet_with_points_compile() {
    let folder = tempfile::tempdir().unwrap();
    for (template, homework) in [("slides", "homework2"), ("points", "homework2"), ("points", "homework1")] {
        let (code, out, error) = backprose(
            &[
                "solve",
                &example(&format!("{homework}.bp")),
                "--template",
                &example(&format!("templates/{template}.tex")),
            ],
            folder.path(),
        );
        assert_eq!((code, error.as_str()), (Some(0), ""));
        assert!(
            out.ends_with(&format!("wrote out/{homework}.tex\n")),
            "the format and the extension of the template: {out}"
        );
        let text = std::fs::read_to_string(folder.path().join(format!("out/{homework}.tex"))).unwrap();
        // Homework 2 asks 20 things (1, 1, 4, 4, 6 parts and 4 questions), homework 1 asks 5; each is worth two points.
        let sum = if homework == "homework2" { 40 } else { 10 };
        assert!(template == "slides" || text.contains(&format!("/\\,{sum}\\par\n\\end{{document}}")), "{text}");
        compiles(&folder.path().join("out"), &format!("{homework}.tex"));
    }
}

#[test]
fn a_section_of_a_readme_holds_the_answers_alone() {
    let folder = tempfile::tempdir().unwrap();
    let template = example("templates/readme.md");
    let (code, text, _) = backprose(&["derive", "size N; x[N]; y[i] = 2*x[i]", "--template", &template], folder.path());
    assert_eq!(code, Some(0));
    assert!(text.starts_with("## The mathematics of `"), "{text}");
    assert_eq!(text.matches("\\boxed{").count(), text.matches("$$\n").count() / 2, "boxes and nothing else: {text}");
    let (code, _, _) = backprose(&["derive", "linear", "--template", &template, "-o", "README.md"], folder.path());
    let written = std::fs::read_to_string(folder.path().join("README.md")).unwrap();
    assert!(code == Some(0) && written.starts_with("## The mathematics of `linear`\n"), "{written}");
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path: PathBuf = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

const DOUBLED: &str = "size N; x[N]; y[i] = 2*x[i]";

#[test]
fn a_folder_replaces_built_in_templates_and_adds_others() {
    let folder = folder(&[
        (
            "own/markdown/block.md",
            "{% if block.kind == \"boxed\" %}{% include \"shared/sign.md\" %}{{ block.formulas[1].whole }}\n{% endif %}",
        ),
        ("own/shared/sign.md", "answer: "),
        ("own/notes.pdf", "no template"),
        ("own/.hidden.md", "{{ broken"),
        (
            "short.md",
            "{% for block in document.problems[0].questions[0].blocks %}{% include \"markdown/block.md\" %}{% endfor %}",
        ),
    ]);
    let (code, text, error) =
        backprose(&["derive", DOUBLED, "--wrt", "x", "--format", "markdown", "--templates", "own"], folder.path());
    assert_eq!((code, error.as_str()), (Some(0), ""));
    assert!(text.contains("answer: y[i]=2"), "{text}");
    let own = ["derive", DOUBLED, "--templates", "own", "--template", "short.md", "--wrt", "x"];
    let (code, text, _) = backprose(&own, folder.path());
    assert!(code == Some(0) && text.starts_with("answer: y[i]=2"), "{text}");
}

#[test]
fn mistakes_are_shown_where_they_stand() {
    let folder = folder(&[
        ("field.md", "# {{ document.title }}\n\n{{ document.problms }}\n"),
        ("filter.md", "\n{{ document.title | shuot }}"),
        ("brace.md", "{{ document.title }}\n{% for p in document.problems %}"),
        ("silent.tex", "{{ document.title }}"),
        ("itself.md", "{% include \"//itself.md\" %}"),
        ("outside.md", "{% include \"../secret.md\" %}"),
        ("absolute.md", "{% include \"/etc/hostname\" %}"),
        ("name.md", "{% include \"markdown/blok.md\" %}"),
        ("page.xyz", "{{ document.title }}"),
        ("own/block.md", "{{ block.kind }}"),
    ]);
    let cases: [(&[&str], &[&str]); 13] = [
        (&["--template", "field.md"], &["field `problms` is not defined", "field.md:3:", "did you mean `problems`?"]),
        (&["--template", "filter.md"], &["unknown filter `shuot`", "filter.md:2:"]),
        (&["--template", "brace.md"], &["brace.md:"]),
        (&["--template", "silent.tex"], &["silent.tex says nothing of the document", "<< >>"]),
        (&["--template", "itself.md"], &["itself.md"]),
        (&["--template", "outside.md"], &["unknown template `../secret.md`", "outside.md:1:", "nothing else"]),
        (&["--template", "absolute.md"], &["unknown template `/etc/hostname`", "absolute.md:1:"]),
        (&["--template", "name.md"], &["unknown template `markdown/blok.md`", "did you mean `markdown/block.md`?"]),
        (&["--template", "page.xyz"], &["the format of page.xyz is not known", "--format"]),
        (&["--template", "none.md"], &["none.md cannot be read"]),
        (&["--template", "field.md", "--format", "json"], &["json is not written through a template"]),
        (&["--templates", "own", "--format", "markdown"], &["no file of own replaces a built-in template"]),
        (&["--templates", "none", "--format", "markdown"], &["none cannot be read"]),
    ];
    for (arguments, expected) in cases {
        let (code, text, error) = backprose(&[&["derive", DOUBLED], arguments].concat(), folder.path());
        assert_eq!((code, text.as_str()), (Some(2), ""), "{arguments:?} {error}");
        let plain = error.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in expected {
            assert!(plain.contains(part), "{arguments:?}: {part}\n{error}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_of_the_folder_is_refused() {
    let folder = folder(&[("secret.md", "secret"), ("own/markdown/title.md", "own title\n")]);
    let link = folder.path().join("own/markdown/block.md");
    let solve = || {
        backprose(&["derive", DOUBLED, "--format", "markdown", "--templates", "own", "--steps", "main"], folder.path())
    };
    std::os::unix::fs::symlink("title.md", &link).unwrap();
    let (code, text, _) = solve();
    assert!(code == Some(0) && text.contains("own title"), "a link within the folder: {text}");
    std::fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink("../../secret.md", &link).unwrap();
    let (code, text, error) = solve();
    assert_eq!((code, text.as_str()), (Some(2), ""));
    assert!(error.contains("leads out of the folder") && !error.contains("secret\n"), "{error}");
}

#[test]
fn words_stay_words_in_a_template_of_ones_own() {
    let folder = folder(&[
        (
            "h.bp",
            "homework \"<b>&amp; $ %\" {\n problem 1 \"a_b\" {\n question 1 \"<script>x</script>\" {\n input x[3]\n y[i] = 2*x[i]\n answer y\n }\n }\n}\n",
        ),
        ("t.html", "<p>{{ document.title }}</p>{{ document.problems[0].questions[0].text }}"),
        ("t.tex", "<< document.title >>"),
    ]);
    let page = |template: &str| backprose(&["solve", "h.bp", "--out", "-", "--template", template], folder.path());
    let (code, html, error) = page("t.html");
    assert_eq!(code, Some(0), "{error}");
    assert!(html.starts_with("<p>&lt;b&gt;&amp;amp; $ %</p>") && !html.contains("<script>"), "{html}");
    let (_, tex, _) = page("t.tex");
    assert!(tex.contains("\\textless{}b\\textgreater{}\\&amp; \\$ \\%"), "{tex}");
}

#[test]
fn the_built_in_templates_are_those_of_the_folder() {
    let names: Vec<String> = built_in().into_iter().map(|template| template.name).collect();
    assert!(names.contains(&"markdown/block.md".to_string()) && names.contains(&"latex/block.tex".to_string()));
    assert!(names.iter().all(|name| !name.starts_with("numpy") && root().join("templates").join(name).is_file()));
}

#[test]
fn a_notebook_is_known_by_its_extension_and_takes_the_templates_of_markdown() {
    let folder = folder(&[("own/markdown/title.md", "# The notebook of {{ document.title }}\n")]);
    let with = |more: &[&str]| backprose(&[&["derive", DOUBLED], more].concat(), folder.path());
    let (_, printed, _) = with(&["--format", "notebook"]);
    assert_eq!(with(&["-o", "x.ipynb"]).0, Some(0));
    assert_eq!(std::fs::read_to_string(folder.path().join("x.ipynb")).unwrap(), printed);
    let (code, own, _) = with(&["--format", "notebook", "--templates", "own"]);
    assert!(code == Some(0) && own.contains("\"# The notebook of formula\""), "{own}");
}
