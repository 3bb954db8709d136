"""Compares every derivative of generated modules with central finite differences, at random sizes.

Usage: finite_differences.py MODULE… The sizes (strides, paddings and the like among them), the
arrays, the upstream gradients and the directions are all drawn here; of a module only what a
caller may use is read: the names and parameters of its functions, and the shapes that it demands.
One random direction is enough to see an error in any entry of a Jacobian.
"""

import importlib.util
import inspect
import pathlib
import re
import sys

import numpy as np

TRIALS = 20
LARGEST = 5000
STEP = 1e-4
TOLERANCE = 1e-7


def load(path):
    spec = importlib.util.spec_from_file_location(pathlib.Path(path).stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Layer:
    """The functions of a module, told apart by their names."""

    def __init__(self, module):
        self.module = module
        functions = inspect.getmembers(module, inspect.isfunction)
        public = {name: function for name, function in functions if not name.startswith("_")}
        self.gradients = {n[4:]: f for n, f in public.items() if n.startswith("dl_d")}
        slopes = {n: re.fullmatch(r"d(.+)_d(.+)", n) for n in public if not n.startswith("dl_d")}
        self.jacobians = {(m[1], m[2]): public[n] for n, m in slopes.items() if m}
        self.outputs = {n: f for n, f in public.items() if not n.startswith("dl_d") and not slopes[n]}
        self.sizes = list(inspect.signature(module._shapes).parameters)
        first = next(iter(self.outputs.values()))
        kinds = inspect.signature(first).parameters.values()
        self.arrays = [p.name for p in kinds if p.kind is not p.KEYWORD_ONLY]
        self.defaults = {p.name: p.default for p in kinds if p.kind is p.KEYWORD_ONLY}

    def sizes_at_random(self, rng):
        """Sizes that the module accepts, with arrays small enough for a Jacobian."""
        for _ in range(20000):
            tops = rng.integers(2, 8, len(self.sizes))
            sizes = {name: int(rng.integers(0, top)) for name, top in zip(self.sizes, tops)}
            try:
                shapes = self.module._shapes(**sizes)
            except (ValueError, ArithmeticError):
                continue
            lengths = sorted(int(np.prod(shape)) for shape in shapes.values())
            if lengths[0] >= 1 and int(np.prod(lengths[-2:])) <= LARGEST:
                return sizes
        raise SystemExit(f"{self.module.__name__}: no sizes are accepted")


def check(layer, rng):
    """The number of derivatives compared at one draw of sizes and arrays."""
    sizes = layer.sizes_at_random(rng)
    keywords = {name: sizes.get(name, default) for name, default in layer.defaults.items()}
    arrays = dict(zip(layer.arrays, layer.module._draw(rng, **sizes)))
    results = {name: f(*arrays.values(), **keywords) for name, f in layer.outputs.items()}
    upstream = {name: rng.standard_normal(result.shape) for name, result in results.items()}
    compared = 0
    for name, array in arrays.items():
        direction = rng.standard_normal(array.shape)
        sides = []
        for step in (STEP, -STEP):
            moved = {**arrays, name: array + step * direction} if array.dtype == float else arrays
            sides.append({n: f(*moved.values(), **keywords) for n, f in layer.outputs.items()})
        slopes = {n: (sides[0][n] - sides[1][n]) / (2 * STEP) for n in results}
        for output, slope in slopes.items():
            if (output, name) in layer.jacobians:
                jacobian = layer.jacobians[output, name](*arrays.values(), **keywords)
                shape = results[output].shape + array.shape
                assert jacobian.shape == shape, f"d{output}/d{name}: {jacobian.shape}, not {shape}"
                found = np.tensordot(jacobian, direction, axes=direction.ndim)
                close(found, slope, f"d{output}/d{name}", sizes)
                compared += 1
        if name in layer.gradients:
            gradient = layer.gradients[name](*arrays.values(), *upstream.values(), **keywords)
            assert gradient.shape == array.shape, f"dl/d{name}: {gradient.shape}, not {array.shape}"
            expected = sum(np.sum(upstream[n] * slopes[n]) for n in results)
            close(np.sum(gradient * direction), expected, f"dl/d{name}", sizes)
            compared += 1
    assert compared, "nothing to compare"
    return compared


def close(found, expected, what, sizes):
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    error = float(np.max(np.abs(found - expected), initial=0.0))
    assert error <= TOLERANCE * scale, f"{what} is off by {error:.1e} at {sizes}"


def main():
    for path in sys.argv[1:]:
        layer = Layer(load(path))
        rng = np.random.default_rng(11)
        compared = sum(check(layer, rng) for _ in range(TRIALS))
        print(f"{layer.module.__name__}: {compared} comparisons")


if __name__ == "__main__":
    main()
