//! Terminal sessions, whole: standard output, standard error and exit codes. The README's own
//! session is among them.

#[test]
fn terminal_sessions_are_what_is_written() {
    trycmd::TestCases::new().case("tests/cli/*.trycmd").case("README.md").case("docs/json.md").case("docs/tour.md");
}

/// Sessions whose output holds backslashes, which the texts above would show as slashes.
#[test]
fn the_front_page_shows_what_check_prints() {
    let page = include_str!("../README.md");
    let sessions: Vec<&str> = page.split("```shell-session\n$ backprose ").skip(1).collect();
    assert!(!sessions.is_empty());
    for session in sessions {
        let (command, rest) = session.split_once('\n').unwrap();
        let shown = rest.split("```").next().unwrap();
        let run = std::process::Command::new(env!("CARGO_BIN_EXE_backprose"))
            .args(command.split_whitespace())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&run.stdout), shown, "{command}");
    }
}
