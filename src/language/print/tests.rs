//! What is printed is read back, and reads well.

use super::*;
use crate::language::parse::{parse_condition, parse_expression, parse_file, parse_matrix, parse_target};
use proptest::prelude::*;

const ALPHABETS: [Alphabet; 2] = [Alphabet::Ascii, Alphabet::Unicode];

mod printing_then_parsing_is_the_identity {
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn on_expressions(tree in trees::expression()) {
            for alphabet in ALPHABETS {
                let text = expression(&tree, alphabet);
                prop_assert_eq!(parse_expression(&text), Ok(tree.clone()), "{}", text);
                let close = index(&tree, alphabet);
                prop_assert_eq!(parse_expression(&close), Ok(tree.clone()), "{}", close);
            }
        }

        #[test]
        fn on_conditions(tree in trees::condition()) {
            for alphabet in ALPHABETS {
                let text = condition(&tree, alphabet);
                prop_assert_eq!(parse_condition(&text), Ok(tree.clone()), "{}", text);
            }
        }

        #[test]
        fn on_matrix_forms(tree in trees::matrix()) {
            for alphabet in ALPHABETS {
                let text = matrix(&tree, alphabet);
                prop_assert_eq!(parse_matrix(&text), Ok(tree.clone()), "{}", text);
            }
        }

        #[test]
        fn on_targets(tree in trees::target()) {
            for alphabet in ALPHABETS {
                let text = target(&tree, alphabet);
                prop_assert_eq!(parse_target(&text), Ok(tree.clone()), "{}", text);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn on_files(tree in trees::file()) {
            for alphabet in ALPHABETS {
                let text = file_in(&tree, alphabet);
                prop_assert_eq!(parse_file(&text), Ok(tree.clone()), "{}", text);
            }
        }
    }
}

/// What a formula looks like in both alphabets.
fn check(source: &str, ascii: &str, unicode: &str) {
    let tree = parse_expression(source).unwrap_or_else(|found| panic!("{source}: {found:?}"));
    assert_eq!(expression(&tree, Alphabet::Ascii), ascii);
    assert_eq!(expression(&tree, Alphabet::Unicode), unicode);
}

#[test]
fn formulas_read_as_on_paper() {
    check(
        "sum[k in 1..5,i in 1..3]x[i+2*(r-1),k]*W[1,k,i]",
        "sum[k in 1..5, i in 1..3] x[i + 2*(r-1), k] * W[1,k,i]",
        "Σ(k=1..5, i=1..3) x[i+2(r−1), k]·W[1,k,i]",
    );
    check("(N + 2*P - D*(K-1) - 1) div S + 1", "(N + 2*P - D*(K-1) - 1) div S + 1", "⌊(N+2P−D·(K−1)−1)/S⌋ + 1");
    check(
        "if 1<=n-2*(r-1)<=3 then W[1,c,n-2*(r-1)] else 0",
        "if 1 <= n - 2*(r-1) <= 3 then W[1, c, n - 2*(r-1)] else 0",
        "if 1 ≤ n−2(r−1) ≤ 3 then W[1, c, n−2(r−1)] else 0",
    );
    check(
        "sum[r in 1..3 : 2 | n-r and n>0] dl/df[r,1]*x[n,k]",
        "sum[r in 1..3 : 2 | n - r and n > 0] dl/df[r,1] * x[n,k]",
        "Σ(r=1..3: 2 | n−r and n > 0) ∂ℓ/∂f[r,1]·x[n,k]",
    );
    check("df[r]/dW[1,k,i]", "df[r]/dW[1,k,i]", "∂f[r]/∂W[1,k,i]");
    check("d(x[n]*W[k])/dW[i]", "d(x[n] * W[k])/dW[i]", "∂(x[n]·W[k])/∂W[i]");
    check("df / dx", "df / dx", "df / dx");
    check("c[t]*h[t-1]+(1-c[t])*z[t]", "c[t] * h[t-1] + (1 - c[t]) * z[t]", "c[t]·h[t−1] + (1 − c[t])·z[t]");
    check("-x^2/2", "-x^2/2", "−x^2/2");
    check("floor(a/b)+ceil(a/b)", "floor(a/b) + ceil(a/b)", "floor(a/b) + ⌈a/b⌉");
    check("1/2*(x+1)", "1/2*(x+1)", "1/2·(x + 1)");
    check("delta[i,j]*[1<=n<=N]", "[i = j] * [1 <= n <= N]", "[i = j]·[1 ≤ n ≤ N]");
}

#[test]
fn a_homework_comes_back_as_it_was() {
    let source = include_str!("../../../examples/homework2.bp");
    let tree = parse_file(source).expect("the example is in the language");
    for alphabet in ALPHABETS {
        assert_eq!(parse_file(&file_in(&tree, alphabet)).as_ref(), Ok(&tree));
    }
}
