"""The `Operation` of PyTorch modules beside numerical differentiation.

Usage: python3 operation.py MODULE…
"""

import importlib.util
import pathlib
import sys

import torch


def load(path: str):
    """The module in a file."""
    spec = importlib.util.spec_from_file_location(pathlib.Path(path).stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    torch.set_default_dtype(torch.float64)
    for path in sys.argv[1:]:
        module = load(path)
        rng = torch.Generator().manual_seed(1)
        sizes = module._draw_sizes(rng)
        keywords = {**sizes, **module._PARAMS}
        given = [keywords[name] for name in [*module._SIZES, *module._PARAMS]]
        differentiated = {array for *_, array in module._GRADIENTS}
        arrays = [
            array.requires_grad_(name in differentiated)
            for name, array in zip(module._ARRAYS, module._draw(rng, **keywords))
        ]
        assert differentiated, f"{path}: no gradient"
        operation = lambda *arrays: module.Operation.apply(*arrays, *given)
        torch.autograd.gradcheck(operation, arrays, eps=1e-6, atol=1e-5, rtol=1e-4)


if __name__ == "__main__":
    main()
