//! The write-up.
pub mod document;
pub mod numpy;
