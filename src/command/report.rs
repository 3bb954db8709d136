//! Complaints on standard error: the line with the part underlined, colours only on a terminal.

use super::Stop;
use backprose::diagnostic::Diagnostic;
use backprose::writeup::{harmless, harmless_lines};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, MietteError, MietteSpanContents,
    NamedSource, Report, Severity, SourceCode, SourceSpan, SpanContents,
};
use std::io::{IsTerminal, Write};
use std::ops::Range;

/// The longest piece of a line that is shown, in bytes.
const LONGEST: usize = 240;
/// How much of it stands before the part that is underlined.
const BEFORE: usize = 80;
/// The most places shown of one complaint, and the most complaints.
const MOST: usize = 20;

/// A text and what it is called in complaints.
pub struct Source {
    /// A file name, or what stands for one.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Shows all complaints about a text.
pub fn unusable(source: &Source, diagnostics: &[Diagnostic]) -> Stop {
    for diagnostic in diagnostics.iter().take(MOST) {
        let mut message = MietteDiagnostic::new(clipped(&diagnostic.message));
        if let Some(hint) = &diagnostic.hint {
            message = message.with_help(clipped(hint));
        }
        let spans: Vec<Range<usize>> = diagnostic
            .places
            .iter()
            .take(MOST)
            .map(|(span, _)| on_one_line(&source.text, span.start, span.end))
            .collect();
        let shown = Excerpt::new(&source.text, &spans);
        let labels = diagnostic.places.iter().zip(&spans).filter_map(|((_, label), span)| {
            let place = shown.place(span)?;
            Some(LabeledSpan::new((!label.is_empty()).then(|| clipped(label)), place.start, place.len()))
        });
        message = message.with_labels(labels);
        show(Report::new(message).with_source_code(NamedSource::new(harmless(&source.name), shown)));
    }
    if diagnostics.len() > MOST {
        complain(format!("{} more complaints are not shown", diagnostics.len() - MOST), None);
    }
    Stop::Unusable
}

/// Shows a complaint that belongs to no text.
pub fn complain(message: impl Into<String>, hint: Option<&str>) {
    let mut diagnostic = MietteDiagnostic::new(clipped(&message.into()));
    if let Some(hint) = hint {
        diagnostic = diagnostic.with_help(clipped(hint));
    }
    show(Report::new(diagnostic));
}

/// Says what is good to know.
pub fn advise(message: impl Into<String>) {
    show(Report::new(MietteDiagnostic::new(clipped(&message.into())).with_severity(Severity::Advice)));
}

fn show(report: Report) {
    let theme = if colours(&std::io::stderr()) { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let mut text = String::new();
    let handler = GraphicalReportHandler::new_themed(theme).with_width(100);
    if handler.render_report(&mut text, report.as_ref()).is_err() {
        text = format!("{report}\n");
    }
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Whether a stream shows colours: a terminal, unless NO_COLOR is set.
pub fn colours(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// A message of a length that can be read.
fn clipped(message: &str) -> String {
    let message = &harmless_lines(message);
    match message.char_indices().nth(4 * LONGEST) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_string(),
    }
}

/// The stretch from `start` to `end`, as far as it lies on the line of its start and is not long.
fn on_one_line(text: &str, start: usize, end: usize) -> Range<usize> {
    let start = floor(text, start.min(text.len()));
    let line = text[start..].find(['\n', '\r']).map_or(text.len(), |length| start + length);
    start..floor(text, end.clamp(start, line).min(start + BEFORE)).max(start)
}

/// A character of the same length for one that a terminal would act on or not show.
fn stand_in(c: char) -> char {
    match (harmless(c.encode_utf8(&mut [0; 4])).chars().next(), c) {
        (Some(same), _) if same == c => c,
        (_, '\n' | '\t' | '\r') => c,
        _ => [' ', '\u{a0}', '\u{fffd}', '\u{10fffd}'][c.len_utf8() - 1],
    }
}

/// The last place at or before `at` where a character begins.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|k| text.is_char_boundary(*k)).unwrap_or(0)
}

/// A text in which long lines are cut down to what is about the places to be shown.
struct Excerpt {
    text: String,
    cuts: Vec<Cut>,
}

/// What is kept of a line, where it begins here, and where its line begins.
struct Cut {
    kept: Range<usize>,
    begin: usize,
    line: usize,
}

impl Excerpt {
    fn new(text: &str, spans: &[Range<usize>]) -> Excerpt {
        let mut excerpt = Excerpt { text: String::new(), cuts: Vec::new() };
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let kept = match line.len() > LONGEST {
                false => at..at + line.len(),
                true => {
                    let inside = spans.iter().find(|span| (at..at + line.len()).contains(&span.start));
                    let begin = inside.map_or(at, |span| span.start.saturating_sub(BEFORE).max(at));
                    floor(text, begin)..floor(text, (begin + LONGEST).min(at + line.len()))
                }
            };
            let whole = kept == (at..at + line.len());
            if kept.start > at {
                excerpt.text.push('…');
            }
            excerpt.cuts.push(Cut { kept: kept.clone(), begin: excerpt.text.len(), line: at });
            excerpt.text.extend(text[kept.clone()].chars().map(stand_in));
            if !whole {
                excerpt.text += if kept.end < at + line.trim_end_matches('\n').len() { "…\n" } else { "\n" };
            }
            at += line.len();
        }
        excerpt
    }

    /// Where a stretch of the whole text stands here, if it does.
    fn place(&self, span: &Range<usize>) -> Option<Range<usize>> {
        let Cut { kept, begin, .. } =
            self.cuts.iter().rev().find(|cut| cut.kept.start <= span.start && span.start <= cut.kept.end)?;
        let move_to = |at: usize| at.min(kept.end) - kept.start + begin;
        Some(move_to(span.start)..move_to(span.end))
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let contents = self.text.as_str().read_span(span, before, after)?;
        let cut = self.cuts.iter().rev().find(|cut| cut.begin <= span.offset());
        let column = match cut {
            Some(cut) if before == 0 => span.offset() - cut.begin + cut.kept.start - cut.line,
            _ => contents.column(),
        };
        let (data, place, line, count) = (contents.data(), *contents.span(), contents.line(), contents.line_count());
        Ok(Box::new(MietteSpanContents::new(data, place, line, column, count)))
    }
}
