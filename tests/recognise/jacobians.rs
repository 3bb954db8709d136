//! What Jacobians are called: the patterns of linear operations.

use super::check;

#[test]
fn ones_and_zeros() {
    check("size N; x[N]; y[i in 2..N] = x[i-1]", &[("dy/dx", "A shifted diagonal: 1 where i−1 = n, else 0.")]);
    check("size N; x[N]; y[i] = x[N+1-i]", &[("dy/dx", "An anti-diagonal: 1 where N−i+1 = n, else 0.")]);
    check("size N,S; x[N]; y[i] = x[1+S*(i-1)]", &[("dy/dx", "A strided diagonal: 1 where 1+S·(i−1) = n, else 0.")]);
    check(
        "size N,s; require s<=N; x[N]; y[i in 1..N] = x[1+(i-1+s) mod N]",
        &[("dy/dx", "A circular shift matrix: 1 where 1+(i+s−1) mod N = n, else 0.")],
    );
    check(
        "size H,W; x[H,W]; y[i in 1..H*W] = x[1+(i-1) div W, 1+(i-1) mod W]",
        &[("dy/dx", "A permutation matrix: 1 where 1+⌊(i−1)/W⌋ = h and 1+(i−1) mod W = w, else 0.")],
    );
    check(
        "size T,V,d; integer token[T] in 1..V; weight E[V,d]; y[t,c] = E[token[t],c]",
        &[("dy/dE", "A one-hot matrix: 1 where token[t] = v and c = n, else 0.")],
    );
    check(
        "size N; x[N]; y[i in 1..N] = sum[k in 1..i] x[k]",
        &[("dy/dx", "A triangular matrix: 1 where k ≤ i, else 0.")],
    );
    check(
        "size N,K,S; x[N]; y[r] = 1/K * sum[k in 1..K] x[S*(r-1)+k]",
        &[("dy/dx", "A band: 1/K where 1 ≤ n−S·(r−1) ≤ K, else 0.")],
    );
    check(
        "x[12]; f[r] = sum[i in 1..3] x[1+2*(r-1)+3*(i-1)]",
        &[("df/dx", "A band: 1 where 3 | n−2(r−1)−1 and 0 ≤ (n−2(r−1)−1)/3 ≤ 2, else 0.")],
    );
    check("size N; A[N,N]; y[i] = A[i,i]", &[("dy/dA", "A diagonal: 1 where i = n and i = c, else 0.")]);
    check("size N,M; A[N,M]; y[j,i] = A[i,j]", &[("dy/dA", "A diagonal: 1 where i = i' and j = j', else 0.")]);
}

#[test]
fn entries_of_an_array() {
    check(
        "size N; x[N]; w[N]; y[i in 1..N] = sum[j in 1..N] x[j]*w[1+(i-j) mod N]",
        &[("dy/dx", "A circulant matrix of w."), ("dy/dw", "A circulant matrix of x.")],
    );
    check(
        "x[9]; weight W[3]; f[r in 1..3] = sum[i in 1..3] x[r+i]*W[4-i]",
        &[("df/dx", "A Toeplitz band that holds W; 0 elsewhere."), ("df/dW", "A Toeplitz matrix of x.")],
    );
    check("size N; u[N], v[N]; y[i] = u[i]*v[i]", &[("dy/du", "A diagonal matrix: diag(v).")]);
    check("size N; x[N]; y[i] = x[i]^2", &[("dy/dx", "A diagonal matrix: diag(x), times 2.")]);
    check("size N,M; u[N]; v[M]; y[i,j] = u[i]*v[j]", &[("dy/du", "Diagonal blocks: v where i = i', else 0.")]);
    check(
        "x[9,6]; weight w[6,2]; y[r,o in 1..6] = sum[k in 1..2] x[r+k-1,o]*w[o,k]",
        &[
            ("dy/dx", "A Toeplitz band that holds w where o = c, else 0, and 0 outside w."),
            ("dy/dw", "Windows of x (im2col) where o = o', else 0."),
        ],
    );
}
