"""One task in one tool: `tasks.py TOOL TASK` prints as JSON what it took and what came out.

`seconds` is the derivation without the imports, `size` the length of the answers as the tool prints
them, and `answers` says of each gradient how many entries are right. What is right is decided by
central differences of a forward pass in NumPy at a random point, in double precision.
"""

import json
import sys
import time

import numpy as np

RNG = np.random.default_rng(7)


def softargmax(z):
    powers = np.exp(z - z.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def layer_norm(x, w, b):
    return w * (x - x.mean()) / np.sqrt(x.var() + 1e-5) + b


# Forward passes: arrays, what is differentiated, the output.
CONVOLUTION = (
    {"x": (7, 5), "W": (5, 3)},
    "xW",
    lambda x, W: np.array([np.sum(x[2 * r : 2 * r + 3] * W.T) for r in range(3)]),
)
TASKS = {
    "conv1d": CONVOLUTION,
    "conv1d_flat": CONVOLUTION,
    "linear_mse": (
        {"X": (4, 3), "W": (3, 2), "Y": (4, 2)},
        "W",
        lambda X, W, Y: np.array(np.mean((X @ W - Y) ** 2)),
    ),
    "cross_entropy": (
        {"z": (5,), "y": (5,)},
        "z",
        lambda z, y: np.array(-np.sum(y * np.log(softargmax(z)))),
    ),
    "layer_norm": ({"x": (6,), "w": (6,), "b": (6,)}, "xw", layer_norm),
    "attention": (
        {"Q": (4, 3), "K": (5, 3), "V": (5, 2)},
        "QKV",
        lambda Q, K, V: softargmax(Q @ K.T / np.sqrt(3)) @ V,
    ),
}


def reference(task):
    """Arrays, an upstream gradient, and the gradients by central differences."""
    shapes, names, forward = TASKS[task]
    arrays = {name: RNG.uniform(0.5, 1.5, shape) for name, shape in shapes.items()}
    upstream = RNG.uniform(0.5, 1.5, forward(**arrays).shape)
    gradients = {}
    for name in names:
        gradient = np.zeros(shapes[name])
        for place in np.ndindex(shapes[name]):
            ends = []
            for step in (1e-5, -1e-5):
                moved = {key: array.copy() for key, array in arrays.items()}
                moved[name][place] += step
                ends.append(np.sum(upstream * forward(**moved)))
            gradient[place] = (ends[0] - ends[1]) / 2e-5
        gradients[name] = gradient
    return arrays, upstream, gradients


def verdict(expected, found):
    """How many entries are right."""
    if np.shape(found) != np.shape(expected):
        return "another shape"
    right = np.abs(np.asarray(found, float) - expected) <= 1e-6 * np.maximum(1, np.abs(expected))
    return "right" if right.all() else f"{right.sum()} of {right.size} entries right"


def with_sympy(task, arrays, upstream, gradients):
    """Indexed arrays and sums, differentiated by an entry with symbolic indices, then `doit`."""
    import sympy as sp

    start = time.perf_counter()
    shapes, names, _ = TASKS[task]
    a = {name: sp.IndexedBase(name) for name in shapes}
    g = sp.IndexedBase("g")
    g0 = sp.Symbol("g0")
    r, k, i, j, l, b, o, e = sp.symbols("r k i j l b o e", integer=True)
    total = lambda body, *limits: sp.Sum(body, *[(v, 0, n - 1) for v, n in limits])
    if task == "conv1d_flat":
        x, W = a["x"], a["W"]
        loss = total(g[r] * x[i + 2 * r, k] * W[k, i], (r, 3), (k, 5), (i, 3))
    elif task == "conv1d":
        x, W = a["x"], a["W"]
        loss = total(g[r] * total(x[i + 2 * r, k] * W[k, i], (k, 5), (i, 3)), (r, 3))
    elif task == "linear_mse":
        X, W, Y = a["X"], a["W"], a["Y"]
        loss = g0 * total((total(X[b, i] * W[i, o], (i, 3)) - Y[b, o]) ** 2, (b, 4), (o, 2)) / 8
    elif task == "cross_entropy":
        z, y = a["z"], a["y"]
        p = sp.exp(z[i]) / total(sp.exp(z[j]), (j, 5))
        loss = -g0 * total(y[i] * sp.log(p), (i, 5))
    elif task == "layer_norm":
        x, w, s = a["x"], a["w"], a["b"]
        m = total(x[j], (j, 6)) / 6
        v = total((x[l] - m) ** 2, (l, 6)) / 6
        loss = total(g[i] * (w[i] * (x[i] - m) / sp.sqrt(v + sp.Rational(1, 100000)) + s[i]), (i, 6))
    else:
        Q, K, V = a["Q"], a["K"], a["V"]
        S = lambda n: total(Q[i, k] * K[n, k], (k, 3)) / sp.sqrt(3)
        A = sp.exp(S(j)) / total(sp.exp(S(l)), (l, 5))
        loss = total(g[i, e] * total(A * V[j, e], (j, 5)), (i, 4), (e, 2))
    found = {}
    for name in names:
        at = sp.symbols(f"n:{len(shapes[name])}", integer=True)
        try:
            found[name] = (at, loss.diff(a[name][at]).doit())
        except Exception as error:
            found[name] = error
    seconds = time.perf_counter() - start
    size = sum(len(str(answer[1])) for answer in found.values() if isinstance(answer, tuple))
    values = {g[place]: v for place, v in np.ndenumerate(upstream) if place}
    values[g0] = upstream.flat[0]
    for name, array in arrays.items():
        values.update({a[name][place]: v for place, v in np.ndenumerate(array)})
    answers = {}
    for name in names:
        if not isinstance(found[name], tuple):
            answers[name] = f"{type(found[name]).__name__}"
            continue
        at, answer = found[name]
        numbers = np.full(shapes[name], np.nan)
        for place in np.ndindex(shapes[name]):
            try:
                entry = answer.subs(dict(zip(at, place))).doit().xreplace(values)
                numbers[place] = float(entry)
            except Exception:
                pass
        answers[name] = verdict(gradients[name], numbers)
    return seconds, size, answers


def with_tensorgrad(task, arrays, upstream, gradients):
    """Named tensors, `Derivative(…).full_simplify()`."""
    import sympy
    import torch
    import tensorgrad.functions as F
    from tensorgrad import Derivative, Variable
    from tensorgrad.extras.evaluate import evaluate

    start = time.perf_counter()
    shapes, names, _ = TASKS[task]
    edges = {
        "linear_mse": {"X": "b i", "W": "i o", "Y": "b o"},
        "cross_entropy": {"z": "c", "y": "c"},
        "layer_norm": {"x": "d", "w": "d", "b": "d"},
        "attention": {"Q": "q d", "K": "k d", "V": "k e"},
    }.get(task)
    if edges is None:
        return time.perf_counter() - start, 0, {name: "no strides" for name in names}
    letters = sorted({edge for row in edges.values() for edge in row.split()})
    symbol = {letter: sympy.Symbol(f"s{letter}") for letter in letters}
    v = {name: Variable(name, **{e: symbol[e] for e in row.split()}) for name, row in edges.items()}
    free = {"linear_mse": "", "cross_entropy": "", "layer_norm": "d", "attention": "q e"}[task].split()
    g = Variable("g", **{edge: symbol[edge] for edge in free})
    if task == "linear_mse":
        output = F.mean((v["X"] @ v["W"] - v["Y"]) ** 2, ("b", "o"))
    elif task == "cross_entropy":
        output = F.cross_entropy(v["z"], v["y"], "c")
    elif task == "layer_norm":
        output = F.layer_norm(v["x"], dim="d", weight=v["w"], bias=v["b"], eps=1e-5)
    else:
        scores = v["Q"] @ v["K"] * (1 / np.sqrt(3))
        output = F.softmax(scores, "k") @ v["V"]
    loss = output @ g
    found = {}
    for name in names:
        try:
            found[name] = Derivative(loss, v[name]).full_simplify()
        except Exception as error:
            found[name] = error
    seconds = time.perf_counter() - start
    size = sum(len(str(answer)) for answer in found.values() if not isinstance(answer, Exception))
    if not hasattr(torch.Tensor, "refine_names"):
        return seconds, size, {name: "not evaluated" for name in names}
    values = {g: torch.tensor(upstream).refine_names(*free) if free else torch.tensor(float(upstream)).double()}
    dims = {}
    for name, row in edges.items():
        values[v[name]] = torch.tensor(arrays[name]).refine_names(*row.split())
        dims.update({symbol[e]: n for e, n in zip(row.split(), arrays[name].shape)})
    answers = {}
    for name in names:
        try:
            if isinstance(found[name], Exception):
                raise found[name]
            result = evaluate(found[name], values, dims)
            order = [[n for n in result.names if n.startswith(e)][0] for e in edges[name].split()]
            result = result.align_to(*order).rename(None)
            answers[name] = verdict(gradients[name], result.numpy())
        except Exception as error:
            answers[name] = type(error).__name__
    return seconds, size, answers


def with_jax(task, arrays, upstream, gradients):
    """`jax.grad`, traced to its intermediate language."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    start = time.perf_counter()
    softmax = jax.nn.softmax
    convolution = lambda x, W: jnp.stack([jnp.sum(x[2 * r : 2 * r + 3] * W.T) for r in range(3)])
    forward = {
        "conv1d": convolution,
        "conv1d_flat": convolution,
        "linear_mse": lambda X, W, Y: jnp.mean((X @ W - Y) ** 2),
        "cross_entropy": lambda z, y: -jnp.sum(y * jax.nn.log_softmax(z)),
        "layer_norm": lambda x, w, b: w * (x - x.mean()) / jnp.sqrt(x.var() + 1e-5) + b,
        "attention": lambda Q, K, V: softmax(Q @ K.T / np.sqrt(3), axis=-1) @ V,
    }[task]
    names = TASKS[task][1]
    loss = lambda arrays: jnp.sum(upstream * forward(**arrays))
    traced = jax.make_jaxpr(jax.grad(loss))(arrays)
    seconds = time.perf_counter() - start
    found = jax.grad(loss)(arrays)
    return seconds, len(str(traced)), {name: verdict(gradients[name], found[name]) for name in names}


def with_module(path):
    """The answers of a module that Backprose has written."""

    def run(task, arrays, upstream, gradients):
        import importlib.util

        spec = importlib.util.spec_from_file_location("module", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        answers = {}
        for name in TASKS[task][1]:
            found = getattr(module, f"dl_d{name}")(*arrays.values(), upstream)
            answers[name] = verdict(gradients[name], found)
        return 0.0, 0, answers

    return run


def main():
    tool, task = sys.argv[1:3]
    tools = {"sympy": with_sympy, "tensorgrad": with_tensorgrad, "jax": with_jax}
    run = tools.get(tool) or with_module(tool)
    seconds, size, answers = run(task, *reference(task))
    print(json.dumps({"seconds": seconds, "size": size, "answers": answers}))


if __name__ == "__main__":
    main()
