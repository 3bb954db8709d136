//! Pieces of Python that are arrays: which indices their axes run over, how two are brought to the
//! same axes, and what differs between NumPy and PyTorch.

use super::code::Level;
use super::layout::{Doc, bracketed, chain, list, text};
use super::native::Window;

/// The library that code is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// NumPy.
    Numpy,
    /// PyTorch.
    Torch,
}

/// What an array holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Truth values.
    Truth,
    /// Integers.
    Integer,
    /// Numbers.
    Real,
}

/// A Python expression, an axis for each of some indices.
#[derive(Clone, Debug)]
pub(super) struct Tensor {
    /// Its text.
    pub doc: Doc,
    /// How tightly it holds together.
    pub level: Level,
    /// The indices that its axes run over, in their order.
    pub dims: Vec<usize>,
    /// What it holds.
    pub kind: Kind,
    /// Whether it is an array that is there already, or a part of one.
    pub view: bool,
    /// Whether it is a plain number of Python.
    pub plain: bool,
    /// The window over an array that it is, for PyTorch.
    pub window: Option<Box<Window>>,
}

impl Tensor {
    pub(super) fn new(doc: Doc, dims: Vec<usize>, kind: Kind) -> Tensor {
        Tensor { doc, level: Level::Atom, dims, kind, view: false, plain: false, window: None }
    }

    pub(super) fn plain(doc: Doc, level: Level, kind: Kind) -> Tensor {
        Tensor { doc, level, dims: Vec::new(), kind, view: false, plain: true, window: None }
    }

    /// The text, in parentheses if it is looser than `level`.
    pub(super) fn at(&self, level: Level) -> Doc {
        if self.level < level { bracketed("(", self.doc.clone(), ")") } else { self.doc.clone() }
    }

    /// Its axes in another order.
    pub(super) fn permuted(&self, dims: &[usize], dialect: Dialect) -> Tensor {
        let order: Vec<usize> = dims.iter().filter_map(|dim| self.dims.iter().position(|own| own == dim)).collect();
        if order.iter().enumerate().all(|(k, at)| k == *at) {
            return self.clone();
        }
        let word = if dialect == Dialect::Torch { "permute" } else { "transpose" };
        let tail = match order.as_slice() {
            [1, 0] => ".T".to_string(),
            _ => format!(".{word}({})", numbers(&order)),
        };
        let doc = Doc::Seq(vec![self.at(Level::Atom), text(tail)]);
        Tensor {
            doc,
            level: Level::Atom,
            dims: order.iter().map(|k| self.dims[*k]).collect(),
            window: None,
            ..self.clone()
        }
    }

    /// Its axes such that they meet those of `dims` under broadcasting.
    pub(super) fn aligned(&self, dims: &[usize], dialect: Dialect) -> Tensor {
        if self.dims.is_empty() {
            return self.clone();
        }
        let own: Vec<usize> = dims.iter().copied().filter(|dim| self.dims.contains(dim)).collect();
        let moved = self.permuted(&own, dialect);
        let from = dims.iter().position(|dim| own.contains(dim)).unwrap_or(0);
        let places = dims[from..].iter().map(|dim| if own.contains(dim) { ":" } else { "None" }).collect::<Vec<_>>();
        if places.iter().all(|place| *place == ":") {
            return moved;
        }
        let places = match places.iter().rposition(|place| *place == "None") {
            Some(last) if last + 1 < places.len() && last == 0 => vec!["None"],
            _ => places,
        };
        let doc = Doc::Seq(vec![moved.at(Level::Atom), text(format!("[{}]", places.join(", ")))]);
        Tensor { doc, level: Level::Atom, window: None, ..moved }
    }
}

impl Dialect {
    /// `axis`, or what PyTorch calls it.
    pub(super) fn axis(self) -> &'static str {
        if self == Dialect::Torch { "dim" } else { "axis" }
    }

    /// A name of the library itself.
    pub(super) fn name(self, name: &str) -> String {
        format!("{}.{name}", if self == Dialect::Torch { "torch" } else { "np" })
    }

    /// A function of the table, by its name in NumPy, in the library that code is written for.
    pub(super) fn function(self, numpy: &str) -> String {
        let native = match (self, numpy) {
            (Dialect::Numpy, _) => numpy,
            (Dialect::Torch, "np.maximum") => "_maximum",
            (Dialect::Torch, "np.minimum") => "_minimum",
            (Dialect::Torch, "np.power") => "torch.pow",
            (Dialect::Torch, "_relu") => "torch.relu",
            (Dialect::Torch, "_sigmoid") => "torch.sigmoid",
            (Dialect::Torch, "_silu") => "torch.nn.functional.silu",
            (Dialect::Torch, "_gelu") => "torch.nn.functional.gelu",
            (Dialect::Torch, "_erf") => "torch.erf",
            (Dialect::Torch, other) => match other.strip_prefix("np.") {
                Some(name) => return self.name(name),
                None => other,
            },
        };
        native.to_string()
    }
}

/// `0, 2, 1`
pub(super) fn numbers(all: &[usize]) -> String {
    all.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

/// `0` or `(0, 1)`
pub(super) fn axes(all: &[usize]) -> String {
    if let [only] = all { only.to_string() } else { format!("({})", numbers(all)) }
}

/// The indices of several, those of the one with the most axes first.
pub(super) fn union(parts: &[&Tensor]) -> Vec<usize> {
    let most = parts.iter().map(|part| part.dims.len()).max().unwrap_or(0);
    if parts.iter().all(|part| part.kind != Kind::Real) {
        let all: std::collections::BTreeSet<usize> = parts.iter().flat_map(|part| part.dims.clone()).collect();
        return all.into_iter().collect();
    }
    let leader = parts.iter().find(|part| part.dims.len() == most);
    let mut dims = leader.map_or(Vec::new(), |part| part.dims.clone());
    for part in parts {
        dims.extend(part.dims.iter().filter(|dim| !dims.contains(dim)).copied().collect::<Vec<_>>());
    }
    dims
}

/// `a op b`, entry by entry.
pub(super) fn joined(a: &Tensor, operator: &str, level: Level, b: &Tensor, dialect: Dialect) -> Tensor {
    let dims = union(&[a, b]);
    let (left, right) = match operator {
        "+" | "-" => (Level::Sum, Level::Floor),
        "*" | "/" | "//" | "%" => (Level::Product, Level::Minus),
        "**" => (Level::Atom, Level::Minus),
        _ => (Level::Sum, Level::Sum),
    };
    let (x, y) = (a.aligned(&dims, dialect).at(left), b.aligned(&dims, dialect).at(right));
    let kind = match operator {
        "+" | "-" | "*" | "//" | "%" if a.kind != Kind::Real && b.kind != Kind::Real => Kind::Integer,
        "+" | "-" | "*" | "//" | "%" | "/" | "**" => Kind::Real,
        _ => Kind::Truth,
    };
    let doc = chain(x, vec![(operator.to_string(), y)]);
    Tensor { doc, level, dims, kind, view: false, plain: a.plain && b.plain, window: None }
}

/// A function of arrays that are brought to the same axes.
pub(super) fn called(function: &str, arguments: &[Tensor], kind: Kind, dialect: Dialect) -> Tensor {
    let dims = union(&arguments.iter().collect::<Vec<_>>());
    let docs = arguments.iter().map(|argument| argument.aligned(&dims, dialect).doc).collect();
    Tensor::new(list(format!("{function}("), docs, ")"), dims, kind)
}

/// `-a`
pub(super) fn negative(a: &Tensor) -> Tensor {
    let level = if a.level == Level::Minus { Level::Atom } else { Level::Product };
    let doc = Doc::Seq(vec![text("-"), a.at(level)]);
    Tensor { doc, level: Level::Minus, view: false, window: None, ..a.clone() }
}

/// `a & b`, `a | b`
pub(super) fn both(a: &Tensor, operator: &str, b: &Tensor, dialect: Dialect) -> Tensor {
    let level = if operator == "&" { Level::Relation } else { Level::Not };
    joined(a, operator, level, b, dialect)
}
