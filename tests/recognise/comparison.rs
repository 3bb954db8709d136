//! Two answers side by side: the sentences and the table.

use super::{GENERAL, Layer, SHEET, lines};

#[test]
fn the_sheets_comparison() {
    let mut layer = Layer::new(SHEET);
    assert_eq!(
        lines(&layer.comparison("f", "dl/dW")),
        [
            "Both are cross-correlations that read x at the same place, i + 2(r − 1). Which index is summed and which stays is exchanged; therefore the factor 2 is a stride in one and a dilation in the other.",
            " || (a) f[r] || (d) ∂ℓ/∂W[1,k,i]",
            "slides over x || the weight W, length 3 || the upstream gradient g, length 3",
            "stays | is summed || r | i and k || i and k | r",
            "stride, dilation || 2, 1 || 1, 2",
            "other indices || k added up || k kept apart: g has none",
            "length || ⌊(7−3)/2⌋ + 1 = 3 || 7 − (2·2 + 1) + 1 = 3 (that of the weight W, as it must be)"
        ]
    );
}

#[test]
fn other_comparisons() {
    let out = [
        Layer::new(SHEET).comparison("f", "dl/dx"),
        Layer::new(GENERAL).comparison("f", "dl/dW"),
        Layer::new("input x[8]\nweight W[3]\nf[r] = sum[i] x[i+2*(r-1)]*W[i]\noutput f").comparison("f", "dl/dW"),
        Layer::new("input x[6,8]\nweight W[2,3]\nf[r,s] = sum[i,j] x[i+2*(r-1), s+2*(j-1)]*W[i,j]\noutput f")
            .comparison("f", "dl/dW"),
        Layer::new("input X[4,3]\nweight W[3,5]\nY[n,j] = sum[i] X[n,i]*W[i,j]\noutput Y").comparison("Y", "dl/dW"),
        Layer::new("input x[6]\nf[r in 0..2] = sum[i in 1..4] x[i]*x[i+r]\noutput f").comparison("f", "dl/dx"),
    ]
    .join("\n");
    assert_eq!(
        lines(&out),
        [
            "(a) f[r] gathers: each output reads the places under W. (d) ∂ℓ/∂x[n,c] spreads g back over the same places, with the same stride and dilation.",
            " || (a) f[r] || (d) ∂ℓ/∂x[n,c]",
            "operation || cross-correlation || transposed convolution",
            "slides over || x: the weight W, length 3 || the upstream gradient g: the weight W, length 3",
            "stays | is summed || r | i and k || n and c | r",
            "stride, dilation || 2, 1 || 2, 1",
            "other indices || k added up || c kept apart: g has none",
            "length || ⌊(7−3)/2⌋ + 1 = 3 || 7",
            "",
            "Both are cross-correlations that read x at the same place, 1 + S·(r − 1) + D·(i − 1) − P. Which index is summed and which stays is exchanged; therefore each of the factors S and D is a stride in one and a dilation in the other.",
            " || (a) f[r,o] || (d) ∂ℓ/∂W[o,k,i]",
            "slides over x || the weight W, length K || the upstream gradient g, length R",
            "stays | is summed || r and o | i and k || i, o and k | r",
            "stride, dilation || S, D || D, S",
            "other indices || o kept apart: x has none; k added up || o kept apart: x has none; k kept apart: g has none",
            "padding || P || P",
            "length || ⌊(N+2P−(D·(K−1)+1))/S⌋ + 1 = R || at least K of the ⌊(N+2P−(S·(R−1)+1))/D⌋ + 1 places that fit",
            "",
            "Both are cross-correlations that read x at the same place, i + 2(r − 1). Which index is summed and which stays is exchanged; therefore the factor 2 is a stride in one and a dilation in the other.",
            " || (a) f[r] || (d) ∂ℓ/∂W[i]",
            "slides over x || the weight W, length 3 || the upstream gradient g, length 3",
            "stays | is summed || r | i || i | r",
            "stride, dilation || 2, 1 || 1, 2",
            "length || ⌊(8−3)/2⌋ + 1 = 3 || 8 − (2·2 + 1) + 1 = 4 places fit, of which the 3 of the weight W are needed",
            "",
            "Both are cross-correlations that read x at the same place, i + 2(r − 1), s + 2(j − 1). Which index is summed and which stays is exchanged; therefore stride and dilation change places.",
            " || (a) f[r,s] || (d) ∂ℓ/∂W[i,j]",
            "slides over x || the weight W, length 2 × 3 || the upstream gradient g, length 3 × 4",
            "stays | is summed || r and s | i and j || i and j | r and s",
            "stride, dilation, first axis || 2, 1 || 1, 2",
            "stride, dilation, second axis || 1, 2 || 2, 1",
            "length, first axis || ⌊(6−2)/2⌋ + 1 = 3 || 6 − (2·2 + 1) + 1 = 2 (that of the weight W, as it must be)",
            "length, second axis || 8 − (2·2 + 1) + 1 = 4 || ⌊(8−4)/2⌋ + 1 = 3 (that of the weight W, as it must be)",
            "",
            "Both read X. The index n stays in the first and is summed in the second. The index i is summed in the first and stays in the second.",
            " || (a) Y[n,j] || (d) ∂ℓ/∂W[i,j]",
            "operation || matrix product || matrix product",
            "matrix form || X·W || X^⊤·g",
            "shape || ℝ^(4×5) || ℝ^(3×5)",
            "reads || X[n,i] and W[i,j] || g[n,j] and X[n,i]",
            "stays | is summed || n and j | i || i and j | n",
            "terms of the sum || 3 || 4",
            "",
            " || (a) f[r] || (d) ∂ℓ/∂x[n]",
            "shape || ℝ^(3) || ℝ^(6)",
            "reads || x[i] and x[i+r] || [n ≤ 4]·Σ(r=0..2) g[r]·x[n+r] + Σ(r=0..2: 1 ≤ n−r ≤ 4) g[r]·x[n−r]",
            "stays | is summed || r | i || n | r",
            "window || 4 || –",
            "stride || 1 || –",
            "position, window, tap || i + r, r, i || –",
            "terms of the sum || 4 || –"
        ]
    );
}
