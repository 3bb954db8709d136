//! stub
#![allow(missing_docs)]
pub fn sentence(_s: &crate::model::System, _n: &crate::answer::Names, _a: &crate::answer::Answer, _o: &crate::recognise::Operation) -> super::document::Prose { vec![] }
pub fn short(_s: &crate::model::System, _n: &crate::answer::Names, _a: &crate::answer::Answer, _o: &crate::recognise::Operation) -> super::document::Prose { vec![] }
