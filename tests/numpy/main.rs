//! The NumPy modules run: their self checks pass, they agree with a brute-force scatter, and no
//! name an author can choose breaks them. Skipped, with a message, where Python or NumPy is missing.

mod case;
mod reader;
mod recurrences;

use backprose::writeup::numpy::{Dialect, module};
use case::Case;
use std::collections::BTreeMap;

/// The definition of a one-dimensional convolution, scattered tap by tap.
const SCATTER: &str = r#"
def scatter(x, W, g, S, D, P):
    (N, C), (F, _, K) = x.shape, W.shape
    R = (N + 2 * P - D * (K - 1) - 1) // S + 1
    f, dx, dW = np.zeros((R, F)), np.zeros((R, F, N, C)), np.zeros((R, F, F, C, K))
    for r in range(R):
        for o in range(F):
            for i in range(K):
                p = S * r + D * i - P
                if 0 <= p < N:
                    f[r, o] += x[p] @ W[o, :, i]
                    dx[r, o, p] += W[o, :, i]
                    dW[r, o, o, :, i] += x[p]
    if g is None:
        g = np.random.default_rng(1).normal(size=(R, F))
    return f, dx, dW, g, np.tensordot(g, dx, 2), np.tensordot(g, dW, 2)
def compare(*sizes, **keywords):
    N, C, F, K, S, D, P = sizes
    x, W = rng.normal(size=(N, C)), rng.normal(size=(F, C, K))
    f, dx, dW, g, lx, lW = scatter(x, W, None, S, D, P)
    close(m.f(x, W, **keywords), f)
    close(m.df_dx(x, W, **keywords), dx)
    close(m.df_dW(x, W, **keywords), dW)
    close(m.dl_dx(x, W, g, **keywords), lx)
    close(m.dl_dW(x, W, g, **keywords), lW)
"#;

const SHAPE: &str = "(N + 2*P - D*(K-1) - 1) div S + 1";

fn convolution() -> Case {
    let f = format!("r in 1..{SHAPE}, o in 1..F");
    let body = "sum[k in 1..C, i in 1..K] x[1 + S*(r-1) + D*(i-1) - P, k] * W[o, k, i]";
    let sum = format!("r in 1..{SHAPE}");
    Case::new("N C F K S D P")
        .given("x", "1..N pad P, 1..C")
        .given("W", "1..F, 1..C, 1..K")
        .define("f", &f, body)
        .output("f")
        .value("f", &f, body)
        .jacobian(
            "f",
            "x",
            &format!("{f}, n in 1..N, c in 1..C"),
            "[D | n - 1 - S*(r-1) + P] * [0 <= (n - 1 - S*(r-1) + P)/D <= K - 1] \
             * W[o, c, 1 + (n - 1 - S*(r-1) + P)/D]",
        )
        .jacobian(
            "f",
            "W",
            &format!("{f}, p in 1..F, c in 1..C, i in 1..K"),
            "if o = p then [1 <= 1 + S*(r-1) + D*(i-1) - P <= N] * x[1 + S*(r-1) + D*(i-1) - P, c] \
             else 0",
        )
        .gradient(
            "W",
            "o in 1..F, k in 1..C, i in 1..K",
            &format!("sum[{sum}] up_f[r, o] * x[1 + S*(r-1) + D*(i-1) - P, k]"),
        )
        .gradient(
            "x",
            "n in 1..N, k in 1..C",
            &format!(
                "sum[o in 1..F] sum[{sum}] [D | n-1+P-S*(r-1)] * [0 <= floor((n-1+P-S*(r-1))/D) <= K-1] \
                 * up_f[r, o] * W[o, k, 1 + floor((n-1+P-S*(r-1))/D)]"
            ),
        )
        .require("D*(K-1) + 1 <= N + 2*P")
        .require("P >= 0")
}

#[test]
fn a_convolution_of_any_size_agrees_with_the_scatter() {
    let script = r#"
for _ in range(25):
    N, C, F, K, S, D, P = (int(k) for k in rng.integers(1, [8, 4, 4, 5, 4, 4, 4]))
    P -= 1
    if D * (K - 1) + 1 <= N + 2 * P:
        compare(N, C, F, K, S, D, P, S=S, D=D, P=P)
compare(11, 7, 2, 3, 3, 2, 1, S=3, D=2, P=1, N=11)
x, W = rng.normal(size=(7, 5)), rng.normal(size=(1, 4, 3))
refuses(lambda: m.f(x, W, S=1, D=1, P=0), "axis 1 of W")
refuses(lambda: m.f(x, W[:, :, :, None], S=1, D=1, P=0), "W has 4 axes")
refuses(lambda: m.f(x, W, S=1, D=1, P=0, N=9), "N is 9")
refuses(lambda: m.f(x, rng.normal(size=(1, 5, 3)), S=1, D=9, P=0), "sizes must satisfy")
refuses(lambda: m.dl_dx(x, rng.normal(size=(1, 5, 3)), np.ones(5), S=2, D=1, P=0), "g has 1")
"#;
    convolution().run(&format!("{SCATTER}{script}"));
}

#[test]
fn sizes_given_on_the_command_line_are_defaults() {
    let case = ["N 7", "C 5", "F 1", "K 3", "S 2", "D 1", "P 0"].iter().fold(convolution(), |case, pair| {
        let (size, value) = pair.split_once(' ').expect("a pair");
        case.default(size, value.parse().expect("a number"))
    });
    let script = r#"
import inspect
assert inspect.signature(m.f).parameters["N"].default == 7
compare(7, 5, 1, 3, 2, 1, 0)
compare(11, 7, 2, 3, 2, 1, 0)
compare(11, 7, 2, 3, 3, 2, 1, S=3, D=2, P=1)
refuses(lambda: m.f(np.ones((11, 5)), np.ones((1, 5, 3)), N=7 + 1), "N is 8")
refuses(lambda: m.f(np.ones((11, 5)), np.ones((1, 5, 3)), N=7), "N is 7")
"#;
    case.run(&format!("{SCATTER}{script}"));
}

#[test]
fn sizes_put_into_the_formulas_are_still_keywords() {
    let indices = "r in 1..3";
    let body = "sum[k in 1..5, i in 1..3] x[i + 2*(r-1), k] * W[1, k, i]";
    Case::new("")
        .given("x", "1..7, 1..5")
        .given("W", "1..1, 1..5, 1..3")
        .define("f", indices, body)
        .output("f")
        .jacobian(
            "f",
            "x",
            "r in 1..3, n in 1..7, c in 1..5",
            "if 1 <= n - 2*(r-1) <= 3 then W[1, c, n - 2*(r-1)] else 0",
        )
        .gradient(
            "x",
            "n in 1..7, c in 1..5",
            "sum[r in max(1, ceil((n-1)/2))..min(3, floor((n+1)/2))] up_f[r] * W[1, c, n - 2*(r-1)]",
        )
        .default("N", 7)
        .default("S", 2)
        .run(
            r#"
x, W = rng.normal(size=(7, 5)), rng.normal(size=(1, 5, 3))
close(m.f(x, W, N=7, S=2), [sum(x[2 * r + i] @ W[0, :, i] for i in range(3)) for r in range(3)])
refuses(lambda: m.f(x, W, S=3), "made for S = 2")
refuses(lambda: m.f(x[:6], W), "axis 0 of x has length 6, expected 7")
"#,
        );
}

#[test]
fn matrix_products_and_scalars() {
    Case::new("m n p")
        .given("A", "1..m, 1..n")
        .given("B", "1..n, 0..p - 1")
        .define("Y", "i in 1..m, j in 0..p - 1", "sum[k in 1..n] A[i, k] * B[k, j]")
        .output("Y")
        .gradient("A", "i in 1..m, k in 1..n", "sum[j in 0..p - 1] up_Y[i, j] * B[k, j]")
        .gradient("B", "k in 1..n, j in 0..p - 1", "sum[i in 1..m] A[i, k] * up_Y[i, j]")
        .run(
            r#"
A, B, g = rng.normal(size=(2, 3)), rng.normal(size=(3, 4)), rng.normal(size=(2, 4))
close(m.Y(A, B), A @ B)
close(m.dl_dA(A, B, g), g @ B.T)
close(m.dl_dB(A, B, g), A.T @ g)
"#,
        );
    Case::new("d")
        .given("w", "1..d")
        .given("x", "1..d")
        .given("b", "")
        .define("y", "", "(sum[k in 1..d] w[k] * x[k] + b)^2 / 3")
        .output("y")
        .jacobian("y", "b", "", "2 / 3 * (sum[k in 1..d] w[k] * x[k] + b)")
        .gradient("b", "", "up_y[] * 2 * (sum[k in 1..d] w[k] * x[k] + b) / 3")
        .gradient("w", "i in 1..d", "up_y[] * 2 * (sum[k in 1..d] w[k] * x[k] + b) / 3 * x[i]")
        .run("close(m.dl_db(np.ones(2), np.ones(2), 1.0, 5.0), np.array(10.0))");
}

#[test]
fn integer_data_is_read_as_declared() {
    Case::new("T vocab d")
        .given("token", "1..T in 1..vocab")
        .given("E", "1..vocab, 1..d")
        .define("y", "t in 1..T, c in 1..d", "E[token[t], c]")
        .output("y")
        .value("y", "t in 1..T, c in 1..d", "E[token[t], c]")
        .jacobian("y", "E", "t in 1..T, c in 1..d, v in 1..vocab, c' in 1..d", "[c = c'] * [token[t] = v]")
        .gradient("E", "v in 1..vocab, c in 1..d", "sum[t in 1..T] [token[t] = v] * up_y[t, c]")
        .run(
            r#"
token, E = np.array([3, 1, 3, 2, 5], dtype=np.uint8), rng.normal(size=(6, 2))
g = rng.normal(size=(5, 2))
expected = np.zeros((6, 2))
np.add.at(expected, token - 1, g)
close(m.y(token, E), E[token - 1])
close(m.dl_dE(token, E, g), expected)
refuses(lambda: m.y(token - np.uint8(1), E), "from 1 to 6")
refuses(lambda: m.y(token + 0.5, E), "integers")
"#,
        );
}

#[test]
fn intermediates_and_several_outputs() {
    Case::new("n")
        .given("x", "1..n")
        .given("w", "1..n")
        .define("h", "i in 1..n", "x[i]^2 * w[i]")
        .define("a", "i in 1..n", "sum[j in 1..i] h[j]")
        .define("b", "", "mean[i in 1..n : i != 2] h[i]")
        .output("a")
        .output("b")
        .jacobian("a", "x", "i in 1..n, j in 1..n", "[j <= i] * 2 * h[j] / x[j]")
        .gradient(
            "w",
            "j in 1..n",
            "x[j]^2 * ((sum[i in j..n] up_a[i]) + (if j != 2 then up_b[] / (sum[i in 1..n] [i != 2]) else 0))",
        )
        .run(
            r#"
x, w = np.arange(1.0, 6.0), np.ones(5)
close(m.a(x, w), np.cumsum(x ** 2))
close(m.b(x, w), np.array((1 + 9 + 16 + 25) / 4))
close(m.dl_dw(x, w, np.zeros(5), 4.0), [1, 0, 9, 16, 25])
"#,
        );
}

#[test]
fn no_name_clashes() {
    Case::new("range np S")
        .given("g", "1..range")
        .given("lambda", "1..range, 1..np")
        .given("f", "")
        .given("dl_dW", "0..2*S")
        .define("float", "in in 1..range", "g[in] * f")
        .define("sum", "k' in 1..np", "sum[len in 1..range] lambda[len, k'] * float[len] * dl_dW[S]")
        .output("sum")
        .gradient(
            "lambda",
            "g in 1..range, np in 1..np",
            "up_sum[np] * (sum[float in 1..1] sum[float in float..float] g[g]) * f * dl_dW[S]",
        )
        .gradient(
            "dl_dW",
            "s in 0..2*S",
            "[s = S] * (sum[k in 1..np, κ in 1..range] up_sum[k] * lambda[κ, k] * float[κ])",
        )
        .jacobian("sum", "f", "k in 1..np", "sum[k' in 1..range] lambda[k', k] * g[k'] * dl_dW[S]")
        .run(
            r#"
g, l, f, d = rng.normal(size=3), rng.normal(size=(3, 2)), rng.normal(), rng.normal(size=5)
close(getattr(m, "sum")(g, l, f, d), g @ l * f * d[2])
close(m.dsum_df(g, l, f, d), g @ l * d[2])
close(m.dl_dlambda(g, l, f, d, np.ones(2)), np.outer(g, np.ones(2)) * f * d[2])
refuses(lambda: m.sum(g, l, f, d[:4]), "axis 0 of dl_dW")
"#,
        );
}

#[test]
fn quotients_of_integers() {
    Case::new("n")
        .given("x", "0..n - 1")
        .define("y", "i in 0..n - 1", "x[i]")
        .output("y")
        .value("y", "i in 0..n - 1", "x[(2*i)/2] * (if floor(i/2 + 1) = 1 + (i - i mod 2)/2 then 1 else 7)")
        .jacobian("y", "x", "i in 0..n - 1, j in 0..n - 1", "[-(j div 2) - (j mod 2) = -ceil(j/2)] * [i/2 = j/2]")
        .run(
            r#"
x = rng.normal(size=5)
close(m.y(x), x)
close(m.dy_dx(x), np.eye(5))
"#,
        );
}

#[test]
fn the_self_check_bites() {
    Case::new("n")
        .given("x", "1..n")
        .define("y", "", "sum[i in 1..n] x[i]^2")
        .output("y")
        .gradient("x", "i in 1..n", "up_y[] * x[i]")
        .run_as("", false);
}

#[test]
fn the_same_input_gives_the_same_bytes_within_the_line_length() {
    let text = convolution().module();
    assert_eq!(text, convolution().module());
    let long: Vec<&str> = text.lines().filter(|line| line.chars().count() > 88).collect();
    assert!(long.is_empty(), "{long:#?}");
    assert!(text.lines().all(|line| line == line.trim_end()), "trailing blanks");
}

#[test]
fn what_cannot_be_written_is_said() {
    let unknown = Case::new("n").given("x", "1..n").define("y", "", "gudermann(x[1])").output("y");
    let failed = module((Dialect::Numpy, false), &unknown.program, &[], &BTreeMap::new(), &[], "", 1, &[]);
    assert_eq!(failed, Err("`gudermann` cannot be written in NumPy yet".into()));
}

#[test]
fn sizes_are_read_off_affine_axes_and_params_are_keywords() {
    Case::new("N S M")
        .param("eps", Some("1/100000"))
        .param("beta", None)
        .given("x", "0..2*N - 1")
        .given("w", "1..N + S")
        .given("v", "1..M div 2")
        .define("y", "i in 1..N", "x[2*i - 1]^2 * w[i + S] / (beta + eps) + [i != 1] / (i - 1)")
        .output("y")
        .jacobian("y", "x", "i in 1..N, j in 0..2*N - 1", "[j = 2*i - 1] * 2 * x[j] * w[i + S] / (beta + eps)")
        .default("M", 6)
        .run(
            r#"
x, w, v = rng.normal(size=6), rng.normal(size=5), np.ones(3)
close(m.y(x, w, v, beta=1, eps=1.0), x[1::2] ** 2 * w[2:] / 2 + [0, 1, 1 / 2])
m.y(x, w, v, beta=1, M=7, S=2)
refuses(lambda: m.y(x, w, v, beta=1, M=8), "axis 0 of v has length 3, expected 4")
refuses(lambda: m.y(x[1:], w, v, beta=1), "axis 0 of x fits no integer N")
"#,
        );
}

#[test]
fn gradients_of_intermediates_are_computed_once_and_have_functions() {
    let case = Case::new("n")
        .given("x", "1..n")
        .given("w", "1..n")
        .define("z", "i in 1..n", "w[i] * x[i]")
        .define("h", "i in 1..n", "tanh(z[i])")
        .define("y", "", "sum[i in 1..n] h[i]^2")
        .output("y")
        .gradient("h", "i in 1..n", "up_y[] * 2 * h[i]")
        .gradient("z", "i in 1..n", "up_h[i] * (1 - h[i]^2)")
        .gradient("x", "i in 1..n", "up_z[i] * w[i]")
        .gradient("w", "i in 1..n", "up_z[i] * x[i]");
    let text = case.module();
    assert_eq!(text.matches("np.tanh(").count(), 1, "{text}");
    assert_eq!(
        text.matches("def _compute_dl_dz(w").count() + text.matches("def _compute_dl_dz(h").count(),
        1,
        "{text}"
    );
    case.run(
        r#"
x, w = rng.normal(size=4), rng.normal(size=4)
h = np.tanh(w * x)
close(m.dl_dh(x, w, 3.0), 6 * h)
close(m.dl_dz(x, w, 3.0), 6 * h * (1 - h ** 2))
close(m.dl_dx(x, w, 3.0), 6 * h * (1 - h ** 2) * w)
"#,
    );
}

#[test]
fn a_gradient_that_is_read_must_be_derived() {
    let case = Case::new("n")
        .given("x", "1..n")
        .define("h", "i in 1..n", "x[i]^2")
        .define("y", "", "sum[i in 1..n] h[i]")
        .output("y")
        .gradient("x", "i in 1..n", "up_h[i] * 2 * x[i]");
    assert_eq!(case.refusal(), "dl/dh is read but not derived");
}

#[test]
fn a_jacobian_is_differentiated_again() {
    Case::new("n")
        .given("x", "1..n")
        .define("y", "", "prod[i in 1..n] x[i]")
        .define("∂y/∂x", "k in 1..n", "prod[i in 1..n] (if i = k then 1 else x[i])")
        .output("y")
        .jacobian("y", "x", "k in 1..n", "prod[i in 1..n] (if i = k then 1 else x[i])")
        .jacobian(
            "∂y/∂x",
            "x",
            "k in 1..n, p in 1..n",
            "if k != p then prod[i in 1..n] (if (k - i) * (p - i) = 0 then 1 else x[i]) else 0",
        )
        .run(
            r#"
x = np.array([2.0, 3.0, 5.0])
close(m.dy_dx(x), [15, 10, 6])
close(m.d2y_dx_dx(x), [[0, 5, 3], [5, 0, 2], [3, 2, 0]])
"#,
        );
}

#[test]
fn exponentials_do_not_overflow() {
    let total = "sum[k in 1..n] exp(x[k])";
    Case::new("n")
        .given("x", "1..n")
        .define("y", "", &format!("log({total})"))
        .output("y")
        .value("y", "", &format!("log({total})"))
        .jacobian("y", "x", "i in 1..n", &format!("2 * exp(x[i]) * exp(0 - x[i]) / ({total}) * exp(x[i]) / 2"))
        .gradient("x", "i in 1..n", &format!("up_y[] * exp(x[i]) * ({total}) / ({total})^2"))
        .run(
            r#"
x = np.array([0.5, -0.25, 0.125])
close(m.y(x + 2000.0), m.y(x) + 2000.0)
close(m.y(x), np.log(np.sum(np.exp(x))))
close(m.dl_dx(x, 2.0), 2 * m.dy_dx(x))
"#,
        );
}
