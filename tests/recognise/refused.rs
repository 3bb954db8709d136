//! Near misses: formulas that differ from a named operation in one sign, step, factor or limit. Each
//! must not get the name, and gets what is said here.

use super::Layer;

/// What is wrong, the layer, the name that it must not get, and what is said of it.
const MISSES: [(&str, &str, &str, &str); 24] = [
    (
        "a sign",
        "x[9]; weight W[3]; y[r in 4..9] = sum[i] x[r-i]*W[i]",
        "correlation",
        "A convolution of x with the weight W (flipped).",
    ),
    ("a sign", "x[9]; weight W[3]; y[r in 1..3] = sum[i] x[10-r-i]*W[i]", "orrelation", "no name"),
    (
        "another stride",
        "x[9]; weight W[3]; y[r] = sum[i] x[3*(r-1)+i]*W[i]",
        "stride 2",
        "A cross-correlation of x with the weight W: stride 3.",
    ),
    ("a coefficient", "size N; x[N]; y[i in 1..N] = x[1+(2*i-1) mod N]", "circular shift", "no name"),
    ("a coefficient", "size N; x[N]; y[i in 1..N] = sum[k in 1..N : 2*k <= i] x[k]", "prefix", "no name"),
    (
        "an offset",
        "size N,S; x[N]; y[i in 1..N*S-1] = x[1+i div S]",
        "upsampling",
        "A transposed sum pooling of x: every entry is added to all of its window, window S, stride S, padding 1.",
    ),
    ("a sign", "size N,S; x[N]; y[i in 1..N*S] = x[N-(i-1) div S]", "upsampling", "no name"),
    ("another modulus", "size N; x[N+1]; y[i in 1..N] = x[1+i mod N]", "circular shift", "no name"),
    (
        "a sign",
        "size N; x[N]; w[N]; y[i in 1..N] = sum[j in 1..N] x[j]*w[1+(i+j) mod N]",
        "convolution",
        "A circular cross-correlation of w with x: modulo N, offset 2.",
    ),
    (
        "a factor",
        "x[8]; y[r] = 1/2*sum[i in 1..3] x[r+i-1]",
        "verage",
        "Sum pooling of x: window 3, stride 1, times 1/2.",
    ),
    (
        "a factor",
        "x[8,8]; y[r,s] = 1/3*sum[i in 1..3, j in 1..3] x[r+i-1,s+j-1]",
        "verage",
        "Sum pooling of x: window 3 × 3, stride 1, times 1/3.",
    ),
    ("a limit", "x[8]; y[i in 1..8] = sum[k in 2..i] x[k]", "prefix", "no name"),
    ("a limit", "x[8]; y[i in 1..8] = sum[k in 1..8 : k <= i+1] x[k]", "prefix", "no name"),
    ("a part of the kernel", "x[9]; weight W[5]; y[r] = sum[i in 1..3] x[r+i-1]*W[i]", "correlation", "no name"),
    (
        "a kernel of its own in each place",
        "x[9]; weight W[7,3]; y[r] = sum[i] x[r+i-1]*W[r,i]",
        "correlation",
        "no name",
    ),
    ("a part of the sum", "size N; A[N,N]; y = sum[i in 1..N-1] A[i,i]", "trace", "no name"),
    ("another diagonal", "size N; A[N,N]; y = sum[i in 1..N-1] A[i,i+1]", "trace", "no name"),
    ("a shifted index", "size N; A[N,N]; B[N,N]; y[i,j] = sum[k in 1..N-1] A[i,k]*B[k+1,j]", "product", "no name"),
    ("a part of the sum", "size N; A[N,N]; x[N]; y[i] = sum[k in 2..N] A[i,k]*x[k]", "product", "no name"),
    ("a mask", "x[5], W[5,5]; y[i in 1..5] = sum[j] [j <= i]*W[i,j]*x[j]", "product", "no name"),
    ("a part of the axis", "size N; x[N]; y[i in 2..N-1] = x[N+1-i]", "reversal", "no name"),
    ("data read backwards", "size T; integer p[T] in 1..T; x[T]; y[i] = x[T+1-p[i]]", "gather", "no name"),
    (
        "a row too long",
        "x[10]; y[h in 1..2,w in 1..4] = x[w+5*(h-1)]",
        "reshape",
        "Windows of x (im2col), moved by 5 for each step of h.",
    ),
    (
        "overlapping groups",
        "x[9,5]; weight w[2,3,2]; y[r,o in 1..2] = sum[k,c] x[r+k-1,2*(o-1)+c]*w[o,c,k]",
        "grouped",
        "no name",
    ),
];

#[test]
fn near_misses_do_not_get_the_name() {
    let mut found = Vec::new();
    for (what, layer, name, _) in MISSES {
        let sentence = Layer::new(layer).sentence("y");
        assert!(!sentence.contains(name), "{what} wrong: {layer} is called: {sentence}");
        found.push((layer, sentence));
    }
    let expected: Vec<(&str, String)> = MISSES.iter().map(|(_, layer, _, said)| (*layer, said.to_string())).collect();
    assert_eq!(found, expected);
}
