//! Words in HTML: escaped text, and the author's Markdown as blocks of which one is open at a time.
//!
//! Invariant: no text can be taken for markup, and every tag that opens closes.

use super::document::{Document, Inline, Question};
use super::harmless_character;
use super::mathml::{self, Engine, Kind};
use super::source::{Event, Mark};
use crate::language::syntax::Name;

/// Plain words.
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.extend(harmless_character(c)),
        }
    }
    out
}

/// A piece of the author's text within one block.
pub fn event(event: &Event) -> String {
    match event {
        Event::Text(words) => text(words),
        Event::Code(code) => format!("<code>{}</code>", text(code)),
        Event::Math(math) => mathml::marked(math, Kind::Source),
        Event::Display(math) => mathml::marked(math, Kind::SourceDisplay),
        Event::Open(mark) => format!("<{}>", tag(*mark)),
        Event::Close(mark) => format!("</{}>", tag(*mark)),
        Event::Paragraph => "<br/>".into(),
        Event::Item => "<br/>• ".into(),
    }
}

fn tag(mark: Mark) -> &'static str {
    match mark {
        Mark::Emphasis => "em",
        Mark::Strong => "strong",
    }
}

/// Paragraphs, lists and formulas on lines of their own.
#[derive(Debug, Default)]
pub struct Flow {
    done: String,
    open: String,
    in_list: bool,
}

impl Flow {
    /// Goes on in the open block.
    pub fn inline(&mut self, html: &str) {
        self.open += html;
    }

    /// A piece of the author's text, which may begin a block.
    pub fn event(&mut self, next: &Event) {
        match next {
            Event::Paragraph => self.close(false),
            Event::Item => self.close(true),
            Event::Display(_) => {
                self.close(false);
                self.done += &format!("<div class=\"display\">{}</div>\n", event(next));
            }
            _ => self.open += &event(next),
        }
    }

    /// The finished blocks.
    pub fn finish(mut self) -> String {
        self.close(false);
        self.done
    }

    /// Ends the open block; the next one is an item of a list, or a paragraph.
    fn close(&mut self, then_item: bool) {
        let open = std::mem::take(&mut self.open);
        let tag = if self.in_list { "li" } else { "p" };
        if !open.trim().is_empty() {
            self.done += &format!("<{tag}>{}</{tag}>\n", open.trim());
        }
        match (self.in_list, then_item) {
            (false, true) => self.done += "<ul>\n",
            (true, false) => self.done += "</ul>\n",
            _ => {}
        }
        self.in_list = then_item;
    }
}

/// The document without those notations of the author's that the engine cannot set; the names
/// print plainly then, and the conventions say so.
pub fn with_plain_names(document: &Document, engine: Engine) -> Document {
    let mut document = document.clone();
    let refused = take_refused(&mut document.notation, engine);
    for question in document.problems.iter_mut().flat_map(|problem| &mut problem.questions) {
        let own = take_refused(&mut question.notation, engine);
        for (name, tex) in refused.iter().chain(&own) {
            say_plain(question, name, tex, engine);
        }
    }
    document
}

fn take_refused(notation: &mut Vec<(Name, String)>, engine: Engine) -> Vec<(Name, String)> {
    let (kept, refused) = std::mem::take(notation).into_iter().partition(|(_, tex)| mathml::can_set(tex, engine));
    *notation = kept;
    refused
}

fn say_plain(question: &mut Question, name: &Name, tex: &str, engine: Engine) {
    let opening = if question.conventions.is_empty() { "" } else { " " };
    question.conventions.push(Inline::Text(format!("{opening}The notation {tex} of {name} is beyond {engine}: ")));
    question.conventions.push(Inline::Text(format!("{name} prints as it is.")));
}

#[cfg(test)]
mod tests {
    use super::{Flow, text};
    use crate::writeup::source::events;

    #[test]
    fn blocks_close_before_the_next_opens() {
        let mut flow = Flow::default();
        events("a *b*\n\n- one\n- two\n\nend `<c>`").iter().for_each(|event| flow.event(event));
        let expected =
            "<p>a <em>b</em></p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n<p>end <code>&lt;c&gt;</code></p>\n";
        assert_eq!(flow.finish(), expected);
        assert_eq!(text("<a href='x'>&\u{1}\""), "&lt;a href=&#39;x&#39;&gt;&amp; &quot;");
    }
}
