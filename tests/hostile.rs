//! Input that means harm ends in an error: no panic, no overflow, no abort, no hang, no memory
//! without bound.
//!
//! Every run has a limit on its memory where the system knows one, and is ended after a minute,
//! which is many times what it takes.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);
const KIBIBYTES: &str = "1500000";

/// How a run ended, and what it wrote.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

fn run(arguments: &[&str], text: &[u8]) -> Run {
    let limited = format!("ulimit -v {KIBIBYTES} 2>/dev/null; exec \"$0\" \"$@\"");
    let mut child = match cfg!(unix) {
        true => {
            Command::new("sh").args(["-c", &limited, env!("CARGO_BIN_EXE_backprose")]).args(arguments).spawn_piped()
        }
        false => Command::new(env!("CARGO_BIN_EXE_backprose")).args(arguments).spawn_piped(),
    };
    let (mut stdin, mut stdout, mut stderr) =
        (child.stdin.take().unwrap(), child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let text = text.to_vec();
    let reads = |source: &mut dyn Read| {
        let mut bytes = Vec::new();
        source.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(&text));
        let out = scope.spawn(move || reads(&mut stdout));
        let err = scope.spawn(move || reads(&mut stderr));
        let begin = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if begin.elapsed() > PATIENCE {
                child.kill().unwrap();
                panic!("{arguments:?} does not end");
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        Run { code: status.code(), out: out.join().unwrap(), err: err.join().unwrap() }
    })
}

trait Piped {
    fn spawn_piped(&mut self) -> std::process::Child;
}

impl Piped for Command {
    fn spawn_piped(&mut self) -> std::process::Child {
        self.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

/// The run ended by itself with one of the codes, its complaint can be read, and where it failed
/// nothing was printed that looks like an answer.
fn assert_ends(what: &str, run: &Run, codes: &[i32]) {
    let Run { code, out, err } = run;
    let short: String = err.chars().take(600).collect();
    assert!(code.is_some_and(|code| codes.contains(&code)), "{what} ends with {code:?}: {short}");
    assert!(!err.contains("panicked"), "{what}: {short}");
    if *code != Some(0) {
        assert!(err.contains('×') || err.starts_with("error:"), "{what} ends without a complaint: {short}");
        assert!(err.len() < 30_000, "{what}: a complaint of {} bytes", err.len());
        assert!(!out.contains("Verified"), "{what} fails and yet prints an answer");
    }
}

const Y: &str = "x[3]; y[i in 1..3] = ";

fn around(open: &str, n: usize, inside: &str, close: &str) -> String {
    format!("{Y}{}{inside}{}", open.repeat(n), close.repeat(n))
}

fn listed(n: usize, separator: &str, item: impl Fn(usize) -> String) -> String {
    (0..n).map(item).collect::<Vec<_>>().join(separator)
}

/// A homework, written to a file of its own, and answers that mean harm, judged against it.
#[test]
fn formulas_that_mean_harm_end_in_an_error_at_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let homework = folder.path().join("h.bp");
    let text = "homework \"h\" { problem 1 { question 1 \"\" { size N; x[N]; y[i] = x[i]; answer y, dl/dx } } }";
    std::fs::write(&homework, text).unwrap();
    let homework = homework.to_str().unwrap();
    let n = 100_000;
    let deep = |open: &str, close: &str, n: usize| format!("{}x_i{}", open.repeat(n), close.repeat(n));
    let doubling: String =
        (1..40).map(|k| format!("\\newcommand{{\\{0}}}{{\\{1}\\{1}}}", named(k), named(k - 1))).collect();
    let formulas: Vec<(&str, String)> = vec![
        ("open braces", "{".repeat(n)),
        ("closing braces", "}".repeat(n)),
        ("2,000 open braces", "{".repeat(2_000)),
        ("nested fractions", deep("\\frac{", "}{2}", n)),
        ("2,000 nested fractions", deep("\\frac{", "}{2}", 1_500)),
        ("fractions of commands", format!("{}x_i", "\\frac".repeat(3_000))),
        ("megabytes of brackets", "\\left(".repeat(300_000)),
        ("3,000 brackets", deep("\\left(", "\\right)", 1_200)),
        ("deep subscripts", deep("x_{", "}", 4_000)),
        ("deep superscripts", deep("2^{", "}", 4_000)),
        ("sums without end", "\\sum_i".repeat(3_000)),
        ("sums of sums", format!("{}x_i", "\\sum_{i}".repeat(2_000))),
        ("stacks of stacks", format!("\\sum_{}", "\\substack".repeat(2_000))),
        ("hats on hats", format!("{}x", "\\hat".repeat(4_000))),
        ("roots of roots", deep("\\sqrt{", "}", 3_000)),
        ("bars without end", "|".repeat(19_000)),
        ("norms without end", "\\|".repeat(9_000)),
        ("minus signs", format!("{}x_i", "-".repeat(19_000))),
        ("negations", format!("1 {} 2", "\\not".repeat(4_000))),
        ("functions of functions", format!("{}x_i", "\\exp".repeat(4_000))),
        ("transposes of transposes", format!("x{}", "^\\top".repeat(4_000))),
        ("primes", format!("x{}", "'".repeat(19_000))),
        ("line breaks", "\\\\".repeat(9_000)),
        ("alignments", "&".repeat(19_000)),
        ("environments", "\\begin{aligned}".repeat(1_200)),
        ("cases in cases", "\\begin{cases}".repeat(1_200)),
        ("a gigantic number", "9".repeat(19_000)),
        ("a gigantic power", "2^{9999999999999999999}".into()),
        ("powers of powers", "9^{9^{9^{9^{9^{9}}}}}".into()),
        ("a command of itself", "\\newcommand{\\a}{\\a}\\a".into()),
        ("a command of itself, growing", "\\def\\a{x\\a\\a}\\a".into()),
        ("two commands of each other", "\\def\\a{\\b}\\def\\b{\\a\\a}\\a".into()),
        ("commands that double", format!("{doubling}\\{}", named(39))),
        ("a command that defines itself", "\\def\\a{\\def\\a{\\a\\a}\\a}\\a".into()),
        ("a command without its arguments", "\\newcommand{\\a}[9]{#1}\\a".into()),
        ("arguments of arguments", format!("\\def\\a#1{{#1#1}}{}x{}", "\\a{".repeat(60), "}".repeat(60))),
        ("definitions without end", "\\def".repeat(5_000)),
        ("null bytes", "x_i \0 \0".into()),
        ("signs of control", "x_i \u{1b}[31m \u{7}".into()),
    ];
    for (what, formula) in formulas {
        for document in [format!("## Problem 1\n\n1. $$y_i = {formula}$$\n"), format!("1. y\n\\[ {formula} \\]\n")] {
            let found = run(&["check", "-", "--against", homework], document.as_bytes());
            let code = found.code.unwrap_or(-1);
            assert!([1, 2].contains(&code), "{what} ends with {code}: {}", found.err);
            assert!(!found.err.contains("panicked"), "{what}: {}", found.err);
        }
    }
    for bytes in [&b"$$y_i = \xff\xfe x_i$$"[..], b"\xff\xfe", b"\0\0\0$$\0"] {
        let found = run(&["check", "-", "--against", homework], bytes);
        assert_ends("bytes that are no text", &found, &[2]);
    }
}

fn named(k: usize) -> String {
    "m".to_string() + &"a".repeat(k)
}

#[test]
fn texts_too_deep_or_too_long_are_refused() {
    let n = 100_000;
    let cases: Vec<(&str, String)> = vec![
        ("parentheses", around("(", n, "x[i]", ")")),
        ("open parentheses", format!("{Y}{}", "(".repeat(n))),
        ("brackets", around("[", n, "x[i] = 1", "]")),
        ("braces", format!("layer l {}", "{".repeat(n))),
        ("closing", ")".repeat(n)),
        ("quotes", "\"".repeat(n + 1)),
        ("reads inside reads", around("x[", n, "i", "]")),
        ("floors", format!("{Y}x[{}i{}]", "⌊".repeat(n), "/2⌋".repeat(n))),
        ("nots", format!("{Y}[{}x[i] = 1{}]", "not (".repeat(n), ")".repeat(n))),
        ("cases", around("if 1 = 1 then ", n, "x[i]", " else 0")),
        ("nested sums", around("sum[k in 1..3] ", 2_000, "x[i]", "")),
        ("juxtaposition", around("2(", n, "x[i]", ")")),
        ("derivatives", around("d(", n, "x[i]", ")/dx[i]")),
        ("signs", around("-", 10_000, "x[i]", "")),
        ("a sum of 100,000 terms", around("x[i] + ", n, "x[i]", "")),
        ("a product of 3,000 factors", around("x[i] * ", 3_000, "x[i]", "")),
        ("a tower of powers", format!("{Y}x[i]{}", "^2".repeat(5_000))),
        ("a tower of numbers", format!("{Y}2{}", "^2".repeat(5_000))),
        ("towers in parentheses", around("2^(", 10_000, "2", ")")),
        ("100,000 equations", listed(n, "\n", |k| format!("y{k}[i] = x[i]"))),
        ("100,000 sizes", format!("size {}", listed(n, ", ", |k| format!("N{k}")))),
        ("101 sizes", format!("size {}; {Y}x[i]", listed(101, ", ", |k| format!("N{k}")))),
        ("100,000 arrays", format!("input {}", listed(n, ", ", |k| format!("x{k}[3]")))),
        ("3,000 arrays", format!("input {}; y[i] = x0[i]", listed(3_000, ", ", |k| format!("x{k}[3]")))),
        ("100,000 binders", format!("{Y}sum[{}] x[i]", listed(n, ", ", |k| format!("k{k} in 1..3")))),
        ("33 binders", format!("{Y}sum[{}] x[i]", listed(33, ", ", |k| format!("k{k} in 1..3")))),
        (
            "3,000 axes",
            format!("x[{}]; y[i] = x[{}]", listed(3_000, ",", |_| "1".into()), listed(3_000, ",", |_| "i".into())),
        ),
        ("1,000 requirements", format!("size N\n{}x[N]; y[i] = x[i]", "require N >= 3\n".repeat(1_000))),
        ("500 outputs", listed(500, "\n", |k| format!("y{k}[i in 1..3] = 1"))),
        ("outputs twice", format!("{Y}x[i]\noutput {}", listed(3_000, ", ", |_| "y".into()))),
        ("a number of 100,000 digits", format!("{Y}x[i] * {}", "9".repeat(n))),
        ("a small number of 100,000 digits", format!("{Y}x[i] * 0.{}1", "0".repeat(n))),
        ("long numbers multiplied", format!("{Y}x[i]{}", format!(" * {}", "9".repeat(200)).repeat(400))),
        ("a name of 100,000 letters", format!("{Y}{}", "a".repeat(n))),
        ("a name of 10,000 primes", format!("{Y}x{}", "'".repeat(10_000))),
        ("a line of 10 MB", format!("{Y}{}x[i]", "x[i] * ".repeat(1_500_000))),
        ("a comment of 10 MB", format!("# {}\n{Y}x[i]", "a".repeat(10_000_000))),
        ("a text of 10 MB", format!("layer l \"{}\" {{ {Y}x[i] }}", "a".repeat(10_000_000))),
        ("semicolons", ";".repeat(n)),
        ("equals signs", "=".repeat(n)),
        ("nothing", String::new()),
    ];
    for (what, text) in cases {
        assert_ends(what, &run(&["derive", "-"], text.as_bytes()), &[2]);
    }
}

#[test]
fn what_swells_is_refused_and_never_goes_on_without_end() {
    let chain = |n: usize, step: &str| {
        let equation = |k: usize| step.replace("NEXT", &format!("y{}", k + 1)).replace("LAST", &format!("y{k}"));
        format!("x[3], w[3]; y0[i in 1..3] = x[i]\n{}", listed(n, "\n", equation))
    };
    let cases: Vec<(&str, String)> = vec![
        ("a product of 100 sums", format!("x[3]; y = {}", listed(100, "*", |_| "(sum[k] x[k])".into()))),
        ("a product of 300 sums", format!("x[3]; y = {}", listed(300, "*", |k| format!("(x[1] + {}*x[2])", k + 1)))),
        ("1,000 reads", format!("x[1000]; y = {}", listed(1_000, " + ", |k| format!("x[{}]", k + 1)))),
        ("x to the 100th, a hundred times derived", {
            format!("{Y}{}{}{}", "d(".repeat(20), listed(100, "*", |_| "x[i]".into()), ")/dx[i]".repeat(20))
        }),
        ("30 nested sums", around("sum[k in 1..3] ", 30, "x[i]", "")),
        ("nested sums in cases", around("if i = 2 then 0 else sum[k in 1..9] ", 20, "x[i]", "")),
        ("doubling", chain(100, "NEXT[i] = LAST[i] + LAST[i]")),
        ("squaring", chain(100, "NEXT[i] = LAST[i] * LAST[i]")),
        ("a thousand layers", chain(1_000, "NEXT[i in 1..3] = sum[k in 1..3] LAST[k] * w[i]")),
        ("a thousand outputs", listed(1_000, "\n", |k| format!("y{k}[i in 1..3] = {k}"))),
        ("brackets", around("[i = 1]*", 400, "x[i]", "")),
        ("a chain of conditions", format!("{Y}[{}i <= 1]*x[i]", "i <= 2 and ".repeat(1_000))),
        ("mod by mod", format!("x[9]; y[i in 1..9] = x[1 + i{}]", listed(40, "", |k| format!(" mod {}", 50 - k)))),
        ("a sum of products of sizes", {
            let sum = format!("({})", listed(60, "+", |k| format!("N{k}")));
            format!("size {}; x[{sum}*{sum}*{sum}*{sum}]; y[i] = x[i]", listed(60, ", ", |k| format!("N{k}")))
        }),
        ("requirements in products", {
            let require = |k: usize| format!("require N*{k} + M <= {}*K + L", k + 9);
            format!("size N, M, K, L\n{}\nx[N]; y[i] = x[i]", listed(100, "\n", require))
        }),
        ("powers of powers", "x[3]; y = ((((x[1]^1000 + x[2])^1000 + x[3])^1000 + 1)^1000 + 1)^1000".into()),
        ("powers of numbers", format!("{Y}x[i] * ((((9^64)^64)^64)^64)")),
        ("20 axes", format!("x[99]; y[{}] = x[i0 + i19]", listed(20, ", ", |k| format!("i{k} in 1..2")))),
        ("32 axes", format!("x[99]; y[{}] = x[i0 + i31]", listed(32, ", ", |k| format!("i{k} in 1..2")))),
    ];
    for (what, text) in cases {
        assert_ends(what, &run(&["derive", "-"], text.as_bytes()), &[0, 1, 2]);
    }
}

#[test]
fn answers_mean_no_harm_either() {
    let n = 100_000;
    let homework = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/homework2.bp");
    let cases: Vec<(&str, String)> = vec![
        ("parentheses", format!("{}1{}", "(".repeat(n), ")".repeat(n))),
        ("open parentheses", "(".repeat(n)),
        ("braces", format!("{}1{}", "{".repeat(n), "}".repeat(n))),
        ("fractions", format!("{}1{}", "\\frac{".repeat(n), "}{2}".repeat(n))),
        ("sums", format!("{}x", "\\sum_{i=1}^{2}".repeat(n))),
        ("subscripts", format!("x{}", "_{x".repeat(n))),
        ("scripts", format!("x{}", "^2".repeat(n))),
        ("primes", format!("x{}", "'".repeat(n))),
        ("signs", format!("{}x", "-".repeat(n))),
        ("cases", "\\begin{cases}".repeat(n)),
        ("environments", "\\begin{aligned}".repeat(n)),
        ("a sum of 100,000 terms", format!("f[r] = x{}", " + x".repeat(n))),
        ("a product of 100,000 factors", format!("f[r] = {}", "x".repeat(n))),
        ("a chain", format!("f[r] = {}", "1 = ".repeat(n))),
        ("a number of 100,000 digits", format!("f[r] = {}", "9".repeat(n))),
        ("a power of a power", format!("f[r] = {}", "9^{9".repeat(50) + &"}".repeat(50))),
        ("a wide range", "f[r] = \\sum_{k=1}^{999999999999} x[1,1]".into()),
        ("backslashes", "\\".repeat(n)),
        ("dollars", "$".repeat(n)),
        ("many formulas", "$$1$$\n".repeat(n)),
        ("nothing", String::new()),
    ];
    for (what, formula) in cases {
        let text = format!("# Problem 1.1\n3. (a)\n\n$$\n{formula}\n$$\n");
        let Run { code, out, err } = run(&["check", "-", "--against", homework], text.as_bytes());
        assert!(code.is_some_and(|code| [1, 2].contains(&code)), "{what} ends with {code:?}: {err}");
        assert!(!err.contains("panicked") && out.len() + err.len() < 30_000, "{what}: {err}");
    }
}

#[test]
fn a_report_holds_nothing_that_its_reader_would_act_on() {
    let homework = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/homework2.bp");
    let formulas = [
        "f[r] = <script>alert(1)</script>",
        "f[r] = \\text{</p><script>alert(1)</script>} + 0",
        "f[r] = \\input{secret}",
        "f[r] = \\write18{ls}",
        "f[r] = \\href{javascript:alert(1)}{x}",
        "f[r] = \u{1b}[2J",
        "f[r] = ` ``` <script>alert(1)</script> `",
        "f[r] = \\def\\x{\\x\\x}\\x",
    ];
    let shown: Vec<String> = formulas.iter().map(|formula| format!("$$\n{formula}\n$$\n")).collect();
    let document = format!("# Problem 1.1\n3. (a)\n\n{}\nA dilated convolution <script>.\n", shown.join("\n"));
    for (format, forbidden) in [
        ("text", ["\u{1b}", "\u{7}"]),
        ("html", ["<script", "\u{1b}"]),
        ("markdown", ["\\input{secret}\n", "\u{1b}"]),
        ("latex", ["\\input{", "\\write18"]),
    ] {
        let Run { code, out, err } =
            run(&["check", "-", "--against", homework, "--format", format], document.as_bytes());
        assert_eq!(code, Some(2), "{format}: {err}");
        assert!(out.contains("alert"), "{format} does not show the formulas");
        for word in forbidden {
            assert!(!out.contains(word), "{format} holds {word}");
        }
    }
}

#[test]
fn letters_that_are_no_text_are_refused() {
    let cases: Vec<(&str, Vec<u8>, &[i32])> = vec![
        ("a NUL byte", b"x[3]; y[i] = \0 x[i]".to_vec(), &[2]),
        ("10 MB of NUL bytes", vec![0; 10_000_000], &[2]),
        ("no UTF-8", b"x[3]; y[i] = \xff x[i]".to_vec(), &[2]),
        ("UTF-16", b"\xff\xfex\0[\x003\0]\0".to_vec(), &[2]),
        ("a surrogate", b"x[3]; y[i] = \xed\xa0\x80".to_vec(), &[2]),
        ("an escape sequence", b"\x1b[31m[3]; y[i] = 1".to_vec(), &[2]),
        ("a letter that looks like x", "х[3]; y[i] = x[i]".into(), &[2]),
        ("wide brackets", "x［3］; y[i] = x[i]".into(), &[2]),
        ("a letter written backwards", "x[3]; y[i] = \u{202e}x[i]".into(), &[2]),
        ("digits of another script", "x[٣]; y[i] = x[i]".into(), &[2]),
        ("a byte order mark", "\u{feff}x[3]; y[i] = x[i]".into(), &[0]),
        ("lines of another system", "x[3]\r\ny[i] = x[i]\r\n".into(), &[0]),
        ("lines of an old system", "x[3]\ry[i] = x[i]\r".into(), &[0]),
        ("100,000 lone carriage returns", "\r".repeat(100_000).into_bytes(), &[2]),
    ];
    for (what, text, codes) in cases {
        assert_ends(what, &run(&["derive", "-"], &text), codes);
    }
}

#[test]
fn numbers_beyond_all_bounds_are_refused() {
    let numbers =
        ["9223372036854775807", "9223372036854775808", "1000000000000000000", "1000000000", "-1", "0", "10^18"];
    for n in numbers {
        for text in [
            format!("x[{n}]; y[i] = x[i]"),
            format!("x[{n}], w[3]; y[i] = sum[k] x[i+k-1] * w[k]"),
            format!("x[3]; y = sum[k in 1..{n}] k * x[1]"),
            format!("x[3 pad {n}]; y[i in 1..3] = x[i + {n}]"),
            format!("x[30], w[3]; y[i] = sum[k] x[k + {n}*(i-1)] * w[k]"),
            format!("{Y}x[i]^{n} + x[i]/{n}"),
            format!("{Y}x[1 + i div {n}] + x[1 + i mod {n}]"),
            format!("size N = {n}; size M >= {n}; require M >= {n}; x[M]; y[i] = x[i]"),
            format!("index from {n}; x[3]; y[i] = x[i]"),
            format!("{Y}x[i] * (i + {n}) * (i + {n}) * (i + {n})"),
        ] {
            assert_ends(&text, &run(&["derive", "-"], text.as_bytes()), &[0, 1, 2]);
        }
        for size in ["N", "K", "S", "P"] {
            let given = format!("{size}={n}");
            assert_ends(&given, &run(&["derive", "conv1d", &given], b""), &[0, 1, 2]);
        }
    }
    for given in ["N=1e9", "N=", "=3", "N", "N=99999999999999999999999999999999999999999", "N=9223372036854775807"] {
        assert_ends(given, &run(&["derive", "conv1d", given], b""), &[2]);
    }
    for formula in ["x[i]/0", "x[i mod 0]", "x[i div 0]", "[0 | i]*x[i]", "0^-1", "x[i]/(x[1]-x[1])"] {
        assert_ends(formula, &run(&["derive", &format!("{Y}{formula}")], b""), &[1, 2]);
    }
}

#[test]
fn tests_and_homeworks_mean_no_harm_either() {
    let homework = |text: &str, answers: &str| {
        format!(
            "homework \"h\" {{ problem 1 {{ question 1 \"\"\"{text}\"\"\" {{ size N; x[N]; y[i] = x[i]; {answers} }} }} }}"
        )
    };
    let claim = "test \"t\" { x[3]; y[i] = x[i]; expect y[i] = x[i] }\n";
    assert_ends("100,000 tests", &run(&["check", "-"], claim.repeat(100_000).as_bytes()), &[2]);
    let nested = format!("test \"t\" {{ x[3]; y[i] = x[i]; expect y[i] = {}x[i] }}", "sum[k in 1..9] ".repeat(40));
    let judged = run(&["check", "-"], nested.as_bytes());
    assert!(judged.code == Some(1) && judged.out.contains("refuted"), "9^40 x[i] is not x[i]: {}", judged.err);
    let chains = ["N = M, ".repeat(30_000) + "N = M", "N = ".repeat(60_000) + "M", "N = N^3^3".into()];
    for chain in chains {
        let text = homework("", &format!("answer shape y where {chain}"));
        assert_ends("where", &run(&["solve", "-", "--out", "-", "--format", "text"], text.as_bytes()), &[0, 1, 2]);
    }
    let many = homework("", &format!("answer {}", listed(60_000, ", ", |_| "y".into())));
    assert_ends("60,000 answers", &run(&["solve", "-", "--out", "-", "--format", "json"], many.as_bytes()), &[2]);
    for text in
        ["*".repeat(90_000), "$".repeat(90_000), "`a".repeat(60_000), "{".repeat(90_000), "$\\frac{".repeat(20_000)]
    {
        for format in ["text", "markdown", "latex"] {
            let text = homework(&text, "answer y");
            let ended = run(&["solve", "-", "--out", "-", "--format", format], text.as_bytes());
            assert_ends(&text.chars().take(80).collect::<String>(), &ended, &[0, 2]);
        }
    }
}

#[test]
fn files_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    std::fs::create_dir(path("folder")).unwrap();
    std::fs::create_dir(path("folder/inner.bp")).unwrap();
    std::fs::write(path("file"), "x[3]; y[i] = 2*x[i]").unwrap();
    for arguments in [
        vec!["derive".into(), path("folder")],
        vec!["derive".into(), path("nowhere.bp")],
        vec!["derive".into(), path("file") + ":layer"],
        vec!["solve".into(), path("folder")],
        vec!["solve".into(), path("file")],
        vec!["check".into(), path("folder"), path("nowhere")],
        vec!["layers".into(), "--layers".into(), path("nowhere")],
        vec!["layers".into(), "--layers".into(), path("folder")],
        vec!["layers".into(), "--layers".into(), path("file")],
        vec!["derive".into(), path("file"), "-o".into(), path("file") + "/y.md"],
        vec!["derive".into(), path("file"), "-o".into(), path("folder"), "--format".into(), "text".into()],
        vec!["man".into(), "--out".into(), path("file")],
        vec!["explain".into(), "a".repeat(100_000)],
        vec!["layers".into(), "a".repeat(100_000)],
        vec!["derive".into(), "a".repeat(100_000)],
    ] {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        assert_ends(&format!("{:.60}", arguments.join(" ")), &run(&arguments, b""), &[2]);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "something was written");
}

#[cfg(unix)]
#[test]
fn links_that_go_in_a_circle_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (folder.path().join("one.bp"), folder.path().join("other.bp"));
    std::os::unix::fs::symlink(&one, &other).unwrap();
    std::os::unix::fs::symlink(&other, &one).unwrap();
    assert_ends("a circle of links", &run(&["layers", "--layers", folder.path().to_str().unwrap()], b""), &[2]);
    assert_ends("a circle of links", &run(&["check", one.to_str().unwrap()], b""), &[2]);
}

/// What is no file stays what it is: writing to a device does not put a file in its place.
#[cfg(unix)]
#[test]
fn devices_are_written_to_and_not_replaced() {
    let device = Path::new("/dev/null");
    assert_ends("/dev/null", &run(&["derive", "matmul", "-o", "/dev/null", "--format", "text"], b""), &[0]);
    assert!(!std::fs::metadata(device).unwrap().is_file());
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    for arguments in [&["derive", "conv2d"][..], &["layers"], &["explain"], &["man"], &["completions", "bash"], &[]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_backprose")).args(arguments).spawn_piped();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && complaint.is_empty(), "{arguments:?}: {complaint}");
    }
}
