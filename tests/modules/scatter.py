"""Compares a generated module with definitions written by hand, entry by entry.

Usage: scatter.py LAYER MODULE. Every product of the definition is scattered to the entries it
touches; nothing here is derived.
"""

import importlib.util
import itertools
import sys

import numpy as np

RANDOM = np.random.default_rng(20)


def load(path):
    spec = importlib.util.spec_from_file_location("module", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scatter(shapes, out_shape, terms):
    """Values and Jacobians of out[a] += product of one entry of each array, over all terms."""
    arrays = {name: RANDOM.standard_normal(shape) for name, shape in shapes.items()}
    out = np.zeros(out_shape)
    jacobians = {name: np.zeros(out_shape + shape) for name, shape in shapes.items()}
    for place, reads in terms:
        values = {name: arrays[name][at] for name, at in reads.items()}
        out[place] += np.prod(list(values.values()))
        for name, at in reads.items():
            others = [value for other, value in values.items() if other != name]
            jacobians[name][place + at] += np.prod(others)
    return arrays, out, jacobians


def compare(module, output, arrays, out, jacobians, sizes):
    given = list(arrays.values())
    g = RANDOM.standard_normal(out.shape)
    close = lambda a, b, what: np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9, err_msg=f"{what} {sizes}")
    close(getattr(module, output)(*given, **sizes), out, output)
    for name, jacobian in jacobians.items():
        close(getattr(module, f"d{output}_d{name}")(*given, **sizes), jacobian, f"d{output}/d{name}")
        gradient = np.tensordot(g, jacobian, axes=g.ndim)
        close(getattr(module, f"dl_d{name}")(*given, g, **sizes), gradient, f"dl/d{name}")


def window(n, k, s, d, before, after):
    return (n + before + after - d * (k - 1) - 1) // s + 1


def conv1d():
    while True:
        n, c, f, k, s, d = (int(RANDOM.integers(1, top)) for top in (13, 4, 4, 5, 5, 4))
        p = int(RANDOM.integers(0, 5))
        length = window(n, k, s, d, p, p)
        if length >= 1 and d * (k - 1) + 1 <= n + 2 * p:
            break
    terms = []
    for r, o, ch, i in itertools.product(range(length), range(f), range(c), range(k)):
        at = s * r + d * i - p
        if 0 <= at < n:
            terms.append(((r, o), {"x": (at, ch), "W": (o, ch, i)}))
    made = scatter({"x": (n, c), "W": (f, c, k)}, (length, f), terms)
    return "f", *made, {"S": s, "D": d, "P": p}


def conv2d():
    while True:
        c, h, v, f, kh, kw = (int(RANDOM.integers(1, top)) for top in (3, 7, 6, 3, 4, 4))
        sh, sw, dh, dw = (int(RANDOM.integers(1, 4)) for _ in range(4))
        top, bottom, left, right = (int(RANDOM.integers(0, 3)) for _ in range(4))
        if dh * (kh - 1) + 1 <= h + top + bottom and dw * (kw - 1) + 1 <= v + left + right:
            break
    rows, columns = window(h, kh, sh, dh, top, bottom), window(v, kw, sw, dw, left, right)
    box = map(range, (f, rows, columns, c, kh, kw))
    terms = []
    for o, r, s, ch, a, b in itertools.product(*box):
        i, j = sh * r + dh * a - top, sw * s + dw * b - left
        if 0 <= i < h and 0 <= j < v:
            terms.append(((o, r, s), {"x": (ch, i, j), "W": (o, ch, a, b)}))
    made = scatter({"x": (c, h, v), "W": (f, c, kh, kw)}, (f, rows, columns), terms)
    sizes = {"S_H": sh, "S_W": sw, "D_H": dh, "D_W": dw, "P_T": top, "P_B": bottom, "P_L": left, "P_R": right}
    return "f", *made, sizes


def linear():
    b, d, m = (int(RANDOM.integers(1, 6)) for _ in range(3))
    terms = [((n, q), {"b": (q,)}) for n in range(b) for q in range(m)]
    terms += [((n, q), {"x": (n, k), "W": (q, k)}) for n in range(b) for q in range(m) for k in range(d)]
    return "y", *scatter({"x": (b, d), "W": (m, d), "b": (m,)}, (b, m), terms), {}


def matmul():
    n, d, m = (int(RANDOM.integers(1, 6)) for _ in range(3))
    terms = [((i, j), {"A": (i, k), "B": (k, j)}) for i in range(n) for j in range(m) for k in range(d)]
    return "Y", *scatter({"A": (n, d), "B": (d, m)}, (n, m), terms), {}


LAYERS = {"conv1d": conv1d, "conv2d": conv2d, "linear": linear, "matmul": matmul}


def main():
    layer, path = sys.argv[1:]
    module = load(path)
    for _ in range(40):
        output, arrays, out, jacobians, sizes = LAYERS[layer]()
        compare(module, output, arrays, out, jacobians, sizes)
    print(f"{layer}: 40 random sizes agree")


main()
