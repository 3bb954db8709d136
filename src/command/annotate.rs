//! Workflow commands: what GitHub Actions shows beside the lines of a change.

use backprose::writeup::harmless_lines;

/// How much an annotation matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It is wrong.
    Error,
    /// It could not be decided.
    Warning,
}

/// `::error file=paper.tex,line=3,col=7,title=…::…` and a line break; the message may have several lines.
pub fn annotation(
    level: Level,
    (file, line, column): (&str, usize, Option<usize>),
    title: &str,
    message: &str,
) -> String {
    let word = match level {
        Level::Error => "error",
        Level::Warning => "warning",
    };
    let file = property(file.strip_prefix("./").unwrap_or(file));
    let column = column.map_or(String::new(), |column| format!(",col={column}"));
    let message = data(&harmless_lines(message));
    format!("::{word} file={file},line={line}{column},title={}::{message}\n", property(title))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    let line = data(&harmless_lines(text));
    line.replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{Level, annotation};

    #[test]
    fn what_would_end_a_command_is_escaped() {
        let found = annotation(Level::Error, ("./a,b:c.tex", 3, Some(7)), "50% wrong: f, g", "100%\nright: f");
        let expected = "::error file=a%2Cb%3Ac.tex,line=3,col=7,title=50%25 wrong%3A f%2C g::100%25%0Aright: f\n";
        assert_eq!(found, expected);
        assert_eq!(annotation(Level::Warning, ("a", 1, None), "t", "m"), "::warning file=a,line=1,title=t::m\n");
    }
}
