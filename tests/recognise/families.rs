//! What values and gradients are called, family by family: layers as text, and the sentences.

use super::check;

#[test]
fn grouped_convolutions() {
    check(
        "x[9,6]; w[8,3,2]; y[r,o in 1..8] = sum[k in 1..2,c in 1..3] x[r+k-1,3*((o-1) div 4)+c]*w[o,c,k]",
        &[
            (
                "y",
                "A grouped convolution (cross-correlation) of x with w: 2 groups, each of 3 channels of x and 4 channels of the output.",
            ),
            (
                "dl/dx",
                "A grouped transposed convolution of the upstream gradient g with w: 2 groups, each of 3 channels of the output and 4 channels of g.",
            ),
            (
                "dl/dw",
                "A cross-correlation of x with the upstream gradient g: 2 groups, each of 3 channels of x and 4 channels of the output.",
            ),
        ],
    );
    check(
        "x[9,6]; weight w[3,2,2]; y[r,o in 1..3] = sum[k,c] x[r+k-1,2*(o-1)+c]*w[o,c,k]",
        &[
            (
                "y",
                "A grouped convolution (cross-correlation) of x with the weight w: 3 groups, each of 2 channels of x and 1 channel of the output.",
            ),
            (
                "dl/dx",
                "A grouped transposed convolution of the upstream gradient g with the weight w: 3 groups, each of 2 channels of the output and 1 channel of g.",
            ),
        ],
    );
    check(
        "size N,K,G,C,F; x[N,G,C]; weight w[G,F,C,K]; y[r,g,f] = sum[k,c] x[r+k-1,g,c]*w[g,f,c,k]",
        &[
            (
                "y",
                "A grouped convolution (cross-correlation) of x with the weight w: summed over c, in each g, separately for each f.",
            ),
            (
                "dl/dx",
                "A grouped transposed convolution of the upstream gradient u with the weight w: summed over f, in each p, separately for each q.",
            ),
        ],
    );
}

#[test]
fn a_depthwise_convolution_with_a_multiplier() {
    check(
        "x[9,6]; weight w[12,2]; y[r,o in 1..12] = sum[k in 1..2] x[r+k-1,1+(o-1) div 2]*w[o,k]",
        &[
            (
                "y",
                "A depthwise convolution (cross-correlation) of x with the weight w: 6 groups, each of 2 channels of the output and 1 channel of x.",
            ),
            (
                "dl/dx",
                "A depthwise transposed convolution of the upstream gradient g with the weight w: 6 groups, each of 2 channels of g and 1 channel of the output.",
            ),
        ],
    );
}

#[test]
fn pointwise_convolutions() {
    let product = "a matrix product at every b, h and v, summed over";
    check(
        "size B,C,H,W,O; x[B,C,H,W]; weight w[O,C,1,1]; y[b,o,h,v] = sum[c] x[b,c,h,v]*w[o,c,1,1]",
        &[
            ("y", &format!("A pointwise (1×1) convolution of x with the weight w: {product} c.")),
            (
                "dl/dx",
                &format!("A pointwise (1×1) convolution of the upstream gradient g with the weight w: {product} o."),
            ),
            ("dl/dw", "A tensor contraction of the upstream gradient g and x over b, h and v."),
        ],
    );
    check(
        "size B,C,H,O; x[B,C,H]; weight w[O,C]; y[b,o,h] = sum[c] x[b,c,h]*w[o,c]",
        &[(
            "y",
            "A pointwise (1×1) convolution of x with the weight w: a matrix product at every b and h, summed over c.",
        )],
    );
}

#[test]
fn matrix_algebra() {
    check(
        "size B,N,M,K; a[B,N,K]; b[B,K,M]; y[n,i,j] = sum[k] a[n,i,k]*b[n,k,j]",
        &[
            ("y", "A batched matrix product of a and b: one for every n, summed over k."),
            ("dl/da", "A batched matrix product of the upstream gradient g and b: one for every n, summed over j."),
        ],
    );
    check(
        "size N,M; a[N]; B[N,M]; c[M]; y = sum[i,j] a[i]*B[i,j]*c[j]",
        &[
            ("y", "A bilinear form: y = a^⊤·B·c."),
            ("dl/da", "A matrix–vector product: ∂ℓ/∂a = g·B·c."),
            ("dl/dB", "An outer product: ∂ℓ/∂B = g·a·c^⊤."),
            ("dl/dc", "A matrix–vector product: ∂ℓ/∂c = g·B^⊤·a."),
        ],
    );
    check(
        "size N; A[N,N]; x[N]; y = sum[i,j] x[i]*A[i,j]*x[j]",
        &[("dl/dx", "A sum of the matrix–vector product g·A·x and the matrix–vector product g·A^⊤·x.")],
    );
    check(
        "size N; A[N,N]; y = sum[i] A[i,i]",
        &[("y", "The trace of A."), ("dl/dA", "A diagonal: g where n = c, else 0.")],
    );
    check("size N; A[N,N]; y[i] = A[i,i]", &[("y", "The diagonal of A."), ("dl/dA", "A diagonal matrix: diag(g).")]);
    check(
        "size N,M; A[N,M]; y[j,i] = A[i,j]",
        &[("y", "A transpose: y = A^⊤."), ("dl/dA", "A transpose: ∂ℓ/∂A = g^⊤.")],
    );
    check(
        "size N,M; b[M]; y[n in 1..N,m] = b[m]",
        &[("y", "A broadcast of b along n."), ("dl/db", "The sum of the upstream gradient g over n.")],
    );
    check("size N; x[N]; y = sum[i] x[i]^2", &[("y", "An inner product: y = x^⊤·x.")]);
}

#[test]
fn pooling() {
    let spread = "every entry is shared out evenly over its window";
    check(
        "size N,K,S; x[N]; y[r] = 1/K * sum[k in 1..K] x[S*(r-1)+k]",
        &[
            ("y", "Average pooling of x: window K, stride S."),
            (
                "dl/dx",
                &format!("A transposed average pooling of the upstream gradient g: {spread}, window K, stride S."),
            ),
        ],
    );
    check(
        "size N,K; x[N]; y[r] = 1/K*sum[j in 1..K] x[r+j-1]",
        &[
            ("y", "Average pooling of x: window K, stride 1."),
            ("dl/dx", "Average pooling of the upstream gradient g: window K, stride 1, padding K − 1."),
        ],
    );
    check(
        "x[3,8,8]; y[c,h in 1..4,w in 1..4] = mean[i in 1..2,j in 1..2] x[c,2*(h-1)+i,2*(w-1)+j]",
        &[
            ("y", "Average pooling of x: window 2 × 2, stride 2."),
            ("dl/dx", "Nearest-neighbour upsampling of the upstream gradient g by 2, times 1/4."),
        ],
    );
    check(
        "x[9]; y[r] = sum[i in 1..3] x[2*r-2+i]",
        &[
            ("y", "Sum pooling of x: window 3, stride 2."),
            (
                "dl/dx",
                "A transposed sum pooling of the upstream gradient g: every entry is added to all of its window, window 3, stride 2.",
            ),
        ],
    );
    check(
        "size N,K; x[N pad K]; y[i in 1..N] = 1/(2*K+1)*sum[j in -K..K] x[i+j]",
        &[("y", "Average pooling of x: window 2K + 1, stride 1, padding K.")],
    );
}

#[test]
fn upsampling_unfolding_and_reshapes() {
    check(
        "size C,H,W,S,T; x[C,H,W]; y[c,i in 1..H*S,j in 1..W*T] = x[c,1+(i-1) div S, 1+(j-1) div T]",
        &[
            ("y", "Nearest-neighbour upsampling of x by S × T."),
            ("dl/dx", "Sum pooling of the upstream gradient g: window S × T, stride S × T."),
        ],
    );
    check(
        "size N,K; x[N]; y[r,k in 1..K] = x[r+k-1]",
        &[
            ("y", "Windows of x (im2col)."),
            (
                "dl/dx",
                "A folding of the upstream gradient g (col2im): windows are put back in their places and added up where they overlap, window K, stride 1.",
            ),
        ],
    );
    check(
        "size H,W,D; x[H,W,D]; y[i in 1..H*W*D] = x[1+(i-1) div (W*D), 1+((i-1) div D) mod W, 1+(i-1) mod D]",
        &[
            ("y", "A reshape of x: its first, second and third axes become one, i, the third fastest."),
            ("dl/dx", "A reshape of the upstream gradient g: its first axis becomes h, w and n, n fastest."),
        ],
    );
    check(
        "x[8]; y[w in 1..4,h in 1..2] = x[w+4*(h-1)]",
        &[
            ("y", "A reshape of x: its first axis becomes h and w, w fastest."),
            (
                "dl/dx",
                "A reshape of the upstream gradient g: its second and first axes become one, n, the first fastest.",
            ),
        ],
    );
}

#[test]
fn shifts_reversals_slices() {
    check(
        "size N; x[N]; y[i in 2..N] = x[i-1]",
        &[
            ("y", "A shift of x: every i reads 1 place behind."),
            ("dl/dx", "A shift of the upstream gradient g: every n reads 1 place ahead; 0 where there is none."),
        ],
    );
    check(
        "size N,P; x[N pad P]; y[i in 1..N+2*P] = x[i-P]",
        &[
            ("y", "Zero padding of x: P ahead and P behind along i."),
            ("dl/dx", "A slice of the upstream gradient g: without the first P and the last P places along n."),
        ],
    );
    check(
        "size N,M; require M <= N; x[N]; y[i in 1..M] = x[i]",
        &[
            ("y", "A slice of x: without the last N − M places along i."),
            ("dl/dx", "Zero padding of the upstream gradient g: N − M behind along i."),
        ],
    );
    check("size N,M; A[N,M]; y[i] = A[i,1]", &[("y", "A slice of A: it reads A[i,1] alone.")]);
    check(
        "size N,S; x[N]; y[i] = x[1+S*(i-1)]",
        &[
            ("y", "A subsampling of x: one entry in S along i."),
            (
                "dl/dx",
                "Zero insertion (upsampling with zeros) of the upstream gradient g: its entries stand S places apart along n.",
            ),
        ],
    );
    check(
        "size N,M; x[N,M]; y[i,j in 1..M] = x[N+1-i,j]",
        &[("y", "A reversal of x along i."), ("dl/dx", "A reversal of the upstream gradient g along n.")],
    );
}

#[test]
fn circles() {
    check(
        "size N,M,s,t; require s<=N; require t<=M; x[N,M]; y[i in 1..N,j in 1..M] = x[1+(i-1+s) mod N, 1+(j-1+t) mod M]",
        &[
            (
                "y",
                "A circular shift of x: every i reads s places ahead, modulo N, every j reads t places ahead, modulo M.",
            ),
            (
                "dl/dx",
                "A circular shift of the upstream gradient g: every n reads s places behind, modulo N, every m reads t places behind, modulo M.",
            ),
        ],
    );
    check("size N; x[N]; y[i in 1..N] = x[1+(N+1-i) mod N]", &[("y", "A circular reversal of x along i.")]);
    check("size N,K; x[N]; y[i in 1..K*N] = x[1+(i-1) mod N]", &[("y", "A periodic continuation of x along i.")]);
    check(
        "size N; x[N]; w[N]; y[i in 1..N] = sum[j in 1..N] x[j]*w[1+(i-j) mod N]",
        &[
            ("y", "A circular convolution of x with w (flipped): modulo N."),
            ("dl/dx", "A circular cross-correlation of the upstream gradient g with w: modulo N."),
            ("dl/dw", "A circular cross-correlation of the upstream gradient g with x: modulo N."),
        ],
    );
    check(
        "size N,K; require K <= N; x[N]; w[K]; y[i in 1..N] = sum[k] x[1+(i+k-2) mod N]*w[k]",
        &[
            ("y", "A circular cross-correlation of x with w: modulo N."),
            ("dl/dx", "A circular convolution of the upstream gradient g with w (flipped): modulo N."),
            ("dl/dw", "A circular cross-correlation of x with the upstream gradient g: modulo N."),
        ],
    );
    check(
        "size N; x[N]; w[N]; y[i in 1..N] = sum[j in 1..N, k in 1..N : N | i-j-k+1] x[j]*w[k]",
        &[("y", "A circular convolution of x with w (flipped): modulo N.")],
    );
}

#[test]
fn gathers_and_scatters() {
    check(
        "size T,V,d; integer token[T] in 1..V; weight E[V,d]; y[t,c] = E[token[t],c]",
        &[
            ("y", "A gather: row token[t] of the weight E."),
            ("dl/dE", "A scatter-add of the upstream gradient g: g[t] is added to row token[t]."),
        ],
    );
    check(
        "size T,V,d; integer token[T] in 1..V; weight E[V,d]; y[c] = sum[t] E[token[t],c]",
        &[
            ("y", "A gather: row token[t] of the weight E, summed over t."),
            ("dl/dE", "A scatter-add of the upstream gradient g: g is added to row token[t]."),
        ],
    );
    check(
        "size N; integer p[N] in 1..N; x[N]; y[i] = x[p[i]]",
        &[
            ("y", "A gather: entry p[i] of x."),
            ("dl/dx", "A scatter-add of the upstream gradient g: g[i] is added to entry p[i]."),
        ],
    );
}

#[test]
fn running_sums() {
    check(
        "size N,d; x[N,d]; y[i in 1..N,c] = sum[k in 1..i] x[k,c]",
        &[("y", "A prefix sum of x along i."), ("dl/dx", "A suffix sum of the upstream gradient g along k.")],
    );
    check(
        "size N; x[N]; y[i in 2..N] = sum[k in 1..i-1] x[k]",
        &[
            ("y", "An exclusive prefix sum of x along i."),
            ("dl/dx", "An exclusive suffix sum of the upstream gradient g along k."),
        ],
    );
}

/// The same function written with a bracket, with limits, and solved, is called the same.
#[test]
fn the_form_of_a_formula_plays_no_part() {
    let forms: [(&str, &[&str]); 5] = [
        (
            "Sum pooling of x: window S, stride S.",
            &[
                "size N,S; x[N*S]; y[n in 1..N] = sum[i in 1..N*S : 1+(i-1) div S = n] x[i]",
                "size N,S; x[N*S]; y[n in 1..N] = sum[j in 0..S-1] x[1+S*(n-1)+j]",
                "size N,S; x[N*S]; y[n in 1..N] = sum[i in S*(n-1)+1..S*n] x[i]",
            ],
        ),
        (
            "A circular shift of x: every n reads s places behind, modulo N.",
            &[
                "size N,s; require s <= N; x[N]; y[n in 1..N] = sum[i in 1..N : 1+(i-1+s) mod N = n] x[i]",
                "size N,s; require s <= N; x[N]; y[n in 1..N] = x[1+(n-1-s) mod N]",
                "size N,s; require s <= N; x[N]; y[n in 1..N] = sum[i in 1..N : N | n-i-s] x[i]",
            ],
        ),
        (
            "A suffix sum of x along n.",
            &[
                "size N; x[N]; y[n in 1..N] = sum[i in 1..N : n <= i] x[i]",
                "size N; x[N]; y[n in 1..N] = sum[i in n..N] x[i]",
                "size N; x[N]; y[n in 1..N] = sum[i in 1..N : not (i < n)] x[i]",
            ],
        ),
        (
            "A transposed sum pooling of x: every entry is added to all of its window, window 3, stride 2.",
            &[
                "x[4]; y[n in 1..9] = sum[r in 1..4 : 1 <= n-2*(r-1) <= 3] x[r]",
                "x[4]; y[n in 1..9] = sum[r in 1..4 : 2*r <= n+1 and 2*r >= n-1] x[r]",
                "x[4]; y[n in 1..9] = sum[r in max(1, ceil((n-3)/2)+1)..min(4, floor((n-1)/2)+1)] x[r]",
                "x[4]; y[n in 1..9] = sum[r in 1..4, k in 1..3 : n = 2*(r-1)+k] x[r]",
            ],
        ),
        (
            "A transposed convolution of x with the weight w: stride 2.",
            &[
                "x[4]; weight w[3]; y[n in 1..9] = sum[r in 1..4, k in 1..3 : n = 2*(r-1)+k] x[r]*w[k]",
                "x[4]; weight w[3]; y[n in 1..9] = sum[r in 1..4 : 1 <= n-2*(r-1) <= 3] x[r]*w[n-2*(r-1)]",
                "x[4]; weight w[3]; y[n in 1..9] = sum[r in max(1, (n-2) div 2 + 1)..min(4, (n-1) div 2 + 1)] x[r]*w[n-2*(r-1)]",
            ],
        ),
    ];
    for (sentence, layers) in forms {
        for layer in layers {
            check(layer, &[("y", sentence)]);
        }
    }
}
