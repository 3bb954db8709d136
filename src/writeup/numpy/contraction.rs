//! Sums of products: matrix products where the axes allow, tensor contractions otherwise.
//!
//! Which of them it is follows from the axes of the factors alone. Factors are multiplied two at a
//! time, those first that leave the fewest axes; what only one of them has is summed before.

use super::code::Level;
use super::layout::{Doc, chain, list, text};
use super::tensor::{Dialect, Kind, Tensor, axes, joined, numbers};

/// The sum over the axes `summed` of the product of factors. Every factor has an axis of `summed`, or
/// there is but one.
pub(super) fn contraction(mut factors: Vec<Tensor>, summed: &[usize], dialect: Dialect) -> Tensor {
    while factors.len() > 1 {
        let (mut best, mut least) = ((0, 1), usize::MAX);
        for left in 0..factors.len() {
            for right in left + 1..factors.len() {
                let stays = remaining(&factors, left, right, summed);
                if stays.len() < least {
                    (best, least) = ((left, right), stays.len());
                }
            }
        }
        let (left, right) = best;
        let stays = remaining(&factors, left, right, summed);
        let second = factors.remove(right);
        let product = product(&factors[left], &second, &stays, dialect);
        factors[left] = product;
    }
    match factors.pop() {
        Some(only) => total(&only, summed, dialect),
        None => Tensor::plain(text("1"), Level::Atom, Kind::Integer),
    }
}

/// The axes that the product of two factors keeps.
fn remaining(factors: &[Tensor], left: usize, right: usize, summed: &[usize]) -> Vec<usize> {
    let mut dims = factors[left].dims.clone();
    dims.extend(factors[right].dims.iter().filter(|dim| !factors[left].dims.contains(dim)));
    let elsewhere = |dim: &usize| {
        let others = factors.iter().enumerate().filter(|(k, _)| *k != left && *k != right);
        others.into_iter().any(|(_, factor)| factor.dims.contains(dim))
    };
    dims.retain(|dim| !summed.contains(dim) || elsewhere(dim));
    dims
}

/// The sum over the axes that are in `summed`.
pub(super) fn total(a: &Tensor, summed: &[usize], dialect: Dialect) -> Tensor {
    let over: Vec<usize> = (0..a.dims.len()).filter(|k| summed.contains(&a.dims[*k])).collect();
    if over.is_empty() {
        return a.clone();
    }
    let dims: Vec<usize> = a.dims.iter().copied().filter(|dim| !summed.contains(dim)).collect();
    let kind = if a.kind == Kind::Truth { Kind::Integer } else { a.kind };
    let mut arguments = vec![a.doc.clone()];
    if !dims.is_empty() {
        arguments.push(text(format!("{}={}", dialect.axis(), axes(&over))));
    }
    Tensor::new(list(dialect.name("sum("), arguments, ")"), dims, kind)
}

/// The product of two factors, summed over all axes that do not stay.
fn product(a: &Tensor, b: &Tensor, stays: &[usize], dialect: Dialect) -> Tensor {
    let alone = |own: &Tensor, other: &Tensor| -> Vec<usize> {
        own.dims.iter().copied().filter(|dim| !stays.contains(dim) && !other.dims.contains(dim)).collect()
    };
    let (a, b) = (total(a, &alone(a, b), dialect), total(b, &alone(b, a), dialect));
    let shared = |dim: &&usize| a.dims.contains(dim) && b.dims.contains(dim);
    let summed: Vec<usize> = a.dims.iter().filter(shared).copied().filter(|dim| !stays.contains(dim)).collect();
    let batch: Vec<usize> = a.dims.iter().filter(shared).copied().filter(|dim| stays.contains(dim)).collect();
    if summed.is_empty() {
        return joined(&a, "*", Level::Product, &b, dialect);
    }
    let (a, b) = (real(&a, &b, dialect), real(&b, &a, dialect));
    let own = |own: &Tensor, other: &Tensor| -> Vec<usize> {
        own.dims.iter().copied().filter(|dim| !other.dims.contains(dim)).collect()
    };
    let (left, right) = (own(&a, &b), own(&b, &a));
    let dims = [batch.as_slice(), &left, &right].concat();
    if summed.len() == 1 && left.len() <= 1 && right.len() <= 1 && (batch.is_empty() || left.len() + right.len() == 2) {
        let first = a.permuted(&[batch.as_slice(), &left, &summed].concat(), dialect);
        let second = b.permuted(&[batch.as_slice(), &summed, &right].concat(), dialect);
        let doc = chain(first.at(Level::Product), vec![("@".into(), second.at(Level::Minus))]);
        return Tensor { level: Level::Product, ..Tensor::new(doc, dims, Kind::Real) };
    }
    if batch.is_empty() {
        return tensordot(&a, &b, &summed, dims, dialect);
    }
    einsum(&a, &b, dims, dialect)
}

/// An array of numbers, where it is multiplied with an array of numbers.
fn real(a: &Tensor, other: &Tensor, dialect: Dialect) -> Tensor {
    if a.kind == Kind::Real || dialect == Dialect::Numpy {
        return a.clone();
    }
    let like = if other.kind == Kind::Real {
        Doc::Seq(vec![text(".to("), other.at(Level::Atom), text(".dtype)")])
    } else {
        text(".to(torch.get_default_dtype())")
    };
    Tensor {
        window: None,
        kind: Kind::Real,
        level: Level::Atom,
        doc: Doc::Seq(vec![a.at(Level::Atom), like]),
        ..a.clone()
    }
}

fn tensordot(a: &Tensor, b: &Tensor, summed: &[usize], dims: Vec<usize>, dialect: Dialect) -> Tensor {
    let places = |of: &Tensor| -> Vec<usize> {
        summed.iter().filter_map(|dim| of.dims.iter().position(|own| own == dim)).collect()
    };
    let (function, word) = match dialect {
        Dialect::Numpy => ("np.tensordot(", "axes"),
        Dialect::Torch => ("torch.tensordot(", "dims"),
    };
    let pairs = if summed.len() == 1 && dialect == Dialect::Numpy {
        format!("{word}=({}, {})", places(a)[0], places(b)[0])
    } else {
        let row = |of| format!("({}{})", numbers(&places(of)), if summed.len() == 1 { "," } else { "" });
        format!("{word}=({}, {})", row(a), row(b))
    };
    Tensor::new(list(function, vec![a.doc.clone(), b.doc.clone(), text(pairs)], ")"), dims, Kind::Real)
}

fn einsum(a: &Tensor, b: &Tensor, dims: Vec<usize>, dialect: Dialect) -> Tensor {
    let mut all = dims.clone();
    all.extend(a.dims.iter().filter(|dim| !dims.contains(dim)));
    let letters = |of: &[usize]| -> String {
        of.iter()
            .filter_map(|dim| all.iter().position(|own| own == dim))
            .map(|k| (b'a' + (k % 26) as u8) as char)
            .collect()
    };
    let pattern = format!("\"{},{}->{}\"", letters(&a.dims), letters(&b.dims), letters(&dims));
    let (function, last) = match dialect {
        Dialect::Numpy => ("np.einsum(", vec![text("optimize=True")]),
        Dialect::Torch => ("torch.einsum(", Vec::new()),
    };
    let last = if a.dims.len() + b.dims.len() <= 4 { Vec::new() } else { last };
    let arguments = [vec![text(pattern), a.doc.clone(), b.doc.clone()], last].concat();
    Tensor::new(list(function, arguments, ")"), dims, Kind::Real)
}
