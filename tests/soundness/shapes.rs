//! Sums and products of the shapes that floors, extrema, windows, congruences and limits ask for,
//! with random numbers in them.

use crate::fixture::Fixture;
use backprose::evaluate::Random;
use backprose::integer::Index;
use backprose::model::Term;

/// `L`, `H`: a range; `M` a divisor, `C` a coefficient, `E` and `V` numbers.
const SHAPES: &[&str] = &[
    "sum[i in L..H] [(i + E) div M = a - V] * z[i mod 7]",
    "sum[i in L..H, k in 1..3] [(k - i + E) mod M = a] * z[i mod 7] * x[k]",
    "sum[i in L..H, k in 1..3] [(i + E) div M = k] * [(i + E) mod M = a - 1] * x[k] * (i + 3)",
    "sum[i in L..H] [((i + E) div M) mod 2 = a - 1] * (i + 9)",
    "sum[i in L..H] [max(i - E, a) = V] * (i + 1)",
    "sum[i in L..H, k in 0..6] [min(max(i - a, E), V) = k] * z[k] * (i + 4)",
    "sum[i in L..H] [abs(i - E) = a] * (i + 4)",
    "sum[t in L..H] [E <= a + V - M*t <= E + M - 1] * (t + 5)",
    "sum[t in L..H, k in 1..3] [1 <= M*t + a + k <= M] * x[k] * (t + 5)",
    "sum[i in L..H] [M | C*i + a + E] * [V <= i + a] * (i + 7)",
    "sum[i in L..H, j in 1..4] [C*i + M*j = a + E] * (i + 10*j)",
    "sum[i in 1..H+3] [a <= i] * i * x[a]",
    "sum[i in L..H, j in 1..3] [1 <= M*i - a + j <= V] * (i + 2) * x[j]",
    "sum[i in L..H] [i + a = V and E <= i] * (i + 2)",
    "sum[i in L..H] [not (C*i <= a + E)] * (i + 2)",
    "max(a, E) * [a div 9 = 0] * x[min(max(a, 1), 5)] * z[a div 3]",
    "[E <= a] * x[a] + [a <= V] * z[a] + sum[i in 1..4 : E <= C*i - a <= V] z[i]",
];

/// Products that are differentiated with respect to x[a].
const PRODUCTS: &[&str] = &["prod[i in 1..4] (x[i] + z[i])", "prod[i in L..H, j in 1..3 : i != j] (x[j] + i)"];

/// Each shape with the numbers of one seed, in its fixture.
pub fn terms(seed: u64) -> Vec<(Fixture, Term)> {
    let mut random = Random::new(seed);
    let mut filled = |shape: &str| {
        let low = random.between(-2, 2);
        let numbers = [
            ("L", low),
            ("H", low + random.between(0, 6)),
            ("M", random.between(2, 5)),
            ("C", random.between(1, 6)),
            ("E", random.between(-2, 4)),
            ("V", random.between(0, 5)),
        ];
        let text = numbers.iter().fold(shape.to_string(), |text, (name, n)| text.replace(name, &format!("({n})")));
        Fixture::new(&format!("input x[5]   input z[0..6]   p[a in 1..5] = {text}"))
    };
    let body = |fixture: &Fixture| fixture.system.equations[0].body.clone();
    let plain: Vec<_> = SHAPES.iter().map(|shape| filled(shape)).collect();
    let products: Vec<_> = PRODUCTS.iter().map(|shape| filled(shape)).collect();
    let differentiated = products.into_iter().map(|fixture| {
        let at = vec![Index::var(&fixture.system.equations[0].indices[0].var)];
        let term = Term::derivative(body(&fixture), "x".into(), at);
        (fixture, term)
    });
    plain.into_iter().map(|fixture| (body(&fixture), fixture)).map(|(t, f)| (f, t)).chain(differentiated).collect()
}
