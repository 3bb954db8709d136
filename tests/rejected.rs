//! What the authors of tests reject, told to whoever claims it: in other letters, written out, called.

use backprose::catalogue::Catalogue;
use backprose::judge::{Judge, Rejections, Slip, Verdict, rejected};
use backprose::language::parse::parse_file;
use backprose::language::syntax::{File, Item};
use backprose::model::compose::{compose, composed_layer};
use backprose::model::{Sizes, elaborate};

/// What the catalogue rejects, and a file.
fn known(own: Option<File>) -> Rejections {
    Rejections::new(move || {
        let catalogue = Catalogue::built_in();
        let layer = |name: &str| composed_layer(name, &catalogue)?.ok();
        let files = catalogue.files().filter_map(|(file, _)| compose(file, &catalogue).ok());
        own.iter().cloned().chain(files).flat_map(|file| rejected(&file, &layer)).collect()
    })
}

/// The slips that are found for the claims of the only test of a text, all of them refuted.
fn slips(text: &str, known: &Rejections) -> Vec<Option<Slip>> {
    let file = compose(&parse_file(text).unwrap(), &Catalogue::built_in()).unwrap();
    let Some(Item::Test(test)) = file.items.iter().find(|item| matches!(item, Item::Test(_))) else { panic!("{text}") };
    let system = elaborate(&test.statements, file.base.unwrap_or(1), &Sizes::default()).unwrap();
    let mut judge = Judge::new(&system).unwrap().with_rejections(Some(known));
    let judged = test.claims.iter().map(|claim| judge.judge(claim).unwrap_or_else(|why| panic!("{text}\n{why:?}")));
    let slip = |judged: backprose::judge::Judgement| {
        assert!(matches!(judged.verdict, Verdict::Refuted(_)), "{}", judged.claim);
        judged.slip
    };
    judged.map(slip).collect()
}

#[track_caller]
fn told(text: &str, sentences: &[&str]) {
    let found = slips(text, &known(None));
    assert_eq!(found.len(), sentences.len());
    for (slip, wanted) in found.into_iter().zip(sentences) {
        let slip = slip.unwrap_or_else(|| panic!("no slip where the catalogue says: {wanted}"));
        assert!(slip.sentence.ends_with(wanted), "{slip}");
    }
}

#[test]
fn a_convolution_written_out_is_told_what_the_catalogue_says_of_it() {
    told(
        r#"test "one filter, its axis left out" {
            input u[11, 4]   weight v[4, 3]
            y[a] = sum[b, c] u[c + 3*a - 3, b] * v[b, c]
            expect dl/dv[b, c] = sum[a] g[a] * u[c + a - 1, b]
            expect shape y = 9
        }"#,
        &["the stride is lost", "stride, dilation and padding are lost"],
    );
}

#[test]
fn so_is_one_with_symbols_for_its_sizes_and_one_that_is_called() {
    told(
        r#"test "symbols" {
            size L, Q, R, T
            input u[L, Q]   weight v[1, Q, R]
            y[a] = sum[b, c] u[c + T*(a - 1), b] * v[1, b, c]
            expect dl/dv[1, b, c] = sum[a] g[a] * u[c + a - 1, b]
        }"#,
        &["the stride is lost"],
    );
    told(
        r#"test "in a network" {
            input x[9, 2]   weight W[1, 2, 3]
            f = conv1d(x, W; S = 2)
            y[r] = tanh(f[r, 1])
            output y
            expect dl/dW[1, k, i] = sum[r] dl/df[r, 1] * x[i + r - 1, k]
        }"#,
        &["the stride is lost"],
    );
}

#[test]
fn functions_and_normalisers_in_other_letters() {
    told(
        r#"test "a logarithm of a softargmax" {
            size M
            input u[M]
            v[a] = u[a] - log(sum[b] exp(u[b]))
            expect dv[a]/du[b] = [a = b] - exp(u[a]) / (sum[c] exp(u[c]))
        }"#,
        &["the row and the column are exchanged"],
    );
    told(
        r#"index from 0
        test "a hidden layer" {
            size H, D
            input x[D]   weight A[H, D]
            z[i] = sum[d] A[i, d] * x[d]
            h[i] = tanh(z[i])
            output h
            expect dl/dz[i] = g[i] * (1 - z[i]^2)
        }"#,
        &["the slope is in terms of the output"],
    );
}

#[test]
fn what_nobody_rejects_has_the_usual_slips_alone() {
    let known = known(None);
    let text = r#"test "a hidden layer" {
        size H
        input z[H]
        h[i] = tanh(z[i])
        expect dl/dz[i] = g[i] * (7 - 3*h[i]^5)
        expect dl/dz[i] = -g[i] * (1 - h[i]^2)
    }"#;
    let found = slips(text, &known);
    assert_eq!(found[0], None);
    assert!(found[1].as_ref().is_some_and(|slip| slip.name == "sign" && !slip.sentence.contains('–')), "{found:?}");
}

#[test]
fn a_file_may_reject_formulas_of_its_own() {
    let own = r#"layer strange "A sum of cubes and their squares." {
        size N
        input x[N]
        s = sum[n] (x[n]^3 + 5*x[n]^2)
        output s
    }
    test "its slope" for strange {
        reject ds/dx[n] = 3*x[n] + 10   because "one power of x is missing"
    }"#;
    let text = r#"test "elsewhere" {
        input q[4]
        t = sum[k] q[k]^2 * (q[k] + 5)
        expect dt/dq[k] = 10 + 3*q[k]
    }"#;
    let found = slips(text, &known(Some(parse_file(own).unwrap())));
    assert!(found[0].as_ref().is_some_and(|slip| slip.sentence.ends_with("one power of x is missing")), "{found:?}");
}
