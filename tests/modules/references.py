"""Compares the outputs of generated modules with NumPy's own functions, at random sizes.

Usage: references.py MODULE… Every reference is written from the documentation of the function that
the layer is named after, with slices and library calls and without index formulas. A module whose
name is not in the table is an error, unless scatter.py defines that layer. A layer with several
outputs has a tuple of references.
"""

import pathlib
import statistics
import sys

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from finite_differences import Layer, load

TRIALS = 20
ELSEWHERE = {"conv1d", "conv2d", "linear", "matmul"}


def pad(x, *widths):
    return np.pad(x, [(w, w) if isinstance(w, int) else w for w in widths])


def windows(x, kernel, stride=1, dilation=1):
    """Along the first axis; the place within the window becomes the last axis."""
    return sliding_window_view(x, dilation * (kernel - 1) + 1, 0)[::stride, ..., ::dilation]


def patches(x, z):
    """Of the last two axes, padded; axes: channel, row, column, row and column of the patch."""
    x = pad(x, 0, z["P_H"], z["P_W"])
    high, wide = z.get("D_H", 1), z.get("D_W", 1)
    reach = (high * (z["K_H"] - 1) + 1, wide * (z["K_W"] - 1) + 1)
    seen = sliding_window_view(x, reach, (1, 2))
    return seen[:, :: z["S_H"], :: z["S_W"], ::high, ::wide]


def grouped(filters, groups, correlate):
    """Each group of filters with its group of channels, one after the other."""
    count, width = len(filters) // groups, filters.shape[1]
    return [
        correlate(slice(q * width, (q + 1) * width), filters[q * count : (q + 1) * count])
        for q in range(groups)
    ]


def grouped_conv1d(x, W, z):
    seen = windows(pad(x, z["P"], 0), z["K"], z["S"], z["D"])
    part = lambda channels, filters: np.einsum("rci,oci->ro", seen[:, channels], filters)
    return np.concatenate(grouped(W, z["G"], part), axis=1)


def grouped_conv2d(x, W, z):
    seen = patches(x, z)
    part = lambda channels, filters: np.einsum("crsuv,ocuv->ors", seen[channels], filters)
    return np.concatenate(grouped(W, z["G"], part), axis=0)


def depthwise_conv1d(x, W, z):
    seen = windows(pad(x, z["P"], 0), z["K"], z["S"], z["D"])
    return np.einsum("roi,oi->ro", np.repeat(seen, z["M"], axis=1), W)


def depthwise_conv2d(x, W, z):
    return np.einsum("orsuv,ouv->ors", np.repeat(patches(x, z), z["M"], axis=0), W)


def cut(line, padding, added):
    """Cuts the padding off both ends of the first axis, after zeros were added behind."""
    line = np.concatenate([line, np.zeros((added, *line.shape[1:]))])
    return line[padding : len(line) - padding]


def conv_transpose1d(x, W, z):
    line = np.zeros((z["S"] * (z["N"] - 1) + z["D"] * (z["K"] - 1) + 1, z["F"]))
    for r, row in enumerate(x):
        start = z["S"] * r
        line[start : start + z["D"] * (z["K"] - 1) + 1 : z["D"]] += np.einsum("c,cok->ko", row, W)
    return cut(line, z["P"], z["A"])


def conv_transpose2d(x, W, z):
    shape = [z["S_" + a] * (n - 1) + z["K_" + a] for a, n in zip("HW", x.shape[1:])]
    image = np.zeros((*shape, z["F"]))
    for r, s in np.ndindex(x.shape[1:]):
        i, j = z["S_H"] * r, z["S_W"] * s
        image[i : i + z["K_H"], j : j + z["K_W"]] += np.einsum("c,couv->uvo", x[:, r, s], W)
    image = cut(image, z["P_H"], z["A_H"]).swapaxes(0, 1)
    return cut(image, z["P_W"], z["A_W"]).T


def fold1d(x, z):
    line = np.zeros((z["S"] * (z["R"] - 1) + z["D"] * (z["K"] - 1) + 1, z["C"]))
    for r, window in enumerate(x):
        start = z["S"] * r
        line[start : start + z["D"] * (z["K"] - 1) + 1 : z["D"]] += window.T
    return cut(line, z["P"], z["A"])


def adaptive_avg_pool1d(x, z):
    edges = np.arange(z["R"] + 1) * z["N"]
    starts, ends = edges[:-1] // z["R"], -(-edges[1:] // z["R"])
    return np.array([x[a:b].mean(axis=0) for a, b in zip(starts, ends)])


def pixel_shuffle(x, z):
    blocks = x.reshape(z["C"], z["r"], z["r"], z["H"], z["V"])
    return blocks.transpose(0, 3, 1, 4, 2).reshape(z["C"], z["H"] * z["r"], z["V"] * z["r"])


def pixel_unshuffle(x, z):
    blocks = x.reshape(z["C"], z["H"], z["r"], z["V"], z["r"])
    return blocks.transpose(0, 2, 4, 1, 3).reshape(-1, z["H"], z["V"])


def scatter_add(place, x, z):
    result = np.zeros((z["N"], z["C"]))
    np.add.at(result, place - 1, x)
    return result


def second_difference(x, z):
    return np.diff(pad(x, 1), 2) / z["h"] ** 2


def laplacian2d(u):
    across = lambda axis: np.diff(pad(u, *((1, 0) if axis == 0 else (0, 1))), 2, axis=axis)
    return across(0) + across(1)


def upsample_linear1d(x, z):
    return np.interp(np.arange(z["s"] * (z["N"] - 1) + 1) / z["s"], np.arange(z["N"]), x)


def sigmoid(u):
    return (1 + np.tanh(u / 2)) / 2


def normal_cdf(u):
    return np.vectorize(statistics.NormalDist().cdf)(u)


def log_softmax(z):
    """Along the last axis."""
    return z - np.logaddexp.reduce(z, axis=-1, keepdims=True)


def softmax(z):
    return np.exp(log_softmax(z))


def log_likelihood(p, y):
    """Of Bernoulli variables, one by one."""
    return np.log(p ** y * (1 - p) ** (1 - y))


def cross_entropy_labels(z, labels):
    return -np.take_along_axis(log_softmax(z), labels[:, None] - 1, axis=1).mean()


def label_smoothing(z, label, z_eps):
    smooth = np.full(len(z), z_eps / len(z))
    smooth[label - 1] += 1 - z_eps
    return -smooth @ log_softmax(z)


def huber(r, kappa):
    clipped = np.clip(r, -kappa, kappa)
    return np.sum(clipped * (r - clipped / 2))


def multiclass_hinge(s, label):
    margins = np.maximum(0, np.delete(s, label - 1) - s[label - 1] + 1)
    return margins.sum()


def highway(a):
    gate = sigmoid(a["W_T"] @ a["x"] + a["b_T"])
    return gate * np.tanh(a["W_H"] @ a["x"] + a["b_H"]) + (1 - gate) * a["x"]


def swiglu(a):
    gate = a["W"] @ a["x"]
    return a["U"] @ (gate * sigmoid(gate) * (a["V"] @ a["x"]))


def low_rank_adapter(a, z):
    return (a["W"] + z["alpha"] / z["r"] * a["B"] @ a["A"]) @ a["x"]


def triplet(a, z):
    far, near = a["a"] - a["n"], a["a"] - a["q"]
    return max(0, near @ near - far @ far + z["margin"])


def scan(step, state, *inputs):
    """All states, the first as given, each made of the one before and a row of every input."""
    states = [state]
    for rows in zip(*inputs):
        states.append(step(states[-1], *rows))
    return states


def attend(scores, values, seen=True):
    """The rows of values averaged with the softargmax of those scores that are seen."""
    weights = np.exp(np.where(seen, scores, -np.inf))
    return weights / weights.sum(axis=-1, keepdims=True) @ values


def scaled(Q, K):
    return Q @ np.swapaxes(K, -1, -2) / np.sqrt(Q.shape[-1])


def distances(N):
    return np.subtract.outer(np.arange(N), np.arange(N))


def standardised(x, axis, eps):
    return (x - x.mean(axis=axis, keepdims=True)) / np.sqrt(x.var(axis=axis, keepdims=True) + eps)


def additive_attention(s, h, W, U, v):
    return attend(np.tanh(h @ U.T + W @ s) @ v, h)


def graph_convolution(A, x, W):
    degrees = A.sum(axis=1)
    return np.maximum(A / np.sqrt(np.outer(degrees, degrees)) @ x @ W, 0)


def message_passing(src, dst, x, W, U):
    received = np.zeros((len(x), len(W)))
    np.add.at(received, dst - 1, x[src - 1] @ W.T)
    return np.tanh(x @ U.T + received)


def attention_rnn(x, Q, K, V):
    lags, size = len(Q) - 1, x.shape[1]
    states = [np.zeros(size)] * lags
    for row in x:
        u = np.array([row, *states[: -lags - 1 : -1]])
        q, k, v = (np.matmul(M, u[..., None])[..., 0] for M in (Q, K, V))
        states.append(attend((q * k).sum(axis=1), v))
    return np.array(states)


def attention_rnn_inf(x, Q, K, V):
    states = []
    for row in x:
        u, shared = np.array([row, *states[::-1]]), [0] + [1] * len(states)
        q, k, v = (np.matmul(M[shared], u[..., None])[..., 0] for M in (Q, K, V))
        states.append(attend((q * k).sum(axis=1), v))
    return np.array(states)


def bidirectional_rnn(x, W_a, U_a, W_b, U_b, V_a, V_b):
    ahead = scan(lambda h, row: np.tanh(W_a @ row + U_a @ h), np.zeros(len(U_a)), x)[1:]
    back = scan(lambda h, row: np.tanh(W_b @ row + U_b @ h), np.zeros(len(U_b)), x[::-1])[:0:-1]
    return np.array(ahead) @ V_a.T + np.array(back) @ V_b.T


def forward_chain(s, A):
    step = lambda alpha, row: row + np.log(np.exp(alpha) @ np.exp(A))
    return np.logaddexp.reduce(scan(step, s[0], s[1:])[-1])


def gated_rnn(x, W_c, W_h, W_x):
    def step(h, row):
        gate = sigmoid(W_c @ row + W_h @ h)
        return gate * h + (1 - gate) * (W_x @ row)

    return np.array(scan(step, np.zeros(len(W_h)), x))


def grid_rnn(x, W, A, B):
    h = np.zeros((x.shape[0] + 1, x.shape[1] + 1, len(A)))
    for i, j in np.ndindex(x.shape[:2]):
        h[i + 1, j + 1] = np.tanh(W @ x[i, j] + A @ h[i, j + 1] + B @ h[i + 1, j])
    return h


def gru(x, W_u, U_u, W_r, U_r, W, U):
    def step(h, row):
        update, reset = sigmoid(W_u @ row + U_u @ h), sigmoid(W_r @ row + U_r @ h)
        return update * h + (1 - update) * np.tanh(W @ row + U @ (reset * h))

    return np.array(scan(step, np.zeros(len(U)), x))


def linear_attention(Q, K, V):
    features = lambda x: np.where(x > 0, x + 1, np.exp(x))
    weights = features(Q) @ features(K).T
    return weights @ V / weights.sum(axis=1, keepdims=True)


def lstm(x, W_u, U_u, b_u, W_f, U_f, b_f, W_o, U_o, b_o, W_z, U_z, b_z):
    def step(state, row):
        h, c = np.split(state, 2)
        into = sigmoid(W_u @ row + U_u @ h + b_u)
        keep = sigmoid(W_f @ row + U_f @ h + b_f)
        out = sigmoid(W_o @ row + U_o @ h + b_o)
        c = keep * c + into * np.tanh(W_z @ row + U_z @ h + b_z)
        return np.concatenate([out * np.tanh(c), c])

    return np.array(scan(step, np.zeros(2 * len(U_u)), x))[:, : len(U_u)]


def multi_head_attention(x, z, W_Q, W_K, W_V, W_O):
    heads = attend(scaled(x @ W_Q, z @ W_K), z @ W_V)
    return (heads @ W_O).sum(axis=0)


def self_attention(x, W_Q, W_K, W_V):
    return attend(scaled(x @ W_Q, x @ W_K), x @ W_V)


def state_space(x, A, B, C, D):
    return np.array(scan(lambda s, row: A @ s + B @ row, np.zeros(len(A)), x))[1:] @ C.T + x @ D.T


def transformer_block(a, eps):
    normal = lambda x, k: standardised(x, -1, eps) * a[f"gamma_{k}"] + a[f"beta_{k}"]
    r = a["x"] + self_attention(normal(a["x"], 1), a["W_Q"], a["W_K"], a["W_V"])
    return r + np.clip(normal(r, 2) @ a["W_1"], 0, None) @ a["W_2"]


def recurrent_tanh(x, W, U, b, V, c):
    h = np.array(scan(lambda h, row: np.tanh(W @ row + U @ h + b), np.zeros(len(b)), x))
    return h[1:] @ V.T + c, h


def recurrent_gate(x, W, U, A, B):
    def step(h, row):
        gate = sigmoid(A @ row + B @ h)
        return gate * h + (1 - gate) * np.tanh(W @ row + U @ h)

    return np.array(scan(step, np.zeros(len(U)), x))


def recurrent_cell(x, Wi, Ui, Wf, Uf, Wo, Uo, Wq, Uq):
    def step(state, row):
        h, c = np.split(state, 2)
        into, keep, out = (sigmoid(W @ row + U @ h) for W, U in [(Wi, Ui), (Wf, Uf), (Wo, Uo)])
        c = keep * c + into * np.tanh(Wq @ row + Uq @ h)
        return np.concatenate([out * np.tanh(c), c])

    return np.array(scan(step, np.zeros(2 * len(Ui)), x))[:, : len(Ui)]


def recurrent_reset(x, s, Wz, Uz, Wr, Ur, W, U):
    def step(h, row):
        update, reset = sigmoid(Wz @ row + Uz @ h), sigmoid(Wr @ row + Ur @ h)
        return update * h + (1 - update) * np.tanh(W @ row + U @ (reset * h))

    return np.array(scan(step, s, x))


def recurrent_grid(k, a, b):
    rows = [np.ones(k.shape[1] + 1)]
    for factors in k:
        row = [a]
        for factor, corner, above in zip(factors, rows[-1], rows[-1][1:]):
            row.append(factor * above + np.tanh(b * row[-1] * corner))
        rows.append(np.array(row))
    return np.array(rows)


def recurrent_both(x, W, U, A, B):
    forward = scan(lambda h, row: np.tanh(W @ row + U @ h), np.zeros(len(U)), x)
    backward = scan(lambda h, row: np.tanh(A @ row + B @ h), np.zeros(len(B)), x[::-1])
    return np.array(forward[1:]) * np.array(backward[:0:-1])


def recurrent_lags(x, a, b):
    pairs = scan(lambda pair, term: (pair[1], np.tanh(a * pair[1] + b * pair[0] + term)), (0.0, 0.0), x)
    return np.array([0.0] + [pair[1] for pair in pairs])


def recurrent_linear(u, A, B, C, D, s):
    return np.array(scan(lambda h, row: A @ h + B @ row, s, u))[1:] @ C.T + u @ D.T


def recurrent_ahead(x, w):
    return np.array(scan(lambda q, term: np.tanh(term + q) * term + w, w, x))


def recurrent_attention(x, W, U, V):
    step = lambda h, row: np.tanh(W @ row + U @ (softmax(V @ h) * h))
    return np.array(scan(step, np.zeros(len(U)), x))


def recurrent_stack(x, W, U, A, B):
    h = scan(lambda h, row: np.tanh(W @ row + U @ h), np.zeros(len(U)), x)
    s = scan(lambda s, row: sigmoid(A @ row + B @ s), np.zeros(len(B)), h[:0:-1])
    return -np.log(np.array(s[1:]) * (1 - np.array(s[1:]))).sum()


def recurrent_rows(x, w):
    a, b = [np.full(x.shape[1], w)], []
    for row in x:
        b.append(row @ a[-1] / np.arange(1, len(row) + 1))
        entries = [np.tanh(a[-1][-1])]
        for factor, beside in zip(row[-2::-1], b[-1][:0:-1]):
            entries.append(w * entries[-1] + factor * beside)
        a.append(np.array(entries[::-1]))
    return np.array(a), np.array(b)


REFERENCES = {
    "additive_attention": lambda a, z: additive_attention(**a),
    "attention": lambda a, z: attend(scaled(a["Q"], a["K"]), a["V"]),
    "attention_rnn2": lambda a, z: attention_rnn(**a),
    "attention_rnn_inf": lambda a, z: attention_rnn_inf(**a),
    "attention_rnn_k": lambda a, z: attention_rnn(**a),
    "batch_norm": lambda a, z: standardised(a["x"], 0, z["eps"]) * a["gamma"] + a["beta"],
    "bidirectional_rnn": lambda a, z: bidirectional_rnn(**a),
    "causal_attention": lambda a, z: attend(scaled(a["Q"], a["K"]), a["V"], distances(len(a["Q"])) >= 0),
    "forward_chain": lambda a, z: forward_chain(**a),
    "gated_rnn": lambda a, z: gated_rnn(**a),
    "grid_rnn": lambda a, z: grid_rnn(**a),
    "group_norm": lambda a, z: standardised(a["x"], (2, 3), z["eps"]) * a["gamma"][..., None] + a["beta"][..., None],
    "gru": lambda a, z: gru(**a),
    "instance_norm": lambda a, z: standardised(a["x"], 2, z["eps"]) * a["gamma"][:, None] + a["beta"][:, None],
    "layer_norm": lambda a, z: standardised(a["x"], 1, z["eps"]) * a["gamma"] + a["beta"],
    "linear_attention": lambda a, z: linear_attention(**a),
    "lstm": lambda a, z: lstm(**a),
    "multi_head_attention": lambda a, z: multi_head_attention(**a),
    "rms_norm": lambda a, z: a["x"] / np.sqrt(np.square(a["x"]).mean(axis=1, keepdims=True) + z["eps"]) * a["gamma"],
    "rnn": lambda a, z: np.array(
        scan(lambda h, row: np.tanh(a["W"] @ row + a["U"] @ h + a["b"]), np.zeros(len(a["b"])), a["x"])
    ),
    "self_attention": lambda a, z: self_attention(**a),
    "state_space": lambda a, z: state_space(**a),
    "transformer_block": lambda a, z: transformer_block(a, z["eps"]),
    "weight_norm": lambda a, z: (a["s"][:, None] * a["V"] / np.linalg.norm(a["V"], axis=1, keepdims=True)) @ a["x"],
    "windowed_attention": lambda a, z: attend(
        scaled(a["Q"], a["K"]), a["V"], np.abs(distances(len(a["Q"]))) <= z["R"]
    ),
    "adaptive_avg_pool1d": lambda a, z: adaptive_avg_pool1d(a["x"], z),
    "avg_pool1d": lambda a, z: windows(pad(a["x"], z["P"], 0), z["K"], z["S"]).mean(axis=-1),
    "avg_pool2d": lambda a, z: patches(a["x"], z).mean(axis=(-2, -1)),
    "batch_matmul": lambda a, z: a["X"] @ a["Z"],
    "bce": lambda a, z: -log_likelihood(a["p"], a["y"]).mean(),
    "bce_with_logits": lambda a, z: -log_likelihood(sigmoid(a["z"]), a["y"]).mean(),
    "bias_add": lambda a, z: a["x"] + a["b"],
    "bilinear": lambda a, z: np.einsum("ni,oij,nj->no", a["x"], a["W"], a["y"]) + a["b"],
    "bilinear_form": lambda a, z: a["x"] @ a["A"] @ a["y"],
    "broadcast_rows": lambda a, z: np.broadcast_to(a["x"], (z["N"], z["C"])),
    "central_difference": lambda a, z: np.gradient(a["x"], z["h"])[1:-1],
    "channel_shuffle": lambda a, z: a["x"].swapaxes(1, 2).reshape(z["N"], -1),
    "circular_shift": lambda a, z: np.roll(a["x"], z["s"]),
    "concatenate": lambda a, z: np.concatenate([a["a"], a["b"]]),
    "conv_transpose1d": lambda a, z: conv_transpose1d(a["x"], a["W"], z),
    "conv_transpose2d": lambda a, z: conv_transpose2d(a["x"], a["W"], z),
    "convolution1d": lambda a, z: np.convolve(a["x"], a["w"]),
    "cosine_similarity": lambda a, z: a["x"] @ a["w"] / np.linalg.norm(a["x"]) / np.linalg.norm(a["w"]),
    "cross_entropy": lambda a, z: -a["y"] @ log_softmax(a["z"]),
    "cross_entropy_labels": lambda a, z: cross_entropy_labels(a["z"], a["t"]),
    "depthwise_conv1d": lambda a, z: depthwise_conv1d(a["x"], a["W"], z),
    "depthwise_conv2d": lambda a, z: depthwise_conv2d(a["x"], a["W"], z),
    "dropout_mask": lambda a, z: np.where(a["m"] == 1, a["x"] / z["p"], 0),
    "elu": lambda a, z: np.where(a["x"] > 0, a["x"], z["alpha"] * np.expm1(a["x"])),
    "embedding": lambda a, z: a["E"][a["token"] - 1],
    "embedding_bag": lambda a, z: a["E"][a["token"] - 1].sum(axis=1),
    "energy_nll": lambda a, z: -log_softmax(-z["beta"] * a["E"])[a["t"] - 1] / z["beta"],
    "finite_difference": lambda a, z: np.diff(a["x"]),
    "flatten": lambda a, z: a["x"].ravel(),
    "focal": lambda a, z: -np.power(1 - a["p"], z["gamma"]) * np.log(a["p"]),
    "fold1d": lambda a, z: fold1d(a["x"], z),
    "gather": lambda a, z: np.take_along_axis(a["x"], a["place"] - 1, axis=0),
    "gelu": lambda a, z: a["x"] * normal_cdf(a["x"]),
    "global_avg_pool": lambda a, z: a["x"].mean(axis=(1, 2)),
    "global_max_pool": lambda a, z: a["x"].max(axis=(1, 2)),
    "glu": lambda a, z: (a["W"] @ a["x"] + a["b"]) * sigmoid(a["V"] @ a["x"] + a["c"]),
    "graph_convolution": lambda a, z: graph_convolution(**a),
    "grouped_conv1d": lambda a, z: grouped_conv1d(a["x"], a["W"], z),
    "grouped_conv2d": lambda a, z: grouped_conv2d(a["x"], a["W"], z),
    "hadamard": lambda a, z: np.multiply(a["A"], a["B"]),
    "hard_tanh": lambda a, z: np.clip(a["x"], -1, 1),
    "highway": lambda a, z: highway(a),
    "hinge": lambda a, z: np.mean(np.clip(1 - a["y"] * a["s"], 0, None)),
    "huber": lambda a, z: huber(a["yhat"] - a["y"], z["kappa"]),
    "im2col": lambda a, z: patches(a["x"], z).transpose(0, 3, 4, 1, 2),
    "info_nce": lambda a, z: -np.trace(log_softmax(a["x"] @ a["v"].T / z["tau"])) / z["N"],
    "kl_divergence": lambda a, z: a["y"] @ (np.log(a["y"]) - np.log(a["q"])),
    "kl_softargmax": lambda a, z: a["y"] @ (np.log(a["y"]) - log_softmax(a["z"])),
    "kronecker_product": lambda a, z: np.kron(a["A"], a["B"]),
    "l2_norm": lambda a, z: np.linalg.norm(a["x"]),
    "l2_normalise": lambda a, z: a["x"] / np.linalg.norm(a["x"]),
    "label_smoothing": lambda a, z: label_smoothing(a["z"], a["t"], z["eps"]),
    "laplacian2d": lambda a, z: laplacian2d(a["u"]),
    "leaky_relu": lambda a, z: np.maximum(a["x"], z["a"] * a["x"]),
    "logistic_regression": lambda a, z: -log_likelihood(sigmoid(a["X"] @ a["w"]), a["y"]).sum(),
    "logsoftargmax": lambda a, z: log_softmax(a["z"]),
    "logsumexp": lambda a, z: np.logaddexp.reduce(a["z"]),
    "low_rank_adapter": lambda a, z: low_rank_adapter(a, z),
    "mae": lambda a, z: np.abs(a["yhat"] - a["y"]).mean(),
    "matrix_transpose": lambda a, z: a["x"].T,
    "max_pool1d": lambda a, z: windows(a["x"], z["K"], z["S"]).max(axis=-1),
    "max_pool2d": lambda a, z: patches(a["x"], {**z, "P_H": 0, "P_W": 0}).max(axis=(-2, -1)),
    "maxout": lambda a, z: (a["W"] @ a["x"] + a["b"]).max(axis=1),
    "message_passing": lambda a, z: message_passing(**a),
    "mlp": lambda a, z: a["W_2"] @ np.tanh(a["W_1"] @ a["x"] + a["b_1"]) + a["b_2"],
    "mse": lambda a, z: np.square(a["yhat"] - a["y"]).mean(),
    "multiclass_hinge": lambda a, z: multiclass_hinge(a["s"], a["y"]),
    "nll": lambda a, z: -np.take_along_axis(a["a"], a["t"][:, None] - 1, axis=1).mean(),
    "outer_product": lambda a, z: np.outer(a["a"], a["b"]),
    "pad_circular": lambda a, z: np.pad(a["x"], (z["P"], z["Q"]), "wrap"),
    "pad_reflect": lambda a, z: np.pad(a["x"], (z["P"], z["Q"]), "reflect"),
    "pad_replicate": lambda a, z: np.pad(a["x"], (z["P"], z["Q"]), "edge"),
    "pad_zero": lambda a, z: np.pad(a["x"], (z["P"], z["Q"])),
    "pixel_shuffle": lambda a, z: pixel_shuffle(a["x"], z),
    "pixel_unshuffle": lambda a, z: pixel_unshuffle(a["x"], z),
    "pointwise_conv2d": lambda a, z: np.tensordot(a["W"], a["x"], axes=1),
    "prefix_sum": lambda a, z: np.cumsum(a["x"]),
    "prelu": lambda a, z: np.clip(a["x"], 0, None) + a["a"] * np.clip(a["x"], None, 0),
    "quadratic_form": lambda a, z: a["x"] @ a["A"] @ a["x"],
    "relu": lambda a, z: a["x"].clip(0),
    "reshape": lambda a, z: a["x"].reshape(z["P"], z["Q"]),
    "residual": lambda a, z: a["x"] + np.tanh(a["W"] @ a["x"] + a["b"]),
    "recurrent_ahead": lambda a, z: recurrent_ahead(**a),
    "recurrent_attention": lambda a, z: recurrent_attention(**a),
    "recurrent_both": lambda a, z: recurrent_both(**a),
    "recurrent_cell": lambda a, z: recurrent_cell(**a),
    "recurrent_gate": lambda a, z: recurrent_gate(**a),
    "recurrent_grid": lambda a, z: recurrent_grid(**a),
    "recurrent_history": lambda a, z: np.linalg.solve(np.eye(len(a["x"])) - np.tril(a["K"], -1), a["x"]),
    "recurrent_lags": lambda a, z: recurrent_lags(**a),
    "recurrent_linear": lambda a, z: recurrent_linear(**a),
    "recurrent_reset": lambda a, z: recurrent_reset(**a),
    "recurrent_rows": lambda a, z: recurrent_rows(**a),
    "recurrent_stack": lambda a, z: recurrent_stack(**a),
    "recurrent_tanh": lambda a, z: recurrent_tanh(**a),
    "reverse": lambda a, z: np.flip(a["x"]),
    "ridge_regression": lambda a, z: np.linalg.norm(a["X"] @ a["w"] - a["y"]) ** 2 + z["lambda_"] * a["w"] @ a["w"],
    "scale_shift": lambda a, z: a["x"] * a["gamma"] + a["beta"],
    "scatter_add": lambda a, z: scatter_add(a["place"], a["x"], z),
    "second_difference": lambda a, z: second_difference(a["x"], z),
    "shift": lambda a, z: np.pad(a["x"], (z["s"], 0))[: z["N"]],
    "sigmoid": lambda a, z: sigmoid(a["x"]),
    "silu": lambda a, z: a["x"] * sigmoid(a["x"]),
    "slice": lambda a, z: a["x"][z["a"] :: z["s"]],
    "softargmax": lambda a, z: softmax(z["beta"] * a["z"]),
    "softplus": lambda a, z: np.log1p(np.exp(a["x"])),
    "softsign": lambda a, z: a["x"] / (1 + np.abs(a["x"])),
    "sum_pool1d": lambda a, z: windows(pad(a["x"], z["P"], 0), z["K"], z["S"]).sum(axis=-1),
    "sum_pool2d": lambda a, z: patches(a["x"], z).sum(axis=(-2, -1)),
    "swiglu": lambda a, z: swiglu(a),
    "tanh": lambda a, z: np.sinh(a["x"]) / np.cosh(a["x"]),
    "toeplitz": lambda a, z: np.correlate(a["x"], a["w"], "valid"),
    "toeplitz_product": lambda a, z: np.convolve(a["t"], a["x"], "valid"),
    "trace": lambda a, z: np.trace(a["A"]),
    "trace_product": lambda a, z: np.trace(a["A"] @ a["B"]),
    "triplet": lambda a, z: triplet(a, z),
    "unflatten": lambda a, z: a["x"].reshape(z["N"], z["M"]),
    "unfold1d": lambda a, z: windows(pad(a["x"], z["P"], 0), z["K"], z["S"], z["D"]),
    "upsample_linear1d": lambda a, z: upsample_linear1d(a["x"], z),
    "upsample_nearest1d": lambda a, z: np.repeat(a["x"], z["s"], axis=0),
    "upsample_nearest2d": lambda a, z: np.repeat(np.repeat(a["x"], z["s_H"], 1), z["s_W"], 2),
}


def main():
    for path in sys.argv[1:]:
        name = pathlib.Path(path).stem
        if name in ELSEWHERE:
            continue
        layer, rng = Layer(load(path)), np.random.default_rng(12)
        for _ in range(TRIALS):
            sizes = layer.sizes_at_random(rng)
            keywords = layer.keywords_at_random(rng, sizes)
            arrays = dict(zip(layer.arrays, layer.module._draw(rng, **keywords)))
            expected = REFERENCES[name](arrays, keywords)
            expected = expected if isinstance(expected, tuple) else (expected,)
            assert len(layer.outputs) == len(expected), name
            for output, wanted in zip(layer.outputs.values(), map(np.asarray, expected)):
                found = output(*arrays.values(), **keywords)
                assert found.shape == wanted.shape, f"{name}: {found.shape}, not {wanted.shape} at {sizes}"
                np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12, err_msg=f"{name} at {sizes}")
        print(f"{name}: agrees with its reference")


if __name__ == "__main__":
    main()
