//! Terminal sessions, whole: standard output, standard error and exit codes. The README's own
//! session is among them.

#[test]
fn terminal_sessions_are_what_is_written() {
    trycmd::TestCases::new().case("tests/cli/*.trycmd").case("README.md").case("docs/json.md");
}
