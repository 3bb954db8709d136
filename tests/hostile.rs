//! Input that means harm ends in an error with exit code 2: no panic, no overflow, no abort.

use std::io::Write;
use std::process::{Command, Stdio};

fn derive(text: &[u8]) -> (Option<i32>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_backprose"))
        .args(["derive", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let _ = stdin.write_all(text);
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn hostile_input_is_refused() {
    let around = |open: &str, n: usize, inside: &str, close: &str| {
        format!("x[3]; y[i in 1..3] = {}{inside}{}", open.repeat(n), close.repeat(n)).into_bytes()
    };
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("100,000 parentheses", around("(", 100_000, "x[i]", ")")),
        ("10,000 signs", around("-", 10_000, "x[i]", "")),
        ("a sum of 100,000 terms", around("x[i] + ", 100_000, "x[i]", "")),
        ("a line of 10 MB", around("x[i] * ", 1_500_000, "x[i]", "")),
        ("nested sums", around("sum[k in 1..3] ", 2_000, "x[i]", "")),
        ("a tower of powers", around("", 0, &format!("x[i]{}", "^2".repeat(5_000)), "")),
        ("nested cases", around("if 1 = 1 then ", 5_000, "x[i]", "")),
        ("a NUL byte", b"x[3]; y[i] = \0 x[i]".to_vec()),
        ("no UTF-8", b"x[3]; y[i] = \xff x[i]".to_vec()),
        ("a size near 2^63", b"x[9223372036854775807]; y[i] = x[i]".to_vec()),
        ("an axis of 10^18", b"x[1000000000000000000]; y[i] = x[i]".to_vec()),
        ("a division by zero", b"x[3]; y[i] = x[i]/0".to_vec()),
        ("nothing", b"".to_vec()),
    ];
    for (what, text) in cases {
        let (code, complaint) = derive(&text);
        assert_eq!(code, Some(2), "{what}: {complaint}");
        assert!(!complaint.contains("panicked"), "{what}: {complaint}");
    }
}
