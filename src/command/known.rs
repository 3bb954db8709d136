//! What is known to be wrong: what the tests of a file and of the catalogue reject, with their reasons.

use backprose::catalogue::Catalogue;
use backprose::judge::{Rejections, rejected};
use backprose::language::syntax::File;
use backprose::model::compose::{compose, composed_layer};
use std::sync::Arc;

/// What a file rejects, whose layer calls are written out, then what the catalogue does; it is read when
/// it is first needed.
pub fn rejections(file: &File, catalogue: &Arc<Catalogue>) -> Rejections {
    let (file, catalogue) = (file.clone(), catalogue.clone());
    Rejections::new(move || {
        let layer = |name: &str| composed_layer(name, &*catalogue)?.ok();
        let others = catalogue.files().filter_map(|(file, _)| compose(file, &*catalogue).ok());
        std::iter::once(file.clone()).chain(others).flat_map(|file| rejected(&file, &layer)).collect()
    })
}
