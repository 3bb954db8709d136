//! From a document to what a template sees: every formula and every sentence written in the format at hand.

use super::column::{self, Columns};
use super::context::{
    BlockView, ColourView, DocumentView, Formula, LineView, PartView, ProblemView, Properties, QuestionView, ReadView,
    RowView,
};
use super::diagram::{self, Diagram, Graph, Node};
use super::document::{Block, Document, Inline, Line, Math, Part, Piece, Problem, Prose, Question};
use super::highlights::{OriginView, Trail, before_relation};
use super::label;
use super::notation::Notation;
use super::origin::Origin;
use super::picture::{self, Draughtsman, Drawing};
use super::prose::{self, Dialect, Writer};
use super::source::{self, Event};
use super::terminal::{self, Ink};

/// Makes the views of a document in one format.
#[derive(Clone, Copy, Debug)]
pub struct Viewer {
    /// The format's family.
    pub dialect: Dialect,
    /// Colours for the terminal.
    pub ink: Ink,
    /// The width of a line in points, in a fragment of LaTeX.
    pub column: f64,
}

impl Viewer {
    /// The document as templates see it.
    pub fn document(&self, document: &Document) -> DocumentView {
        let notation = Notation::new(&document.notation);
        let writer = Writer { dialect: self.dialect, notation: &notation, marks: &[] };
        let given = |text: &Option<String>| writer.text(text.as_deref().unwrap_or_default());
        let (author, course, date) = (given(&document.author), given(&document.course), given(&document.date));
        let known: Vec<&str> =
            [&author, &course, &date].into_iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
        let byline = known.join(" · ");
        let plain = |text: &str| prose::latex_plain(text);
        let titles: Vec<&str> = document.problems.iter().map(|p| p.title.as_str()).filter(|t| !t.is_empty()).collect();
        let properties = Properties {
            title: plain(&document.title),
            author: plain(document.author.as_deref().unwrap_or_default()),
            subject: plain(document.course.as_deref().unwrap_or_default()),
            keywords: plain(&titles.join(", ")),
        };
        let title = writer.text(&document.title);
        let titled = !title.is_empty() && (!byline.is_empty() || document.problems.len() > 1);
        let layout = if !titled || !self.is_text() {
            vec![]
        } else {
            vec![self.ink.strong(&title), self.ink.faint(&byline), String::new()]
        };
        let byline = if self.is_latex() { byline.replace('·', "\\ensuremath{\\cdot}") } else { byline };
        let mut traced = 0;
        let mut problem = |problem: &Problem| self.problem(problem, document, (titled, &mut traced), &writer);
        let mut problems: Vec<ProblemView> = document.problems.iter().map(&mut problem).collect();
        let traced = traced > 0;
        label::put(&mut problems, document.label.as_deref());
        let palette = picture::PALETTE.iter().map(|(fill, line)| ColourView { fill, line }).collect();
        DocumentView {
            properties,
            column: self.column,
            title,
            author,
            course,
            date,
            byline,
            titled,
            traced,
            problems,
            palette,
            layout,
        }
    }

    fn is_text(&self) -> bool {
        self.dialect == Dialect::Text
    }

    fn is_latex(&self) -> bool {
        matches!(self.dialect, Dialect::Latex | Dialect::LatexFragment)
    }

    fn problem(
        &self,
        problem: &Problem,
        document: &Document,
        (titled, traced): (bool, &mut usize),
        writer: &Writer<'_>,
    ) -> ProblemView {
        let (label, title) = (writer.text(&problem.label), writer.text(&problem.title));
        let only = match problem.questions.as_slice() {
            [one] if !one.label.is_empty() && !document.title.is_empty() => Some(format!("question {}", one.label)),
            _ => None,
        };
        let above = (!titled && !document.title.is_empty()).then(|| document.title.clone());
        let aside = writer.text(&above.into_iter().chain(only).collect::<Vec<_>>().join(" · "));
        let left = if label.is_empty() { title.clone() } else { format!("Problem {label}  {title}") };
        let layout = if self.is_text() && !(left.is_empty() && aside.is_empty()) {
            terminal::heading(&left, &aside, self.ink)
        } else {
            vec![]
        };
        let questions = problem.questions.iter().map(|question| self.question(question, document, traced)).collect();
        let bookmark = prose::latex_plain(&match problem.label.as_str() {
            "" => problem.title.clone(),
            label => format!("{label} {}", problem.title),
        });
        ProblemView { label, title, bookmark, aside, questions, layout }
    }

    fn question(&self, question: &Question, document: &Document, traced: &mut usize) -> QuestionView {
        let notation = Notation::new(question.notation.iter().chain(&document.notation));
        let writer = Writer { dialect: self.dialect, notation: &notation, marks: &[] };
        let label = writer.text(&question.label);
        let text = writer.flow(&question.text);
        let [conventions, evidence] = [&question.conventions, &question.evidence].map(|prose| writer.prose(prose));
        let (mut layout, mut evidence_layout) = (vec![], vec![]);
        if self.is_text() {
            let lead = if label.is_empty() { String::new() } else { format!("{label}.") };
            if !(lead.is_empty() && text.is_empty()) {
                layout = terminal::labelled(&lead, &text, self.ink);
            }
            if !conventions.is_empty() {
                layout.extend(terminal::faint(&format!("Conventions: {conventions}"), self.ink));
            }
            evidence_layout = terminal::faint(&evidence, self.ink);
        }
        let shown: &[Origin] = if self.dialect == Dialect::Html { &question.origins } else { &[] };
        let trail = Trail::new(shown, *traced);
        *traced += shown.len();
        let blocks = self.blocks(&question.blocks, &writer, &trail);
        let parts = question.parts.iter().map(|part| self.part(part, &writer, &trail)).collect();
        QuestionView { label, text, conventions, blocks, parts, evidence, layout, evidence_layout }
    }

    fn part(&self, part: &Part, writer: &Writer<'_>, trail: &Trail) -> PartView {
        let (label, text) = (writer.text(&part.label), writer.flow(&part.text));
        let layout = if self.is_text() { terminal::labelled(&label, &text, self.ink) } else { vec![] };
        PartView { label, text, blocks: self.blocks(&part.blocks, writer, trail), layout }
    }

    fn blocks(&self, blocks: &[Block], writer: &Writer<'_>, trail: &Trail) -> Vec<BlockView> {
        let mut views: Vec<BlockView> = blocks.iter().map(|block| self.block(block, writer, trail)).collect();
        let mut known = Vec::new();
        for view in &mut views {
            let BlockView::Boxed { name, .. } = view else { continue };
            if known.contains(name) { name.clear() } else { known.push(name.clone()) }
        }
        views
    }

    fn block(&self, block: &Block, writer: &Writer<'_>, trail: &Trail) -> BlockView {
        let mut view = self.bare(block, writer, trail);
        if self.is_text() {
            let pattern =
                if let Block::Picture(picture) = block { Some((&picture.matrix, writer.notation)) } else { None };
            let lines = terminal::block(&view, pattern, self.ink);
            match &mut view {
                BlockView::Boxed { layout, .. }
                | BlockView::Derivation { layout, .. }
                | BlockView::Paragraph { layout, .. }
                | BlockView::Table { layout, .. }
                | BlockView::Picture { layout, .. }
                | BlockView::Diagram { layout, .. }
                | BlockView::Missing { layout, .. } => *layout = lines,
            }
        }
        view
    }

    fn bare(&self, block: &Block, writer: &Writer<'_>, trail: &Trail) -> BlockView {
        let layout = vec![];
        match block {
            Block::Boxed { formulas, ranges } => {
                let room = if self.dialect == Dialect::Html { 70 } else { 76 };
                let wide = formulas.iter().map(|formula| writer.width(formula) + 4).sum::<usize>() > room;
                let note = |(number, group, note): (usize, usize, Prose)| {
                    let text = writer.prose(&note);
                    OriginView { number, group, text }
                };
                let origins = formulas.iter().flat_map(|formula| trail.notes(formula)).map(note).collect();
                let sources = formulas.iter().flat_map(|formula| trail.sources(formula)).collect();
                let name = formulas.first().map(before_relation).unwrap_or_default();
                let label = formulas.first().map(label::of).unwrap_or_default();
                let mut formulas: Vec<Formula> =
                    formulas.iter().map(|formula| self.formula(formula, writer, trail)).collect();
                match self.dialect {
                    Dialect::Latex => column::page_answer(&mut formulas),
                    Dialect::LatexFragment => column::answer(&mut formulas, self.column),
                    _ => {}
                }
                BlockView::Boxed {
                    name: writer.inline_math(name),
                    formulas,
                    wide,
                    label,
                    ranges: ranges.iter().map(|range| writer.inline_math(range)).collect(),
                    origins,
                    sources,
                    layout,
                }
            }
            Block::Derivation { left, lines, folded } => {
                let sources = trail.sources(left);
                let mut lines: Vec<LineView> = lines.iter().map(|line| self.line(left, line, writer, trail)).collect();
                let left = Writer { marks: &trail.within(left), ..*writer }.display(left);
                let mut columns = Columns::default();
                match self.dialect {
                    Dialect::Latex => columns = column::page_derivation(&left, &mut lines),
                    Dialect::LatexFragment => columns = column::derivation(&left, &mut lines, self.column),
                    _ => {}
                }
                let folded = folded.as_ref().map(|title| match self.dialect {
                    Dialect::Markdown => picture::markup(title),
                    _ => writer.text(title),
                });
                let Columns { above, beside, reason: room } = columns;
                BlockView::Derivation { left, lines, above, beside, room, folded, sources, layout }
            }
            Block::Paragraph(prose) => BlockView::Paragraph { text: writer.flow(prose), layout },
            Block::Missing(prose) => BlockView::Missing { text: writer.flow(prose), layout },
            Block::Table { header, rows } => self.table(header, rows, writer),
            Block::Diagram(content) => self.diagram(content, writer),
            Block::Picture(content) => {
                let pen = if self.dialect == Dialect::Html { Dialect::Markdown } else { self.dialect };
                let mut drawings = Draughtsman { writer: Writer { dialect: pen, ..*writer } }.drawings(content);
                if self.dialect == Dialect::Html {
                    let captions = content.reads.iter().map(|reads| &reads.caption).chain([&content.matrix.caption]);
                    drawings.iter_mut().zip(captions).for_each(|(drawing, text)| drawing.caption = writer.prose(text));
                }
                let alternative = match self.dialect {
                    Dialect::Markdown => picture::markup(&content.alternative),
                    _ => writer.text(&content.alternative),
                };
                BlockView::Picture {
                    cells: picture::cells(&content.matrix, writer),
                    alternative,
                    caption: writer.prose(&content.matrix.caption),
                    drawings,
                    layout,
                }
            }
        }
    }

    fn diagram(&self, content: &Diagram, writer: &Writer<'_>) -> BlockView {
        let pen = if self.dialect == Dialect::Html { Dialect::Markdown } else { self.dialect };
        let draughtsman = Draughtsman { writer: Writer { dialect: pen, ..*writer } };
        let graphs: Vec<&Graph> = std::iter::once(&content.folded).chain(&content.unrolled).collect();
        let drawings = graphs.iter().map(|graph| {
            let drawn = diagram::drawing(graph, &draughtsman);
            let caption =
                if self.dialect == Dialect::Html { writer.prose(&graph.caption) } else { drawn.caption.clone() };
            let about = writer.text(&format!("Computational graph of {}", content.of));
            Drawing { caption, about, details: writer.text(&content.alternative), ..drawn }
        });
        let formula = |node: &Node| writer.inline_math(&node.math());
        let reads = content
            .folded
            .reads()
            .map(|(node, from)| ReadView { node: formula(node), from: from.into_iter().map(formula).collect() });
        BlockView::Diagram {
            alternative: writer.text(&content.alternative),
            drawings: drawings.collect(),
            mermaid: graphs
                .iter()
                .map(|graph| (diagram::mermaid(graph, writer.notation), writer.prose(&graph.caption)))
                .collect(),
            reads: reads.collect(),
            layout: vec![],
        }
    }

    fn formula(&self, math: &Math, writer: &Writer<'_>, trail: &Trail) -> Formula {
        let marks = trail.boxed(math);
        let writer = &Writer { marks: &marks, ..*writer };
        let (left, right) = if self.is_text() { (String::new(), String::new()) } else { writer.halves(math) };
        Formula { whole: writer.display(math), left, right, head: String::new(), rows: Vec::new() }
    }

    fn line(&self, left: &Math, line: &Line, writer: &Writer<'_>, trail: &Trail) -> LineView {
        let marks = trail.within(left);
        let right = if matches!(self.dialect, Dialect::Latex | Dialect::LatexFragment | Dialect::Html) {
            [&[Piece::Symbol(line.relation)], line.right.as_slice()].concat()
        } else {
            line.right.clone()
        };
        let piece = |inline: &Inline| match inline {
            Inline::Math(math) => vec![(writer.inline_math(math).trim_matches('$').to_string(), true)],
            Inline::Text(text) | Inline::Emphasis(text) => vec![(in_text(text), false)],
            Inline::Source(text) => source::events(text).iter().filter_map(in_formula).collect(),
        };
        LineView {
            relation: writer.display(&[Piece::Symbol(line.relation)]),
            right: Writer { marks: &marks, ..*writer }.display(&right),
            rows: Vec::new(),
            reason: writer.prose(&line.reason),
            reason_pieces: line.reason.iter().flat_map(piece).collect(),
        }
    }

    fn table(&self, header: &[Vec<Inline>], rows: &[(Vec<Vec<Inline>>, bool)], writer: &Writer<'_>) -> BlockView {
        let count = rows.iter().map(|(cells, _)| cells.len()).chain([header.len()]).max().unwrap_or(0);
        let line = |cells: &[Vec<Inline>]| {
            let mut texts: Vec<String> = cells.iter().map(|cell| self.cell(&writer.prose(cell))).collect();
            texts.resize(count, String::new());
            texts
        };
        let measure = Writer { dialect: Dialect::Text, ..*writer };
        let width = |c: usize| {
            let cells = rows.iter().map(|(cells, _)| cells.as_slice()).chain([header]);
            cells
                .filter_map(|cells| cells.get(c))
                .map(|cell| terminal::columns(&measure.prose(cell)))
                .max()
                .unwrap_or(0)
                .clamp(6, 40) as f64
        };
        let widths: Vec<f64> = (0..count).map(width).collect();
        let whole: f64 = widths.iter().sum();
        let shares = widths.iter().map(|width| (width / whole * 1000.0).floor() / 1000.0).collect();
        let rows = rows.iter().map(|(cells, bold)| RowView { cells: line(cells), bold: *bold }).collect();
        BlockView::Table { header: line(header), rows, shares, wide: whole > 48.0, layout: vec![] }
    }

    fn cell(&self, text: &str) -> String {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let escaped = line.replace("\\|", "\u{0}").replace(['|', '\u{0}'], "\\|");
        if self.dialect == Dialect::Markdown { escaped } else { line }
    }
}

/// Words that may stand in `\text{…}` in Markdown: without anything TeX or Markdown would act on.
fn in_text(text: &str) -> String {
    text.chars().filter(|c| !"\\{}$%#&_^~*`<>|[]".contains(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn in_formula(event: &Event) -> Option<(String, bool)> {
    match event {
        Event::Text(text) | Event::Code(text) => Some((in_text(text), false)),
        Event::Math(math) | Event::Display(math) => Some((prose::markdown_math(math), true)),
        Event::Open(_) | Event::Close(_) | Event::Paragraph | Event::Item => None,
    }
}
