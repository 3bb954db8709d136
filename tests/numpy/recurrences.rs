//! Systems that are computed step by step, without answers about them: the order is found from what
//! the equations read, and where there is none there is no module.

use super::case::Case;

#[test]
fn two_recurrences_of_one_array_run_away_from_its_middle() {
    Case::new("T")
        .given("x", "0..T")
        .given("a", "")
        .define("f", "t in 3..T", "a*f[t-1] + x[t]*f[t-2]")
        .define("f", "t in 1..1", "a")
        .define("f", "t in 2..2", "x[2]^2")
        .define("f", "t in 0-T..0", "f[t+1]*f[t+2] - x[0-t]")
        .output("f")
        .require("T >= 2")
        .run(
            r#"
x, a = rng.normal(size=7), rng.normal()
up, down = [a, x[2] ** 2], [x[2] ** 2, a]
for t in range(3, 7):
    up.append(a * up[-1] + x[t] * up[-2])
for t in range(7):
    down.append(down[-1] * down[-2] - x[t])
close(m.f(x, a), down[:1:-1] + up)
refuses(lambda: m.f(x[:2], a), "T >= 2")
"#,
        );
}

#[test]
fn lags_may_be_data() {
    Case::new("T")
        .given("lag", "1..T in 1..3")
        .given("x", "1..T")
        .define("h", "t in 0..0", "1")
        .define("h", "t in 1..T", "x[t]*h[t - min(t, lag[t])]")
        .output("h")
        .run(
            r#"
lag, x = rng.integers(1, 4, 9), rng.normal(size=9)
h = [1.0]
for t in range(1, 10):
    h.append(x[t - 1] * h[t - min(t, lag[t - 1])])
close(m.h(lag, x), h)
"#,
        );
}

#[test]
fn what_has_no_order_is_refused() {
    let mirrored = Case::new("T").define("h", "t in 1..T", "1 + h[T+1-t]^2").output("h");
    assert_eq!(mirrored.refusal(), "no order was found in which `h` can be computed step by step");
    let still = Case::new("T").define("c", "t in 1..T", "h[t]").define("h", "t in 1..T", "c[t] + h[t-1]").output("h");
    assert_eq!(still.refusal(), "no order was found in which `c` and `h` can be computed step by step");
    let open = Case::new("S T").define("h", "t in 1..S", "1").define("h", "t in S+1..T", "h[t-1]").output("h");
    assert_eq!(open.refusal(), "where `h` begins or ends on axis 1 depends on the sizes");
}

#[test]
fn boxes_of_arrays_that_read_each_other_may_differ() {
    Case::new("S T")
        .define("h", "t in 0..0", "1")
        .define("h", "t in 1..T", "h[t-1] + (if t <= S then c[t]/t else 0)")
        .define("c", "t in 1..S", "if t <= T then 2*h[t-1] else 1")
        .output("h")
        .output("c")
        .run(
            r#"
for S, T in [(2, 5), (5, 2), (3, 3), (1, 1)]:
    h, c = [1.0], []
    for t in range(1, max(S, T) + 1):
        if t <= S:
            c.append(2 * h[-1] if t <= T else 1)
        if t <= T:
            h.append(h[-1] + (c[t - 1] / t if t <= S else 0))
    close(m.h(S=S, T=T), h)
    close(m.c(S=S, T=T), c)
"#,
        );
}

#[test]
fn a_part_that_runs_ahead_is_shifted_downwards_too() {
    Case::new("T")
        .given("x", "1..T")
        .define("h", "t in T+1..T+1", "1")
        .define("h", "t in 1..T", "x[t]*c[t-1]")
        .define("c", "t in 0..T-1", "h[t+2] - x[t+1]")
        .output("h")
        .require("T >= 2")
        .run(
            r#"
x = rng.normal(size=6)
h = [1.0]
for term in x[::-1]:
    h.append(term * (h[-1] - term))
close(m.h(x), h[::-1])
"#,
        );
}
