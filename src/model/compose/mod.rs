//! Layer calls, before anything else is done with statements: the equations of a layer are put in the
//! place of the call.
//!
//! What the layer calls x becomes a view of the array that is given, its sizes become lengths of its
//! arguments, its output becomes the caller's array and its intermediates arrays called after that. What
//! is left is an ordinary list of statements, with a [`Call`](crate::language::syntax::Call) that says what was given;
//! `elaborate` needs no other file. Layers are looked up in the file of the call, then in a [`Library`].
//!
//! Invariant: a file without calls is itself; no layer is composed twice, and none calls itself.

mod body;
mod inline;
mod interface;
mod rebase;
mod renaming;

pub use rebase::rebased;

use crate::diagnostic::{Diagnostic, Diagnostics, Span, nearest};
use crate::language::function::Function;
use crate::language::syntax::{File, Homework, Item, Layer, Name, Normaliser, Statement, Test};
use crate::limits::Limits;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How deep layers may call layers.
const DEEPEST: usize = 64;

/// Where the layers are that a file does not define itself.
pub trait Library {
    /// A layer, and the file that it stands in.
    fn layer(&self, name: &str) -> Option<(&Layer, &File)>;

    /// The names of all layers.
    fn names(&self) -> Vec<Name>;
}

/// The file with every layer call written out.
///
/// # Errors
/// Calls that cannot be: of no layer, of a wrong number of arrays, in a circle.
pub fn compose(file: &File, library: &dyn Library) -> Result<File, Diagnostics> {
    compose_within(file, library, &Limits::default())
}

/// The same within other limits.
///
/// # Errors
/// As [`compose`].
pub fn compose_within(file: &File, library: &dyn Library, limits: &Limits) -> Result<File, Diagnostics> {
    let mut composer = Composer { limits: *limits, ..Composer::new(file, library) };
    let items = file.items.iter().map(|item| match item {
        Item::Layer(layer) => Item::Layer(composer.own(layer)),
        Item::Homework(homework) => Item::Homework(composer.homework(homework)),
        Item::Test(test) => Item::Test(composer.test(test)),
    });
    let items = items.collect();
    let statements = body::composed(&mut composer, &file.statements, &[], file);
    match composer.problems.is_empty() {
        true => Ok(File { base: file.base, items, statements }),
        false => Err(composer.problems),
    }
}

/// The layer of a library with every call in it written out, and the index base of its file.
///
/// # Errors
/// As [`compose`]; the places are those of the layer's own file.
pub fn composed_layer(name: &str, library: &dyn Library) -> Option<Result<(Layer, i64), Diagnostics>> {
    let (layer, file) = library.layer(name)?;
    let mut composer = Composer::new(file, library);
    let layer = composer.own(layer);
    let base = file.base.unwrap_or(1);
    Some(if composer.problems.is_empty() { Ok((layer, base)) } else { Err(composer.problems) })
}

/// A layer whose calls are written out.
struct Definition {
    statements: Vec<Statement>,
    base: i64,
}

struct Composer<'a> {
    library: &'a dyn Library,
    root: &'a File,
    known: BTreeMap<usize, Option<Rc<Definition>>>,
    open: Vec<&'a Layer>,
    problems: Diagnostics,
    limits: Limits,
}

/// What tells one layer from another, whatever they are called.
fn key<T>(of: &T) -> usize {
    std::ptr::from_ref(of) as usize
}

impl<'a> Composer<'a> {
    fn new(root: &'a File, library: &'a dyn Library) -> Self {
        Composer {
            library,
            root,
            known: BTreeMap::new(),
            open: Vec::new(),
            problems: Vec::new(),
            limits: Limits::default(),
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.problems.len() < super::limits::COMPLAINTS && !self.problems.contains(&diagnostic) {
            self.problems.push(diagnostic);
        }
    }

    fn own(&mut self, layer: &'a Layer) -> Layer {
        let composed = self.composed(layer, self.root, layer.span);
        let statements = composed.map_or_else(|| layer.statements.clone(), |d| d.statements.clone());
        Layer { statements, ..layer.clone() }
    }

    fn homework(&mut self, homework: &'a Homework) -> Homework {
        let mut homework = homework.clone();
        for question in homework.problems.iter_mut().flat_map(|problem| &mut problem.questions) {
            question.statements = body::composed(self, &question.statements, &[], self.root);
            for part in &mut question.parts {
                part.statements = body::composed(self, &part.statements, &[], self.root);
            }
        }
        homework
    }

    fn test(&mut self, test: &'a Test) -> Test {
        let subject = test.subject.as_ref().and_then(|subject| {
            let (layer, file) = self.find(&subject.layer, self.root)?;
            self.composed(layer, file, subject.span)
        });
        let around = subject.map(|definition| definition.statements.clone()).unwrap_or_default();
        Test { statements: body::composed(self, &test.statements, &around, self.root), ..test.clone() }
    }

    /// The layer that a name means in a file.
    fn find(&self, name: &str, file: &'a File) -> Option<(&'a Layer, &'a File)> {
        let own = layers(file).find(|layer| &*layer.name == name).map(|layer| (layer, file));
        own.or_else(|| self.library.layer(name))
    }

    /// The layer with its own calls written out; complaints about it stand where it is called, unless
    /// it stands in the file at hand.
    fn composed(&mut self, layer: &'a Layer, file: &'a File, span: Span) -> Option<Rc<Definition>> {
        if let Some(start) = self.open.iter().position(|open| std::ptr::eq(*open, layer)) {
            self.report_circle(start, layer, span);
            return None;
        }
        if let Some(known) = self.known.get(&key(layer)) {
            return known.clone();
        }
        if self.open.len() >= DEEPEST {
            self.report(Diagnostic::new(format!("layers call layers at most {DEEPEST} deep"), span));
            return None;
        }
        let outside = std::mem::take(&mut self.problems);
        self.open.push(layer);
        let statements = body::composed(self, &layer.statements, &[], file);
        self.open.pop();
        let inside = std::mem::replace(&mut self.problems, outside);
        let good = inside.is_empty();
        match inside.first() {
            Some(first) if !std::ptr::eq(file, self.root) => {
                let message = format!("`{}` cannot be used: {}", layer.name, first.message);
                self.report(Diagnostic { hint: first.hint.clone(), ..Diagnostic::new(message, span) });
            }
            _ => inside.into_iter().for_each(|problem| self.report(problem)),
        }
        let base = file.base.unwrap_or(1);
        let definition = good.then(|| Rc::new(Definition { statements, base }));
        self.known.insert(key(layer), definition.clone());
        definition
    }

    fn report_circle(&mut self, start: usize, layer: &Layer, span: Span) {
        let around = self.open[start..].iter().map(|open| &open.name).chain([&layer.name]);
        let names: Vec<String> = around.map(|name| format!("`{name}`")).collect();
        let message = format!("layers call each other in a circle: {}", names.join(" calls "));
        let mut diagnostic = Diagnostic::new(message, span).label("this call closes it");
        if layers(self.root).any(|own| std::ptr::eq(own, layer)) {
            diagnostic = diagnostic.also(layer.span, "back to this layer");
        }
        self.report(diagnostic.hint("write one of them without a call"));
    }

    /// Complains about a layer that is not there.
    fn unknown_layer(&mut self, name: &Name, span: Span, file: &File) {
        let diagnostic = Diagnostic::new(format!("there is no layer `{name}`"), span);
        let guess = self.nearest_layer(name, file);
        self.report(match guess {
            Some(guess) => diagnostic.hint(format!("did you mean `{guess}`?")),
            None => diagnostic.hint("neither this file nor the catalogue defines it"),
        });
    }

    fn nearest_layer(&self, name: &str, file: &File) -> Option<Name> {
        let own = layers(file).map(|layer| layer.name.clone());
        let known: Vec<Name> = own.chain(self.library.names()).collect();
        nearest(name, known.iter().map(|name| &**name)).map(Name::from)
    }
}

fn layers(file: &File) -> impl Iterator<Item = &Layer> {
    file.items.iter().filter_map(|item| match item {
        Item::Layer(layer) => Some(layer),
        Item::Homework(_) | Item::Test(_) => None,
    })
}

/// Whether a name is a function of the language: then it is no layer in a formula.
fn is_function(name: &str) -> bool {
    matches!(name, "floor" | "ceil" | super::vector::TRANSPOSE)
        || Normaliser::ALL.into_iter().any(|word| word.word() == name)
        || Function::all().any(|f| Function::named(name, f.entry().derivatives.len()).is_some())
}
