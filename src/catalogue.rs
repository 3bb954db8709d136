//! The catalogue: layers as text files in the language, embedded in the program.
//!
//! Nothing here or elsewhere in the source knows a layer's name; a file in `layers/` is all a
//! layer is.

use crate::diagnostic::Diagnostics;
use crate::language::parse::{parse_file, parse_file_within};
use crate::language::syntax::{File, Item, Layer, Name};
use crate::limits::Limits;
use crate::model::compose::Library;
use include_dir::{Dir, include_dir};
use std::borrow::Cow;
use std::sync::OnceLock;

static LAYERS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/layers");

/// Layers by name; one added later hides one of the same name.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    entries: Vec<Entry>,
}

/// A file of layers. What comes with the program is parsed when it is asked for: it holds one layer,
/// and is called like it.
#[derive(Clone, Debug)]
struct Entry {
    only: Option<&'static str>,
    text: Cow<'static, str>,
    file: OnceLock<File>,
}

impl Entry {
    fn file(&self) -> &File {
        self.file.get_or_init(|| parse_file(&self.text).unwrap_or_default())
    }
}

impl Catalogue {
    /// The layers that come with the program, in the order of their file names.
    pub fn built_in() -> Self {
        let mut texts: Vec<_> = LAYERS.files().filter(|f| f.path().extension().is_some_and(|e| e == "bp")).collect();
        texts.sort_by_key(|file| file.path());
        let entry = |file: &'static include_dir::File| {
            let only = Some(file.path().file_stem()?.to_str()?);
            Some(Entry { only, text: file.contents_utf8()?.into(), file: OnceLock::new() })
        };
        Catalogue { entries: texts.into_iter().filter_map(entry).collect() }
    }

    /// Adds the layers of a file.
    ///
    /// # Errors
    /// What is wrong with its text.
    pub fn add(&mut self, text: &str) -> Result<(), Diagnostics> {
        self.add_within(text, &Limits::default())
    }

    /// The same within other limits.
    ///
    /// # Errors
    /// As [`Catalogue::add`].
    pub fn add_within(&mut self, text: &str, limits: &Limits) -> Result<(), Diagnostics> {
        let file = OnceLock::from(parse_file_within(text, limits)?);
        self.entries.push(Entry { only: None, text: text.to_string().into(), file });
        Ok(())
    }

    /// The names of all layers, sorted.
    pub fn names(&self) -> Vec<Name> {
        let named = |entry: &Entry| match entry.only {
            Some(name) => vec![name.into()],
            None => layers(entry.file()).map(|l| l.name.clone()).collect::<Vec<_>>(),
        };
        let mut names: Vec<Name> = self.entries.iter().flat_map(named).collect();
        names.sort();
        names.dedup();
        names
    }

    /// A layer, the index base of its file, and the text of the file.
    pub fn find(&self, name: &str) -> Option<(&Layer, i64, &str)> {
        let (layer, entry) = self.entry(name)?;
        Some((layer, entry.file().base.unwrap_or(1), &*entry.text))
    }

    fn entry(&self, name: &str) -> Option<(&Layer, &Entry)> {
        let possible = |entry: &&Entry| entry.only.is_none_or(|only| only == name);
        self.entries.iter().rev().filter(possible).find_map(|entry| {
            let layer = layers(entry.file()).find(|l| &*l.name == name)?;
            Some((layer, entry))
        })
    }

    /// The files, in the order in which they were added, with their texts.
    pub fn files(&self) -> impl Iterator<Item = (&File, &str)> {
        self.entries.iter().map(|entry| (entry.file(), &*entry.text))
    }
}

impl Library for Catalogue {
    fn layer(&self, name: &str) -> Option<(&Layer, &File)> {
        self.entry(name).map(|(layer, entry)| (layer, entry.file()))
    }

    fn names(&self) -> Vec<Name> {
        Catalogue::names(self)
    }
}

fn layers(file: &File) -> impl Iterator<Item = &Layer> {
    file.items.iter().filter_map(|item| match item {
        Item::Layer(layer) => Some(layer),
        Item::Homework(_) | Item::Test(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_catalogue_holds_the_layer_it_is_called_like() {
        for entry in Catalogue::built_in().entries {
            let file = parse_file(&entry.text).unwrap();
            let names: Vec<&str> = layers(&file).map(|layer| &*layer.name).collect();
            assert_eq!(names, [entry.only.unwrap()]);
        }
    }
}
