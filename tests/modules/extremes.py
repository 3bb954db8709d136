"""Calls generated modules where exponentials overflow: every value and gradient must stay finite.

Usage: extremes.py MODULE… Modules without a case here are passed over. A case holds the arrays and
the output that they must have.
"""

import pathlib
import sys
import warnings

import numpy as np

from finite_differences import Layer, load

LARGE = np.array([-2000.0, 0.0, 2000.0])
LABEL = np.array(3)
ONE_HOT = np.array([0.0, 1.0, 0.0])
CASES = {
    "bce_with_logits": ((LARGE, 1 - ONE_HOT), (2000 + np.log(2) + 0) / 3),
    "cross_entropy": ((LARGE, ONE_HOT), 2000),
    "cross_entropy_labels": ((np.array([2]), LARGE[None]), 2000),
    "elu": ((-np.abs(LARGE),), [-1, 0, -1]),
    "energy_nll": ((LABEL, LARGE), 4000),
    "gelu": ((LARGE,), [0, 0, 2000]),
    "info_nce": ((LARGE[:, None] * [1, -1], LARGE[:, None] * [1, -1]), np.log(3) / 3),
    "label_smoothing": ((LABEL, LARGE / 10), 20),
    "logistic_regression": ((LARGE[:, None], 1 - ONE_HOT, np.ones(1)), 2000 + np.log(2)),
    "logsoftargmax": ((LARGE,), [-4000, -2000, 0]),
    "logsumexp": ((LARGE,), 2000),
    "sigmoid": ((LARGE,), [0, 0.5, 1]),
    "silu": ((LARGE,), [0, 0, 2000]),
    "softargmax": ((LARGE,), [0, 0, 1]),
    "softplus": ((LARGE,), [0, np.log(2), 2000]),
    "tanh": ((LARGE,), [-1, 0, 1]),
}


def main():
    warnings.simplefilter("error")
    for path in sys.argv[1:]:
        name = pathlib.Path(path).stem
        if name not in CASES:
            continue
        layer = Layer(load(path))
        arrays, expected = CASES[name]
        for output in layer.outputs.values():
            found = output(*arrays)
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-300, err_msg=name)
            upstream = np.ones_like(found)
        for gradient in layer.gradients.values():
            assert np.all(np.isfinite(gradient(*arrays, upstream))), f"{name}: {gradient.__name__}"
        print(f"{name}: finite")


if __name__ == "__main__":
    main()
