//! The evaluator's own contract for each function: its value and its derivatives, on both faces of
//! a number, written without a look at what the table of the language says of derivatives.
//!
//! What is composite is made of few opaque residues – exponential, logarithm, square root, error
//! function – so that most identities among functions stay exact. Invariant: a branch is taken by
//! the floating point face, and what is returned is that branch exactly.

use super::field::Fp;
use super::scalar::Scalar;
use crate::language::function::Function;
use std::cmp::Ordering;

/// Exponents up to this are split into an integer and a part between 0 and 1.
const MOST_SPLIT: f64 = 64.0;

/// Whether the residue of a value of the function is opaque, and equality may need floating point.
pub fn is_opaque(function: Function) -> bool {
    match function {
        Function::Abs
        | Function::Sign
        | Function::Relu
        | Function::LeakyRelu
        | Function::Step
        | Function::Floor
        | Function::Ceil
        | Function::Max
        | Function::Min => false,
        Function::Exp
        | Function::Log
        | Function::Sqrt
        | Function::Pow
        | Function::Tanh
        | Function::Sigmoid
        | Function::Softplus
        | Function::Silu
        | Function::Gelu
        | Function::NormalCdf
        | Function::NormalPdf
        | Function::Erf
        | Function::Sin
        | Function::Cos
        | Function::Pi => true,
    }
}

/// The value of a function; 0 stands for arguments that are missing.
pub fn value(function: Function, arguments: &[Scalar]) -> Scalar {
    let argument = |k: usize| arguments.get(k).copied().unwrap_or_default();
    let (u, v) = (argument(0), argument(1));
    match function {
        Function::Abs => u * sign(u),
        Function::Sign => sign(u),
        Function::Relu => if_positive(u, u, Scalar::ZERO),
        Function::LeakyRelu => if_positive(u, u, u * v),
        Function::Step => if_positive(u, Scalar::ONE, Scalar::ZERO),
        Function::Floor => rounded(u, f64::floor),
        Function::Ceil => rounded(u, f64::ceil),
        Function::Max => {
            if is_at_least(u, v) {
                u
            } else {
                v
            }
        }
        Function::Min => {
            if is_at_least(v, u) {
                u
            } else {
                v
            }
        }
        Function::Exp => exponential(u),
        Function::Log => logarithm(u),
        Function::Sqrt => root(u),
        Function::Pow => power(u, v),
        Function::Tanh => hyperbolic_tangent(u),
        Function::Sigmoid => sigmoid(u),
        Function::Softplus => softplus(u),
        Function::Silu => u * sigmoid(u),
        Function::Gelu => u * normal_distribution(u),
        Function::NormalCdf => normal_distribution(u),
        Function::NormalPdf => normal_density(u),
        Function::Erf => Scalar { exact: odd(Atom::Erf, u.exact), real: libm::erf(u.real) },
        Function::Sin => Scalar { exact: odd(Atom::Sin, u.exact), real: u.real.sin() },
        Function::Cos => Scalar { exact: cosine(u.exact), real: u.real.cos() },
        Function::Pi => pi(),
    }
}

/// The derivative of a function for each of its two arguments, where its value is `y`. At a kink it
/// is that of one side.
pub fn slopes(function: Function, arguments: &[Scalar], y: Scalar) -> [Scalar; 2] {
    let argument = |k: usize| arguments.get(k).copied().unwrap_or_default();
    let (u, v) = (argument(0), argument(1));
    let (zero, one) = (Scalar::ZERO, Scalar::ONE);
    let first = |slope| [slope, zero];
    match function {
        Function::Sign | Function::Step | Function::Floor | Function::Ceil | Function::Pi => [zero; 2],
        Function::Abs => first(sign(u)),
        Function::Relu => first(if_positive(u, one, zero)),
        Function::LeakyRelu => [if_positive(u, one, v), if_positive(u, zero, u)],
        Function::Max => {
            if is_at_least(u, v) {
                [one, zero]
            } else {
                [zero, one]
            }
        }
        Function::Min => {
            if is_at_least(v, u) {
                [one, zero]
            } else {
                [zero, one]
            }
        }
        Function::Exp => first(y),
        Function::Log => first(over(one, u)),
        Function::Sqrt => first(over(one, y + y)),
        Function::Pow => [v * power(u, v - one), y * logarithm(u)],
        Function::Tanh => first(one - y * y),
        Function::Sigmoid => first(y * (one - y)),
        Function::Softplus => first(sigmoid(u)),
        Function::Silu => {
            let s = sigmoid(u);
            first(s * (one + u * (one - s)))
        }
        Function::Gelu => first(normal_distribution(u) + u * normal_density(u)),
        Function::NormalCdf => first(normal_density(u)),
        Function::NormalPdf => first(-(u * y)),
        Function::Erf => first(over(whole(2) * exponential(-(u * u)), root(pi()))),
        Function::Sin => first(value(Function::Cos, &[u])),
        Function::Cos => first(-value(Function::Sin, &[u])),
    }
}

/// Which functions have residues of their own.
#[derive(Clone, Copy)]
enum Atom {
    Exp = 1,
    Log,
    Sqrt,
    Pow,
    Erf,
    Sin,
    Cos,
    Pi,
}

/// A fixed hash, never 0.
fn opaque(atom: Atom, arguments: &[Fp]) -> Fp {
    let mut state = 0x6A09_E667_F3BC_C908u64 ^ (atom as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for argument in arguments {
        state = scattered(state ^ argument.residue().wrapping_add(0x9E37_79B9_7F4A_7C15));
    }
    let hash = Fp::from_integer((scattered(state) >> 3).into());
    if hash == Fp::ZERO { Fp::ONE + Fp::ONE } else { hash }
}

fn scattered(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Whether the residue is the lesser of itself and its negative, and that lesser one.
fn halved(u: Fp) -> (bool, Fp) {
    if u <= -u { (true, u) } else { (false, -u) }
}

/// A residue that changes its sign with the argument, 0 at 0.
fn odd(atom: Atom, u: Fp) -> Fp {
    match halved(u) {
        (_, Fp::ZERO) => Fp::ZERO,
        (true, least) => opaque(atom, &[least]),
        (false, least) => -opaque(atom, &[least]),
    }
}

fn cosine(u: Fp) -> Fp {
    match halved(u) {
        (_, Fp::ZERO) => Fp::ONE,
        (_, least) => opaque(Atom::Cos, &[least]),
    }
}

/// The exponential of u, divided on the floating point face by that of `shift`.
pub fn shifted_exponential(u: Scalar, shift: f64) -> Scalar {
    let exact = match halved(u.exact) {
        (_, Fp::ZERO) => Fp::ONE,
        (true, least) => opaque(Atom::Exp, &[least]),
        (false, least) => opaque(Atom::Exp, &[least]).inverse().unwrap_or(Fp::ONE),
    };
    Scalar { exact, real: (u.real - shift).exp() }
}

/// The logarithm of u, with `shift` added on the floating point face.
pub fn shifted_logarithm(u: Scalar, shift: f64) -> Scalar {
    let exact = if u.exact == Fp::ONE { Fp::ZERO } else { opaque(Atom::Log, &[u.exact]) };
    Scalar { exact, real: u.real.ln() + shift }
}

fn exponential(u: Scalar) -> Scalar {
    shifted_exponential(u, 0.0)
}

fn logarithm(u: Scalar) -> Scalar {
    shifted_logarithm(u, 0.0)
}

fn root(u: Scalar) -> Scalar {
    let exact = if u.exact == Fp::ZERO || u.exact == Fp::ONE { u.exact } else { opaque(Atom::Sqrt, &[u.exact]) };
    Scalar { exact, real: u.real.sqrt() }
}

/// Any power: u to an integer times an opaque residue for what is left of the exponent, which lies
/// between 0 and 1.
fn power(u: Scalar, exponent: Scalar) -> Scalar {
    let nearest = exponent.real.round();
    if nearest.abs() <= MOST_SPLIT && exponent.exact == Fp::from_integer(nearest as i128) {
        return u.power(nearest as i128).unwrap_or(Scalar::undefined());
    }
    let real = u.real.powf(exponent.real);
    if u.exact == Fp::ZERO {
        return Scalar { exact: Fp::ZERO, real };
    }
    let exact = match exponent.real.floor() {
        _ if u.exact == Fp::ONE => Some(Fp::ONE),
        floor if floor.abs() <= MOST_SPLIT => {
            let part = exponent.exact - Fp::from_integer(floor as i128);
            let is_half = part + part == Fp::ONE;
            let rest = if is_half { root(u).exact } else { opaque(Atom::Pow, &[u.exact, part]) };
            u.exact.power(floor as i128).map(|integer| integer * rest)
        }
        _ => None,
    };
    Scalar { exact: exact.unwrap_or_else(|| opaque(Atom::Pow, &[u.exact, exponent.exact])), real }
}

fn sigmoid(u: Scalar) -> Scalar {
    over(Scalar::ONE, Scalar::ONE + exponential(-u))
}

fn hyperbolic_tangent(u: Scalar) -> Scalar {
    let e = exponential(-(u + u));
    Scalar { exact: over(Scalar::ONE - e, Scalar::ONE + e).exact, real: u.real.tanh() }
}

fn softplus(u: Scalar) -> Scalar {
    let real = u.real.max(0.0) + (-u.real.abs()).exp().ln_1p();
    Scalar { exact: logarithm(Scalar::ONE + exponential(u)).exact, real }
}

fn normal_distribution(u: Scalar) -> Scalar {
    let inner = value(Function::Erf, &[over(u, root(whole(2)))]);
    let exact = over(Scalar::ONE + inner, whole(2)).exact;
    Scalar { exact, real: libm::erfc(-u.real * std::f64::consts::FRAC_1_SQRT_2) / 2.0 }
}

fn normal_density(u: Scalar) -> Scalar {
    over(exponential(-over(u * u, whole(2))), root(whole(2) * pi()))
}

fn pi() -> Scalar {
    Scalar { exact: opaque(Atom::Pi, &[]), real: std::f64::consts::PI }
}

fn whole(value: i128) -> Scalar {
    Scalar::from_integer(value)
}

/// The quotient; undefined for an exact zero.
fn over(a: Scalar, b: Scalar) -> Scalar {
    b.exact.inverse().map_or(Scalar::undefined(), |exact| Scalar { exact: a.exact * exact, real: a.real / b.real })
}

fn sign(u: Scalar) -> Scalar {
    match u.compare(Scalar::ZERO) {
        Some(Ordering::Less) => whole(-1),
        Some(Ordering::Equal) => Scalar::ZERO,
        Some(Ordering::Greater) => Scalar::ONE,
        None => Scalar::undefined(),
    }
}

fn if_positive(u: Scalar, yes: Scalar, no: Scalar) -> Scalar {
    match u.compare(Scalar::ZERO) {
        Some(order) => {
            if order.is_gt() {
                yes
            } else {
                no
            }
        }
        None => Scalar::undefined(),
    }
}

fn is_at_least(u: Scalar, v: Scalar) -> bool {
    u.compare(v).is_none_or(Ordering::is_ge)
}

fn rounded(u: Scalar, how: fn(f64) -> f64) -> Scalar {
    let nearest = Scalar::from_integer(u.real.round() as i128);
    if u.exact == nearest.exact {
        return nearest;
    }
    let real = how(u.real);
    Scalar { exact: Fp::from_integer(real as i128), real }
}
