//! stub
#![allow(missing_docs)]
pub struct Operation;
pub fn recognise(_s: &crate::model::System, _d: &crate::derivation::Derivation) -> Option<Operation> { None }
