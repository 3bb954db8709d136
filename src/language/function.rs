//! The scalar functions of the language: one table of their names, signs, derivatives and kinks.
//!
//! A derivative is text of the language in which `u` and `v` are the arguments and `y` is the value
//! itself, which is how it is taught: σ′ = y(1−y). Invariant: only functions of this table have
//! derivatives of their own; whatever is made of them is derived.

/// What the table says of a function.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its name in the language.
    pub name: &'static str,
    /// How it is written in TeX, where it has a sign of its own.
    pub latex: Option<&'static str>,
    /// How it is written in plain Unicode, where that is not its name.
    pub unicode: Option<&'static str>,
    /// Its name in the generated NumPy code; one that begins with `_` is defined there.
    pub numpy: &'static str,
    /// The derivative for each argument.
    pub derivatives: &'static [&'static str],
    /// Where it is defined, as a condition on its argument; everywhere if absent.
    pub domain: Option<&'static str>,
    /// Where it has no derivative, and what is taken there.
    pub kink: Option<Kink>,
}

/// A place at which a function has no derivative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kink {
    /// Where, as a condition on the arguments.
    pub at: &'static str,
    /// What stands for the derivative there.
    pub taken: &'static str,
}

/// A function of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// |u|
    Abs,
    /// the sign of u: −1, 0 or 1
    Sign,
    /// max(0, u)
    Relu,
    /// u where u > 0, else v·u
    LeakyRelu,
    /// 1 where u > 0, else 0
    Step,
    /// the greatest integer that is at most u
    Floor,
    /// the least integer that is at least u
    Ceil,
    /// the greater of u and v
    Max,
    /// the lesser of u and v
    Min,
    /// eᵘ
    Exp,
    /// the natural logarithm
    Log,
    /// √u
    Sqrt,
    /// u to the power v
    Pow,
    /// the hyperbolic tangent
    Tanh,
    /// 1/(1+e⁻ᵘ)
    Sigmoid,
    /// log(1+eᵘ)
    Softplus,
    /// u·σ(u)
    Silu,
    /// u·Φ(u)
    Gelu,
    /// Φ, the distribution function of the standard normal distribution
    NormalCdf,
    /// φ, the density of the standard normal distribution
    NormalPdf,
    /// the error function
    Erf,
    /// the sine
    Sin,
    /// the cosine
    Cos,
    /// the number π
    Pi,
}

/// The functions, those that have kinks or jumps first.
const TABLE: &[(Function, Entry)] = &[
    (Function::Abs, Entry { derivatives: &["sign(u)"], kink: kink("u = 0", "0"), ..entry("abs", "np.abs") }),
    (
        Function::Sign,
        Entry {
            latex: Some("\\operatorname{sgn}"),
            derivatives: &["0"],
            kink: kink("u = 0", "0"),
            ..entry("sign", "np.sign")
        },
    ),
    (
        Function::Relu,
        Entry {
            latex: Some("\\operatorname{ReLU}"),
            derivatives: &["[u > 0]"],
            kink: kink("u = 0", "0"),
            ..entry("relu", "_relu")
        },
    ),
    (
        Function::LeakyRelu,
        Entry {
            latex: Some("\\operatorname{LeakyReLU}"),
            derivatives: &["[u > 0] + v*[u <= 0]", "u*[u <= 0]"],
            kink: kink("u = 0", "v"),
            ..entry("leaky_relu", "_leaky_relu")
        },
    ),
    (Function::Step, Entry { derivatives: &["0"], kink: kink("u = 0", "0"), ..entry("step", "_step") }),
    (Function::Floor, Entry { derivatives: &["0"], kink: kink("u = floor(u)", "0"), ..entry("floor", "np.floor") }),
    (Function::Ceil, Entry { derivatives: &["0"], kink: kink("u = ceil(u)", "0"), ..entry("ceil", "np.ceil") }),
    (
        Function::Max,
        Entry {
            latex: Some("\\max"),
            derivatives: &["[u >= v]", "[u < v]"],
            kink: kink("u = v", "that of the first"),
            ..entry("max", "np.maximum")
        },
    ),
    (
        Function::Min,
        Entry {
            latex: Some("\\min"),
            derivatives: &["[u <= v]", "[u > v]"],
            kink: kink("u = v", "that of the first"),
            ..entry("min", "np.minimum")
        },
    ),
    (Function::Exp, Entry { latex: Some("\\exp"), derivatives: &["y"], ..entry("exp", "np.exp") }),
    (
        Function::Log,
        Entry { latex: Some("\\log"), derivatives: &["1/u"], domain: Some("u > 0"), ..entry("log", "np.log") },
    ),
    (Function::Sqrt, Entry { derivatives: &["1/(2*y)"], domain: Some("u > 0"), ..entry("sqrt", "np.sqrt") }),
    (
        Function::Pow,
        Entry { derivatives: &["v*u^(v-1)", "y*log(u)"], domain: Some("u > 0"), ..entry("pow", "np.power") },
    ),
    (Function::Tanh, Entry { latex: Some("\\tanh"), derivatives: &["1 - y^2"], ..entry("tanh", "np.tanh") }),
    (
        Function::Sigmoid,
        Entry {
            latex: Some("\\sigma"),
            unicode: Some("σ"),
            derivatives: &["y*(1 - y)"],
            ..entry("sigmoid", "_sigmoid")
        },
    ),
    (Function::Softplus, Entry { derivatives: &["sigmoid(u)"], ..entry("softplus", "_softplus") }),
    (
        Function::Silu,
        Entry {
            latex: Some("\\operatorname{SiLU}"),
            derivatives: &["sigmoid(u)*(1 + u*(1 - sigmoid(u)))"],
            ..entry("silu", "_silu")
        },
    ),
    (
        Function::Gelu,
        Entry {
            latex: Some("\\operatorname{GELU}"),
            derivatives: &["normcdf(u) + u*normpdf(u)"],
            ..entry("gelu", "_gelu")
        },
    ),
    (
        Function::NormalCdf,
        Entry {
            latex: Some("\\Phi"),
            unicode: Some("Φ"),
            derivatives: &["normpdf(u)"],
            ..entry("normcdf", "_normcdf")
        },
    ),
    (
        Function::NormalPdf,
        Entry { latex: Some("\\varphi"), unicode: Some("φ"), derivatives: &["-u*y"], ..entry("normpdf", "_normpdf") },
    ),
    (Function::Erf, Entry { derivatives: &["2*exp(-u^2)/sqrt(pi)"], ..entry("erf", "_erf") }),
    (Function::Sin, Entry { latex: Some("\\sin"), derivatives: &["cos(u)"], ..entry("sin", "np.sin") }),
    (Function::Cos, Entry { latex: Some("\\cos"), derivatives: &["-sin(u)"], ..entry("cos", "np.cos") }),
    (Function::Pi, Entry { latex: Some("\\pi"), unicode: Some("π"), ..entry("pi", "np.pi") }),
];

const fn entry(name: &'static str, numpy: &'static str) -> Entry {
    Entry { name, latex: None, unicode: None, numpy, derivatives: &[], domain: None, kink: None }
}

const fn kink(at: &'static str, taken: &'static str) -> Option<Kink> {
    Some(Kink { at, taken })
}

impl Function {
    /// All functions, in the order of the table.
    pub fn all() -> impl Iterator<Item = Function> {
        TABLE.iter().map(|(function, _)| *function)
    }

    /// What the table says of it.
    pub fn entry(self) -> &'static Entry {
        let found = TABLE.iter().find(|(function, _)| *function == self);
        &found.unwrap_or(&TABLE[0]).1
    }

    /// The function of that name, or of that sign, with so many arguments.
    pub fn named(name: &str, arguments: usize) -> Option<Function> {
        let fits = |f: &Function| {
            let Entry { name: plain, unicode, derivatives, .. } = f.entry();
            (*plain == name || *unicode == Some(name)) && derivatives.len() == arguments
        };
        Function::all().find(fits)
    }

    /// The function that a word of LaTeX means with so many arguments: the name, the sign without its
    /// backslash, or what stands in `\\operatorname`.
    pub fn of_latex(word: &str, arguments: usize) -> Option<Function> {
        let sign = |f: &Function| {
            let sign = f.entry().latex?;
            Some(sign.strip_prefix("\\operatorname{").and_then(|s| s.strip_suffix('}')).unwrap_or(&sign[1..]))
        };
        let fits = |f: &Function| sign(f) == Some(word) && f.entry().derivatives.len() == arguments;
        let alias = if word == "ln" { "log" } else { word };
        Function::named(alias, arguments).or_else(|| Function::all().find(fits))
    }

    /// Its name in the language.
    pub fn name(self) -> &'static str {
        self.entry().name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_has_one_entry_of_its_own() {
        for function in Function::all() {
            assert_eq!(TABLE.iter().filter(|(f, _)| *f == function).count(), 1);
            assert_eq!(Function::named(function.name(), function.entry().derivatives.len()), Some(function));
        }
    }
}
