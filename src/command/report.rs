//! Complaints on standard error: the line with the part underlined, colours only on a terminal.

use super::Stop;
use backprose::diagnostic::Diagnostic;
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report};
use std::io::IsTerminal;

/// A text and what it is called in complaints.
pub struct Source {
    /// A file name, or what stands for one.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Shows all complaints about a text.
pub fn unusable(source: &Source, diagnostics: &[Diagnostic]) -> Stop {
    for diagnostic in diagnostics {
        let mut message = MietteDiagnostic::new(diagnostic.message.clone());
        if let Some(hint) = &diagnostic.hint {
            message = message.with_help(hint.clone());
        }
        let length = source.text.len();
        let labels = diagnostic.places.iter().map(|(span, label)| {
            let start = span.start.min(length);
            let range = start..span.end.clamp(start, length);
            LabeledSpan::new((!label.is_empty()).then(|| label.clone()), range.start, range.len())
        });
        message = message.with_labels(labels);
        show(Report::new(message).with_source_code(NamedSource::new(&source.name, source.text.clone())));
    }
    Stop::Unusable
}

/// Shows a complaint that belongs to no text.
pub fn complain(message: impl Into<String>, hint: Option<&str>) {
    let mut diagnostic = MietteDiagnostic::new(message.into());
    if let Some(hint) = hint {
        diagnostic = diagnostic.with_help(hint.to_string());
    }
    show(Report::new(diagnostic));
}

fn show(report: Report) {
    let theme = if colours(&std::io::stderr()) { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let mut text = String::new();
    let handler = GraphicalReportHandler::new_themed(theme).with_width(100);
    match handler.render_report(&mut text, report.as_ref()) {
        Ok(()) => eprint!("{text}"),
        Err(_) => eprintln!("{report}"),
    }
}

/// Whether a stream shows colours: a terminal, unless NO_COLOR is set.
pub fn colours(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}
