//! Any two answers side by side: layers as text, the answers, and what is said of them.

use super::{Layer, lines};

#[track_caller]
fn check(layer: &str, [a, b]: [&str; 2], expected: &str) {
    let found = Layer::new(layer).comparison(a, b);
    let expected: Vec<&str> = expected.trim().lines().map(str::trim).collect();
    let found: Vec<&str> = lines(&found).into_iter().map(str::trim).collect();
    assert_eq!(found, expected, "{layer}");
}

#[test]
fn average_pooling() {
    check("size N,K,S; x[N]; y[r] = 1/K * sum[k in 1..K] x[S*(r-1)+k]", ["y", "dl/dx"], "
         The same entries meet in both: y[r] and x[k+S·(r−1)]. The first keeps r and sums over k; the second keeps n and sums over r.
          || (a) y[r] || (d) ∂ℓ/∂x[n]
         operation || average pooling, window K, stride S || transposed average pooling, window K, stride S
         shape || ℝ^(R) || ℝ^(N)
         reads || x[k+S·(r−1)] || g[r]
         stays | is summed || r | k || n | r
         window || K || K
         stride || S || S
         position, window, tap || k + S·(r − 1), r, k || n, r, n − S·(r − 1)
         terms of the sum || K || at most ⌈K/S⌉
         factor || 1/K || 1/K
         conditions || – || 1 ≤ n−S·(r−1) ≤ K
    ");
}

#[test]
fn nearest_neighbour_upsampling() {
    check("size N,S; x[N]; y[i in 1..N*S] = x[1+(i-1) div S]", ["y", "dl/dx"], "
         The same entries meet in both: y[i] and x[1+⌊(i−1)/S⌋]. The first keeps i and sums nothing; the second keeps n and sums over j.
          || (a) y[i] || (d) ∂ℓ/∂x[n]
         operation || nearest-neighbour upsampling by S || sum pooling, window S, stride S
         shape || ℝ^(N·S) || ℝ^(N)
         reads || x[1+⌊(i−1)/S⌋] || g[j+S·(n−1)]
         stays | is summed || i | none || n | j
         window || S || S
         stride || S || S
         position, window, tap || i, 1 + ⌊(i−1)/S⌋, (i − 1) mod S || j + S·(n − 1), n, j
         terms of the sum || 1 || S
    ");
}

#[test]
fn a_transposed_convolution() {
    check("size N,K,s; x[N]; weight w[K]; y[i in 1..s*(N-1)+K] = sum[n,k : i = s*(n-1)+k] x[n]*w[k]", ["y", "dl/dx"], "
         (d) ∂ℓ/∂x[n] gathers: each output reads the places under w. (a) y[i] spreads x back over the same places, with the same stride and dilation.
          || (a) y[i] || (d) ∂ℓ/∂x[n]
         operation || transposed convolution || cross-correlation
         slides over || x: the weight w, length K || the upstream gradient g: the weight w, length K
         stays | is summed || i | n || n | i
         stride, dilation || s, 1 || s, 1
         length || K + s·(N − 1) || N
    ");
    check("size N,K,s; x[N]; weight w[K]; y[i in 1..s*(N-1)+K] = sum[n,k : i = s*(n-1)+k] x[n]*w[k]", ["y", "dl/dw"], "
         The same entries meet in both: y[i], x[n] and w[i−s·(n−1)], where 1 ≤ i−s·(n−1) ≤ K. The first keeps i and sums over n; the second keeps k and sums over n. Stride and dilation change places.
         || (a) y[i] || (d) ∂ℓ/∂w[k]
         operation || transposed convolution || cross-correlation
         slides over || x: the weight w, length K || the upstream gradient g: x, length N
         stays | is summed || i | n || k | n
         stride, dilation || s, 1 || 1, s
         length || K + s·(N − 1) || K
    ");
}

#[test]
fn an_embedding() {
    check("size T,V,d; integer token[T] in 1..V; weight E[V,d]; y[t,c] = E[token[t],c]", ["y", "dl/dE"], "
         The same entries meet in both: y[t,c] and E[token[t], c]. The first keeps t and c and sums nothing; the second keeps v and n and sums over t.
          || (a) y[t,c] || (d) ∂ℓ/∂E[v,n]
         operation || gather || scatter-add
         shape || ℝ^(T×d) || ℝ^(V×d)
         reads || E[token[t], c] || g[t,n]
         stays | is summed || t and c | none || v and n | t
         place from data || token[t] || token[t]
         terms of the sum || 1 || one for every t with token[t] = v
         conditions || – || token[t] = v
    ");
}

#[test]
fn a_bilinear_form() {
    check("size N,M; a[N]; B[N,M]; c[M]; y = sum[i,j] a[i]*B[i,j]*c[j]", ["y", "dl/dB"], "
         Both read a and c. The index i is summed in the first and stays in the second. The index j is summed in the first and stays in the second.
          || (a) y || (d) ∂ℓ/∂B[i,j]
         operation || bilinear form || outer product
         matrix form || a^⊤·B·c || g·a·c^⊤
         shape || ℝ || ℝ^(N×M)
         reads || a[i], B[i,j] and c[j] || a[i] and c[j]
         stays | is summed || none | i and j || i and j | none
         terms of the sum || M·N || 1
         factor || – || g
    ");
}

#[test]
fn a_circular_shift() {
    check("size N,s; require s<=N; x[N]; y[i in 1..N] = x[1+(i-1+s) mod N]", ["y", "dl/dx"], "
         The same entries meet in both: y[i] and x[1+(i+s−1) mod N]. The first keeps i and sums nothing; the second keeps n and sums nothing.
          || (a) y[i] || (d) ∂ℓ/∂x[n]
         operation || circular shift by s ahead || circular shift by s behind
         shape || ℝ^(N) || ℝ^(N)
         reads || x[1+(i+s−1) mod N] || g[1+(n−s−1) mod N]
         stays | is summed || i | none || n | none
         shift by || s || −s
         modulo || N || N
         terms of the sum || 1 || 1
    ");
}

#[test]
fn a_circular_convolution() {
    check("size N; x[N]; weight w[N]; y[i in 1..N] = sum[j in 1..N] x[j]*w[1+(i-j) mod N]", ["y", "dl/dx"], "
         The same entries meet in both: y[i], x[j] and w[1+(i−j) mod N]. The first keeps i and sums over j; the second keeps j and sums over i.
          || (a) y[i] || (d) ∂ℓ/∂x[j]
         operation || circular convolution || circular cross-correlation
         slides over || x: the weight w, length N || the upstream gradient g: the weight w, length N
         stays | is summed || i | j || j | i
         stride, dilation || 1, 1 || 1, 1
         modulo || N || N
         length || N || N
    ");
}

#[test]
fn a_prefix_sum() {
    check("size N; x[N]; y[i in 1..N] = sum[k in 1..i] x[k]", ["y", "dl/dx"], "
         The same entries meet in both: y[i] and x[k], where k ≤ i. The first keeps i and sums over k; the second keeps k and sums over i.
          || (a) y[i] || (d) ∂ℓ/∂x[k]
         operation || prefix sum || suffix sum
         shape || ℝ^(N) || ℝ^(N)
         reads || x[k] || g[i]
         stays | is summed || i | k || k | i
         order || k ≤ i || k ≤ i
         terms of the sum || i || N − k + 1
    ");
}

#[test]
fn a_matrix_product() {
    check("size N,D,M; X[N,D]; weight W[D,M]; Y[n,j] = sum[i] X[n,i]*W[i,j]", ["Y", "dl/dW"], "
         Both read X. The index n stays in the first and is summed in the second. The index i is summed in the first and stays in the second.
          || (a) Y[n,j] || (d) ∂ℓ/∂W[i,j]
         operation || matrix product || matrix product
         matrix form || X·W || X^⊤·g
         shape || ℝ^(N×M) || ℝ^(D×M)
         reads || X[n,i] and W[i,j] || g[n,j] and X[n,i]
         stays | is summed || n and j | i || i and j | n
         terms of the sum || D || N
    ");
    check("size N,D,M; X[N,D]; weight W[D,M]; Y[n,j] = sum[i] X[n,i]*W[i,j]", ["dl/dX", "dl/dW"], "
         Both read g. The index n stays in the first and is summed in the second. The index j is summed in the first and stays in the second.
         || (a) ∂ℓ/∂X[n,i] || (d) ∂ℓ/∂W[i,j]
         operation || matrix product || matrix product
         matrix form || g·W^⊤ || X^⊤·g
         shape || ℝ^(N×D) || ℝ^(D×M)
         reads || g[n,j] and W[i,j] || g[n,j] and X[n,i]
         stays | is summed || n and i | j || i and j | n
         terms of the sum || M || N
    ");
    check("size N,D,M; X[N,D]; weight W[D,M]; Y[n,j] = sum[i] X[n,i]*W[i,j]", ["dY/dX", "dl/dX"], "
         The same entries meet in both: Y[n,j], X[n',i] and W[i,j], where n = n'. The first keeps n, j, n' and i and sums nothing; the second keeps n and i and sums over j.
         || (a) ∂Y[n,j]/∂X[n',i] || (d) ∂ℓ/∂X[n,i]
         operation || diagonal blocks || matrix product
         matrix form || – || g·W^⊤
         shape || ℝ^(N×M)×(N×D) || ℝ^(N×D)
         reads || W[i,j] || g[n,j] and W[i,j]
         stays | is summed || n, j, n' and i | none || n and i | j
         terms of the sum || 1 || M
         conditions || n = n' || –
    ");
}

#[test]
fn a_grouped_convolution() {
    check("x[9,6]; weight w[8,3,2]; y[r,o in 1..8] = sum[k in 1..2,c in 1..3] x[r+k-1,3*((o-1) div 4)+c]*w[o,c,k]", ["y", "dl/dx"], "
         (a) y[r,o] gathers: each output reads the places under w. (d) ∂ℓ/∂x[n,p] spreads g back over the same places, with the same stride and dilation.
          || (a) y[r,o] || (d) ∂ℓ/∂x[n,p]
         operation || grouped convolution (cross-correlation) || grouped transposed convolution
         slides over || x: the weight w, length 2 || the upstream gradient g: the weight w, length 2
         stays | is summed || r and o | k and c || n and p | r and o
         stride, dilation || 1, 1 || 1, 1
         groups || 2 || 2
         length || 9 − 2 + 1 = 8 || 9
    ");
}

#[test]
fn what_has_no_name() {
    check("x[5], W[5,5]; f[i in 1..5] = sum[j] [j <= i]*W[i,j]*x[j]", ["f", "dl/dx"], "
         The same entries meet in both: f[i], W[i,j] and x[j], where j ≤ i. The first keeps i and sums over j; the second keeps j and sums over i.
          || (a) f[i] || (d) ∂ℓ/∂x[j]
         shape || ℝ^(5) || ℝ^(5)
         reads || W[i,j] and x[j] || g[i] and W[i,j]
         stays | is summed || i | j || j | i
         order || j ≤ i || j ≤ i
         terms of the sum || i || 6 − j
    ");
    check(
        "size N; x[N]; y[i in 1..N] = x[1+(2*i-1) mod N]",
        ["y", "dl/dx"],
        "
         || (a) y[i] || (d) ∂ℓ/∂x[n]
         shape || ℝ^(N) || ℝ^(N)
         reads || x[1+(2i−1) mod N] || g[i]
         stays | is summed || i | none || n | i
         conditions || – || 1+(2i−1) mod N = n
    ",
    );
    check(
        "x[7]; y[i in 1..9] = x[max(1, min(7, i-1))]",
        ["y", "dl/dx"],
        "
         || (a) y[i] || (d) ∂ℓ/∂x[n]
         shape || ℝ^(9) || ℝ^(7)
         reads || x[max(1, min(7, i−1))] || [n = 1]·Σ(i=1..2) g[i] + [n = 7]·Σ(i=8..9) g[i] + [2 ≤ n ≤ 6]·g[n+1]
         stays | is summed || i | none || n | i
    ",
    );
}
