//! The line of evidence: how answers were verified, in a sentence.
//!
//! Invariant: it says what the certificate says and nothing else.

use super::document::{Inline, Prose};
use super::reason::text;
use crate::verify::Certificate;

/// One line: how the answers were verified.
pub fn evidence(certificate: &Certificate, labels: &[&str]) -> Prose {
    let of = match labels {
        [] => String::new(),
        [only] => format!(" of {only}"),
        [first, .., last] => format!(" of {first}–{last}"),
    };
    let mut prose = Vec::new();
    if certificate.entries > 0 {
        let (entries, equal) = match (certificate.entries, certificate.sampled) {
            (1, false) => ("the only entry".to_string(), "equals"),
            (n, false) => (format!("all {n} entries"), "equal"),
            (n, true) => (format!("a sample of {n} entries"), "equal"),
        };
        let points = match certificate.points {
            1 => "one random point".to_string(),
            n => format!("{n} random points"),
        };
        prose.push(text(format!(
            "Verified: {entries}{of} {equal} what the definition and its dual-number derivatives give, exactly, at {points} of "
        )));
        prose.push(Inline::Source("$\\mathbb{F}_p$, $p=2^{61}-1$".into()));
        if certificate.functions {
            prose.push(text(", where a function is an unknown value with a known derivative"));
        }
        match certificate.numeric {
            0 => {}
            n => prose.push(text(format!(" ({n} of them in floating point only, to 7 digits)"))),
        }
    }
    if certificate.places > 0 {
        let opening = if prose.is_empty() { "Verified: " } else { "; " };
        let places = if certificate.places == 1 { "the one place" } else { "every place" };
        prose.push(text(format!(
            "{opening}all reads are in range at {places} of the output, and one step further they are not"
        )));
    }
    if certificate.counted > 0 {
        let opening = if prose.is_empty() { "Verified: " } else { "; " };
        let arrays = if certificate.counted == 1 { "one array" } else { "all arrays" };
        prose.push(text(format!("{opening}the entries of {arrays} were counted")));
    }
    if certificate.values > 0 {
        let opening = if prose.is_empty() { "Verified: " } else { "; " };
        let (values, equal) = match certificate.values {
            1 => ("the value at the given point".to_string(), "equals"),
            n => (format!("all {n} values at the given points"), "equal"),
        };
        prose.push(text(format!(
            "{opening}{values} {equal} what the equations give with these numbers in place and all others random, \
             exactly or to 7 digits"
        )));
    }
    if certificate.limits > 0 {
        let opening = if prose.is_empty() { "Verified: " } else { "; " };
        let entries =
            if certificate.limits == 1 { "the entry".into() } else { format!("all {} entries", certificate.limits) };
        prose.push(text(format!(
            "{opening}the distance of {entries} from the limit shrinks to 0 where the equations are followed towards it, \
             from random points and from points with ties"
        )));
    }
    if certificate.compared > 0 {
        let opening = if prose.is_empty() { "Verified: " } else { "; " };
        let entries = match certificate.compared {
            1 => "the only entry".to_string(),
            n => format!("all {n} entries"),
        };
        prose.push(text(format!("{opening}both sides of each equality agree at {entries} tried")));
    }
    match certificate.assignments {
        0 => {}
        1 => prose.push(text(", at one assignment of the sizes")),
        n => prose.push(text(format!(", at {n} assignments of the sizes"))),
    }
    if certificate.steps > 0 {
        prose
            .push(text(format!("; every step of the derivations keeps its value ({} comparisons)", certificate.steps)));
    }
    if !prose.is_empty() {
        prose.push(text("."));
    }
    prose
}
