//! The write-up.
pub mod document;
