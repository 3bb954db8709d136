//! One question: its systems, its judges, and what the author's formulas say so far.

use super::chain::{first_wrong, letter_and_formula, links, plain, spoken_of};
use super::document::{Document, Formula};
use super::mapping::Mapping;
use super::setting::{Detail, Setting};
use super::spoken::Spoken;
use super::symbol::symbols;
use super::words::Introduction;
use super::{Asked, Entry, Found, Place};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::judge::Rejections;
use crate::language::print::{Alphabet, target as target_text};
use crate::language::syntax::{Claim, ClaimValue, Expr, Layout, Name, Problem, Question, Target};
use crate::latex::{self, Kind, Macros, Tree};
use crate::limits::Limits;
use crate::reading::{Own, Reader, Said, Side, Symbol};

/// Judges the formulas of one question.
pub(super) struct Marker<'a> {
    pub(super) problem: &'a Problem,
    pub(super) question: &'a Question,
    numbered: bool,
    /// What the question asks for.
    pub(super) wanted: &'a [(String, Target)],
    /// Its systems; none before they are needed.
    pub(super) settings: &'a mut Vec<Setting>,
    mapping: &'a Mapping,
    detail: Detail,
    /// The commands that the document defines.
    macros: &'a Macros,
    /// Letters that the document says what they are: `\delta = \partial\ell/\partial z`.
    pub(super) letters: Vec<(Symbol, String)>,
    /// The author's own symbols that have indices or are whole vectors.
    pub(super) own: Vec<Own>,
    /// How derivatives are laid out.
    layout: Layout,
    /// The author's own symbols and what they are.
    pub(super) defined: Vec<(Name, Expr)>,
    pub(super) last: Option<Last>,
    /// The symbols in the formulas, with the line where each first stands.
    used: Vec<(String, usize)>,
    /// Where each of the author's own symbols is defined.
    pub(super) defined_in: Vec<(Name, usize)>,
    /// Whether it is known what the sentences of the document say of letters.
    heard: bool,
    /// The order in which a formula first had the axes of each array, and its line.
    orders: Vec<(Name, Option<Vec<usize>>, usize)>,
    /// Formulas that have them in another order: what to say, and where.
    disorder: Vec<(usize, String)>,
}

/// What the statement before spoke of, for a line that begins with `=`.
pub(super) enum Last {
    Answer(Target),
    Symbol(Name),
}

impl<'a> Marker<'a> {
    /// Begins with a document, whose commands are known.
    pub fn new(asked: &'a mut Asked<'_>, mapping: &'a Mapping, macros: &'a Macros, detail: Detail) -> Self {
        Marker {
            problem: asked.problem,
            question: asked.question,
            numbered: true,
            wanted: &asked.wanted,
            settings: &mut asked.settings,
            mapping,
            detail,
            macros,
            letters: Vec::new(),
            own: Vec::new(),
            layout: asked.layout,
            defined: Vec::new(),
            last: None,
            used: Vec::new(),
            defined_in: Vec::new(),
            heard: false,
            orders: Vec::new(),
            disorder: Vec::new(),
        }
    }

    /// Derives what is needed to judge, if that was not done before; whether there is anything to judge.
    pub fn prepared(
        &mut self,
        base: i64,
        rejections: Option<&Rejections>,
        limits: &Limits,
    ) -> Result<bool, Diagnostics> {
        if self.settings.is_empty() {
            *self.settings = Setting::all(self.question, base, rejections, limits)?;
        }
        Ok(!self.settings.is_empty())
    }

    /// Whether something under these numbers belongs to the question.
    pub fn stands(&self, place: &Place) -> bool {
        place.problem.as_ref().is_none_or(|label| *label == self.problem.label)
            && place.question.as_ref() == Some(&self.question.label)
    }

    /// Begins with formulas that numbers assign to the question, or with others: what was said so far
    /// does not reach from the ones to the others. Takes in what formulas inside sentences say of letters.
    pub fn begin(&mut self, numbered: bool, stated: &[Formula]) {
        self.hear(stated);
        self.numbered = numbered;
        self.defined.clear();
        self.defined_in.clear();
        self.own.clear();
        self.last = None;
    }

    /// Notes the order in which a formula has the axes of the arrays in it.
    fn see(&mut self, found: &Found, line: usize) {
        let Found::Judged { mark, .. } = found else { return };
        for (name, order) in &mark.orders {
            match self.orders.iter().find(|(known, ..)| known == name) {
                None => self.orders.push((name.clone(), order.clone(), line)),
                Some((_, first, earlier)) if first != order => {
                    let words = format!("the axes of {name} stand in another order here than in line {earlier}");
                    if !self.disorder.contains(&(line, words.clone())) {
                        self.disorder.push((line, words));
                    }
                }
                Some(_) => {}
            }
        }
    }

    /// Takes in once what formulas inside sentences say of letters: `where $\delta = \partial\ell/\partial z$`.
    fn hear(&mut self, stated: &[Formula]) {
        if std::mem::replace(&mut self.heard, true) {
            return;
        }
        for formula in stated {
            if formula.place.question.is_some() && !self.stands(&formula.place) {
                continue;
            }
            for tree in latex::read_with(&formula.text, self.macros).unwrap_or_default() {
                let tree = self.reader(0).spelled(&tree);
                self.introduced(&tree);
            }
        }
    }

    /// What is odd about the symbols and the words in lines of the question: the line, the question, and why.
    pub fn remarks(&mut self, document: &Document) -> Vec<(usize, String, String)> {
        let introduced: Vec<&Introduction> = document.introduced.iter().filter(|i| self.stands(&i.place)).collect();
        let mut remarks = self.introduced_oddly(&introduced);
        let spoken: Vec<&Spoken> = document.spoken.iter().filter(|s| self.stands(&s.place)).collect();
        let question = self.problem.number(self.question, None);
        remarks.extend(self.said(&spoken).into_iter().map(|(line, words)| (line, question.clone(), words)));
        remarks
    }

    fn introduced_oddly(&self, introduced: &[&Introduction]) -> Vec<(usize, String, String)> {
        let question = self.problem.number(self.question, None);
        let mut remarks: Vec<(usize, String, String)> = Vec::new();
        let mut say = |line: usize, words: String| remarks.push((line, question.clone(), words));
        for (k, one) in introduced.iter().enumerate() {
            if let Some(words) = one.contradiction() {
                say(one.line, words);
            }
            if introduced[..k].iter().any(|other| other.symbol == one.symbol) {
                say(one.line, format!("{} is introduced a second time", one.symbol));
            }
            if self.used.iter().all(|(name, _)| *name != one.symbol) {
                say(one.line, format!("{} is introduced and never used", one.symbol));
            }
        }
        self.disorder.iter().for_each(|(line, words)| say(*line, words.clone()));
        let known = |name: &str| {
            introduced.iter().any(|i| i.symbol == name)
                || self.defined.iter().any(|(n, _)| **n == *name)
                || self.question.text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == name)
        };
        let size = |name: &str| self.settings[0].system.sizes.iter().any(|(size, _)| **size == *name);
        for (name, line) in self.used.iter().filter(|(name, _)| !introduced.is_empty() && size(name) && !known(name)) {
            say(*line, format!("{name} is used and introduced nowhere"));
        }
        remarks
    }

    /// The entries of a formula; without numbers around it, none if its left side is no answer here.
    /// What it answers may be known, with its name.
    pub fn formula(&mut self, formula: &Formula, said: Option<&(String, Target)>) -> Vec<Entry> {
        let part = formula.place.part.as_deref().filter(|part| self.question.parts.iter().any(|p| p.label == *part));
        let question = match said {
            Some((name, _)) => name.split(' ').next().unwrap_or_default().to_string(),
            None => self.problem.number(self.question, part),
        };
        let wanted = self.wanted;
        let entry = |line: usize, formula: String, found: Found| {
            let asked =
                wanted.iter().filter(|(_, wanted)| found.target().is_some_and(|target| answers(target, wanted)));
            let answers: Vec<String> = asked.map(|(name, _)| name.clone()).collect();
            let question = match answers.as_slice() {
                [name] if part.is_none() => name.split(' ').next().unwrap_or_default().to_string(),
                _ => question.clone(),
            };
            Entry { line, question, formula, answers, found }
        };
        let trees = match latex::read_with(&formula.text, self.macros) {
            Ok(trees) => trees,
            Err(_) if !self.numbered => return Vec::new(),
            Err(problem) => {
                return vec![entry(
                    formula.line,
                    formula.text.clone(),
                    Found::Unreadable(problem.moved(formula.start)),
                )];
            }
        };
        self.settings.iter().for_each(|setting| setting.system.facts().forget());
        let mut entries = Vec::new();
        let statements = self.reader(0).statements(&trees);
        for (k, tree) in trees.iter().enumerate() {
            let said = said.map(|(_, target)| target).filter(|_| k == 0);
            let part = formula.text.get(tree.span.start..tree.span.end).unwrap_or(&formula.text);
            let text = if trees.len() == 1 { formula.text.clone() } else { part.trim().replacen("&=", "=", 1) };
            let before = formula.text.get(..tree.span.start).unwrap_or_default();
            let line = formula.line + before.matches('\n').count();
            let found = self.statement(&statements[k], line, said);
            found.iter().flatten().for_each(|found| self.see(found, line));
            let sets = |found: &Found| matches!(found, Found::Definition { set: Some(_), .. });
            if !found.as_ref().is_ok_and(|found| found.iter().any(sets)) {
                symbols(tree, &mut |name| {
                    if self.used.iter().all(|(known, _)| *known != name) {
                        self.used.push((name, line));
                    }
                });
            }
            match found {
                Ok(found) => {
                    let links = links(tree, &formula.text).filter(|links| links.len() == found.len());
                    let Some(links) = links else {
                        entries.extend(found.into_iter().map(|found| entry(line, text.clone(), found)));
                        continue;
                    };
                    let breaks = |at: usize| formula.text.get(..at).map_or(0, |before| before.matches('\n').count());
                    let lines: Vec<usize> = links.iter().map(|(at, _)| formula.line + breaks(*at)).collect();
                    let found = first_wrong(found, &lines);
                    let whole = found.into_iter().zip(links).zip(&lines);
                    entries.extend(
                        whole
                            .enumerate()
                            .map(|(k, ((found, (_, text)), at))| entry(if k == 0 { line } else { *at }, text, found)),
                    );
                }
                Err(problem) if self.numbered => {
                    entries.push(entry(line, text, Found::Unreadable(problem.moved(formula.start))));
                }
                Err(_) => {}
            }
        }
        if !self.numbered && !entries.iter().any(|e| matches!(e.found, Found::Judged { .. })) {
            return Vec::new();
        }
        entries
    }

    /// What is found of a statement, in the first system in which it makes sense.
    fn statement(&mut self, tree: &Tree, line: usize, said: Option<&Target>) -> Result<Vec<Found>, Diagnostic> {
        if let Some(target) = said {
            return self.mapped(tree, target);
        }
        if self.is_range(tree) {
            return Ok(Vec::new());
        }
        if let Some(found) = self.letter(tree)? {
            return Ok(found);
        }
        if let Some(found) = self.symbol(tree, line) {
            return Ok(vec![found]);
        }
        self.further(tree)
    }

    /// What is found of a statement about an answer, or of a line that goes on with one.
    pub(super) fn further(&mut self, tree: &Tree) -> Result<Vec<Found>, Diagnostic> {
        let last = match &self.last {
            Some(Last::Answer(target)) => Some(target.clone()),
            _ => None,
        };
        let mut first_problem = None;
        for k in 0..self.settings.len() {
            let reader = self.reader(k);
            let claims = match reader.statement(tree, last.as_ref()) {
                Ok(Said::Claims(_, claims)) => claims,
                Ok(Said::Lengths(members, span)) => plain(reader.lengths_of_output(members, span)),
                Ok(Said::Symbol(_) | Said::Remark) => return Ok(Vec::new()),
                Err(problem) => {
                    first_problem.get_or_insert(problem);
                    continue;
                }
            };
            if let Some(found) = self.placeholder(k, &claims) {
                return Ok(vec![found]);
            }
            match self.judged(k, &claims) {
                Ok(found) => {
                    self.last = spoken_of(&claims);
                    return Ok(found);
                }
                Err(problem) => {
                    first_problem.get_or_insert(problem);
                }
            }
        }
        Err(first_problem.unwrap_or_else(|| Diagnostic::new("no question asks for this", tree.span)))
    }

    /// Whether this says over what an index of the formula before it runs: `r = 1, 2, 3`.
    fn is_range(&self, tree: &Tree) -> bool {
        let (Kind::Relations(Some(first), _), Some(Last::Answer(target))) = (&tree.kind, &self.last) else {
            return false;
        };
        let indices = self.reader(0).indices_of(target);
        crate::reading::written(first).is_some_and(|name| indices.iter().any(|index| **index == *name))
    }

    /// Reads formulas about one of the systems.
    pub(super) fn reader(&self, k: usize) -> Reader<'_> {
        let letters = self.mapping.symbols.iter().map(|(symbol, name, _)| (symbol, name.as_str()));
        let said = self.letters.iter().map(|(symbol, name)| (symbol, name.as_str()));
        self.settings[k]
            .reader()
            .with_layout(self.layout)
            .with_definitions(&self.defined)
            .with_own(&self.own)
            .with_letters(letters.chain(said))
    }

    /// What is found of a formula of which the mapping says what it answers: its left side is a letter
    /// for that, or missing.
    fn mapped(&mut self, tree: &Tree, target: &Target) -> Result<Vec<Found>, Diagnostic> {
        let mut problem = Diagnostic::new("this is no answer to what it is said to answer", tree.span);
        for k in 0..self.settings.len() {
            let indexed = self.settings[k].judge.indexed(target);
            let name = target_text(target.bare().within(), Alphabet::Ascii);
            let (letter, whole) = letter_and_formula(tree);
            let reader = self.reader(k);
            let reader = match &letter {
                Some(letter) => reader.with_letters([(letter, name.as_str())]),
                None => reader,
            };
            let claims = match reader.statement(&whole, indexed.as_ref()) {
                Ok(Said::Claims(_, claims)) => claims,
                Ok(Said::Lengths(members, span)) => plain(Reader::lengths_of(target, members, span)),
                Ok(Said::Symbol(_) | Said::Remark) => continue,
                Err(found) => {
                    problem = found;
                    continue;
                }
            };
            match self.judged(k, &claims) {
                Ok(found) => {
                    self.last = spoken_of(&claims);
                    return Ok(found);
                }
                Err(found) => problem = found,
            }
        }
        Err(problem)
    }

    /// A shape with letters that are no sizes in any of the systems.
    fn placeholder(&mut self, k: usize, claims: &[Result<Side, Diagnostic>]) -> Option<Found> {
        let [Ok(Side { claim: Claim { value: ClaimValue::Shape(lengths), target, .. }, .. })] = claims else {
            return None;
        };
        let unknown = |k: usize| {
            let reader = self.settings[k].reader();
            let lengths_known = self.settings[k].names.lengths.iter().map(|(letter, _)| letter.to_string());
            let known: Vec<String> = lengths_known.collect();
            let mut found = Vec::new();
            lengths.iter().for_each(|length| reader.unknown(length, &mut found));
            found.retain(|name| !known.contains(name));
            found
        };
        let missing: Vec<Vec<String>> = (0..self.settings.len()).map(unknown).collect();
        if missing.iter().any(Vec::is_empty) {
            return None;
        }
        let right = self.settings[k].judge.right(target);
        Some(Found::Placeholder { target: target.clone(), unknown: missing.into_iter().next()?, right })
    }

    /// What is found of each side; an error if nothing can be judged.
    fn judged(&mut self, k: usize, sides: &[Result<Side, Diagnostic>]) -> Result<Vec<Found>, Diagnostic> {
        let mut found = Vec::new();
        for side in sides {
            found.push(match side {
                Ok(side) => self.judge(k, side).unwrap_or_else(Found::Unreadable),
                Err(problem) => Found::Unreadable(problem.clone()),
            });
        }
        match found.iter().all(|found| matches!(found, Found::Unreadable(_))) {
            true => found
                .into_iter()
                .find_map(|found| match found {
                    Found::Unreadable(problem) => Some(Err(problem)),
                    _ => None,
                })
                .unwrap_or(Ok(Vec::new())),
            false => Ok(found),
        }
    }

    fn judge(&mut self, k: usize, side: &Side) -> Result<Found, Diagnostic> {
        self.settings[k].found(side, self.layout, self.detail)
    }
}

/// Whether what is said of one target answers what is asked: a shape, too, says something of a derivative.
fn answers(target: &Target, wanted: &Target) -> bool {
    let (plain, bare) = (target.bare(), wanted.bare());
    let shape_too = matches!((&plain, &bare), (Target::Shape(a), b) if **a == *b);
    bare == plain || shape_too && !matches!(wanted, Target::Value(..))
}
