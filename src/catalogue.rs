//! The catalogue: layers as text files in the language, embedded in the program.
//!
//! Nothing here or elsewhere in the source knows a layer's name; a file in `layers/` is all a
//! layer is.

use crate::diagnostic::Diagnostics;
use crate::language::parse::parse_file;
use crate::language::syntax::{File, Item, Layer, Name};
use include_dir::{Dir, include_dir};

static LAYERS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/layers");

/// Layers by name; one added later hides one of the same name.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    files: Vec<(File, String)>,
}

impl Catalogue {
    /// The layers that come with the program, in the order of their file names.
    pub fn built_in() -> Self {
        let mut texts: Vec<_> = LAYERS.files().filter(|f| f.path().extension().is_some_and(|e| e == "bp")).collect();
        texts.sort_by_key(|file| file.path());
        let mut catalogue = Catalogue::default();
        for text in texts.into_iter().filter_map(|file| file.contents_utf8()) {
            debug_assert!(parse_file(text).is_ok(), "the catalogue parses");
            let _ = catalogue.add(text);
        }
        catalogue
    }

    /// Adds the layers of a file.
    ///
    /// # Errors
    /// What is wrong with its text.
    pub fn add(&mut self, text: &str) -> Result<(), Diagnostics> {
        self.files.push((parse_file(text)?, text.to_string()));
        Ok(())
    }

    /// The names of all layers, sorted.
    pub fn names(&self) -> Vec<Name> {
        let mut names: Vec<Name> = self.files.iter().flat_map(|(f, _)| layers(f)).map(|l| l.name.clone()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// A layer, the index base of its file, and the text of the file.
    pub fn find(&self, name: &str) -> Option<(&Layer, i64, &str)> {
        self.files.iter().rev().find_map(|(file, text)| {
            let layer = layers(file).find(|l| &*l.name == name)?;
            Some((layer, file.base.unwrap_or(1), text.as_str()))
        })
    }

    /// The files, in the order in which they were added, with their texts.
    pub fn files(&self) -> impl Iterator<Item = (&File, &str)> {
        self.files.iter().map(|(file, text)| (file, text.as_str()))
    }
}

fn layers(file: &File) -> impl Iterator<Item = &Layer> {
    file.items.iter().filter_map(|item| match item {
        Item::Layer(layer) => Some(layer),
        Item::Homework(_) | Item::Test(_) => None,
    })
}
