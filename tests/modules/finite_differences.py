"""Compares every derivative of generated modules with central finite differences, at random sizes.

Usage: finite_differences.py MODULE… The sizes (strides, paddings and the like among them), the
params, the upstream gradients and the directions are all drawn here; of a module only what a
caller may use is read: the names and parameters of its functions, the shapes that it demands, and
the arrays that it draws where not every value is one at which it has an output.
One random direction is enough to see an error in any entry of a Jacobian. The differences are of
fourth order. Where they depend on the step there is a kink near, and another point is drawn.
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
STENCIL = {-2: 1 / 12, -1: -2 / 3, 1: 2 / 3, 2: -1 / 12}
DRAWS = 20


def load(path):
    spec = importlib.util.spec_from_file_location(pathlib.Path(path).stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Layer:
    """The functions of a module, told apart by their names."""

    def __init__(self, module):
        self.module = module
        functions = {name: f for name, f in vars(module).items() if inspect.isfunction(f)}
        public = {name: function for name, function in functions.items() if not name.startswith("_") and name != "vjp"}
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

    def smallest_sizes(self):
        """All sizes 1, if the module accepts that: one choice or none."""
        sizes = dict.fromkeys(self.sizes, 1)
        try:
            shapes = self.module._shapes(**sizes)
        except (ValueError, ArithmeticError):
            return []
        return [sizes] if all(np.prod(shape) >= 1 for shape in shapes.values()) else []

    def keywords_at_random(self, rng, sizes):
        """The sizes, and params up to a quarter from their defaults."""
        params = {n: d for n, d in self.defaults.items() if n not in self.sizes}
        assert all(isinstance(default, (int, float)) for default in params.values()), params
        return {**sizes, **{n: d * rng.uniform(0.8, 1.25) for n, d in params.items()}}


def slopes(layer, arrays, name, direction, keywords, step):
    """The directional derivatives of all outputs."""
    total = dict.fromkeys(layer.outputs, 0.0)
    for place, weight in STENCIL.items():
        moved = {**arrays, name: arrays[name] + place * step * direction}
        for output, function in layer.outputs.items():
            total[output] = total[output] + weight / step * function(*moved.values(), **keywords)
    return total


def smooth(layer, arrays, name, direction, keywords):
    """The directional derivatives of all outputs; None where a kink is near."""
    found = slopes(layer, arrays, name, direction, keywords, STEP)
    again = slopes(layer, arrays, name, direction, keywords, STEP / 2)
    same = all(is_close(found[n], again[n]) for n in layer.outputs)
    return again if same else None


def drawn(layer, rng, keywords):
    """Arrays, and for each a direction with the derivatives in it, at a point without kinks."""
    for _ in range(DRAWS):
        arrays = dict(zip(layer.arrays, layer.module._draw(rng, **keywords)))
        real = [name for name, array in arrays.items() if array.dtype == float]
        found = {}
        with np.errstate(all="ignore"):
            for name in real:
                direction = rng.standard_normal(arrays[name].shape)
                found[name] = direction, smooth(layer, arrays, name, direction, keywords)
        if all(slope is not None for _, slope in found.values()):
            return arrays, found
    raise SystemExit(f"{layer.module.__name__}: kinks everywhere at {keywords}")


def check(layer, rng, sizes):
    """The number of derivatives compared at one draw of arrays."""
    keywords = layer.keywords_at_random(rng, sizes)
    arrays, found = drawn(layer, rng, keywords)
    results = {name: f(*arrays.values(), **keywords) for name, f in layer.outputs.items()}
    upstream = {name: rng.standard_normal(result.shape) for name, result in results.items()}
    compared = 0
    for name, (direction, slope) in found.items():
        array = arrays[name]
        for output in layer.outputs:
            if (output, name) in layer.jacobians:
                jacobian = layer.jacobians[output, name](*arrays.values(), **keywords)
                shape = results[output].shape + array.shape
                assert jacobian.shape == shape, f"d{output}/d{name}: {jacobian.shape}, not {shape}"
                across = np.tensordot(jacobian, direction, axes=direction.ndim)
                close(across, slope[output], f"d{output}/d{name}", keywords)
                compared += 1
        if name in layer.gradients:
            gradient = layer.gradients[name](*arrays.values(), *upstream.values(), **keywords)
            assert gradient.shape == array.shape, f"dl/d{name}: {gradient.shape}, not {array.shape}"
            expected = sum(np.sum(upstream[n] * slope[n]) for n in results)
            close(np.sum(gradient * direction), expected, f"dl/d{name}", keywords)
            compared += 1
    assert compared, "nothing to compare"
    return compared


def is_close(found, expected):
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    return bool(np.max(np.abs(found - expected), initial=0.0) <= TOLERANCE * scale)


def close(found, expected, what, sizes):
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    error = float(np.max(np.abs(found - expected), initial=0.0))
    assert error <= TOLERANCE * scale, f"{what} is off by {error:.1e} at {sizes}"


def main():
    for path in sys.argv[1:]:
        layer = Layer(load(path))
        rng = np.random.default_rng(11)
        compared = sum(check(layer, rng, layer.sizes_at_random(rng)) for _ in range(TRIALS))
        compared += sum(check(layer, rng, sizes) for sizes in layer.smallest_sizes())
        print(f"{layer.module.__name__}: {compared} comparisons")


if __name__ == "__main__":
    main()
