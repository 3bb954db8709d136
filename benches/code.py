"""Times of generated modules beside code written by hand.

Usage: python3 benches/code.py [BACKPROSE]

Two jobs in single precision on one thread: a convolution of 64 to 64 channels over 1024 places with a
kernel of 3 and stride 2, backwards; attention over 128 places of width 64, forwards and backwards. For
each, the module that `backprose derive` writes is timed beside the best that was written by hand in the
same library, from the same arrays and in turns, so that both meet the same machine; what is printed is
the median processor time of each and their ratio. PyTorch is left out where it is not installed.
"""

import importlib.util
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np

try:
    import torch

    torch.set_num_threads(1)
except ImportError:
    torch = None

LENGTH, CHANNELS, KERNEL, STRIDE = 1024, 64, 3, 2
PLACES = (LENGTH - KERNEL) // STRIDE + 1
SEQUENCE, WIDTH = 128, 64


def module(backprose: str, layer: str, library: str):
    """The module of a layer, every size a keyword or read off the arrays."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / f"{layer}.py"
        command = [backprose, "derive", layer, "--general", "--format", library]
        subprocess.run([*command, "-o", str(path)], check=True)
        spec = importlib.util.spec_from_file_location(f"{layer}_{library}", path)
        found = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(found)
    return found


def arrays(*shapes) -> list:
    """Random arrays in single precision."""
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape).astype(np.float32) for shape in shapes]


def convolution_by_taps(x, W, g):
    """Both gradients, a matrix product for each tap; kernels are stored (outputs, channels, taps)."""
    dx, dW = np.zeros_like(x), np.empty_like(W)
    taps = np.ascontiguousarray(W.transpose(2, 0, 1))
    for tap in range(KERNEL):
        part = slice(tap, tap + STRIDE * PLACES - 1, STRIDE)
        dx[part] += g @ taps[tap]
        dW[:, :, tap] = g.T @ x[part]
    return dx, dW


def convolution_by_autograd(x, W, g):
    """Both gradients by PyTorch, of the same arrays, the forward pass done before."""
    x, W = x.clone().requires_grad_(), W.clone().requires_grad_()
    y = torch.nn.functional.conv1d(x.T[None], W, stride=STRIDE)[0].T
    return lambda: torch.autograd.grad(y, (x, W), g, retain_graph=True)


def attention_by_products(Q, K, V, g):
    """The output and the gradients, by matrix products."""
    scale = np.float32(WIDTH**-0.5)
    S = Q @ K.T * scale
    A = np.exp(S - S.max(axis=1, keepdims=True))
    A /= A.sum(axis=1, keepdims=True)
    dA = g @ V.T
    dS = A * (dA - np.sum(dA * A, axis=1, keepdims=True)) * scale
    return A @ V, dS @ K, dS.T @ Q, A.T @ g


def attention_by_autograd(Q, K, V, g):
    """The output and the gradients by PyTorch."""
    Q, K, V = (array.clone().requires_grad_() for array in (Q, K, V))

    def run():
        output = torch.softmax(Q @ K.T * WIDTH**-0.5, 1) @ V
        return output, *torch.autograd.grad(output, (Q, K, V), g)

    return run


def seconds(run, repeat: int) -> float:
    """The processor time of one call, of a few in a row: others on the machine count less."""
    start = time.process_time()
    for _ in range(repeat):
        run()
    return (time.process_time() - start) / repeat


def beside(name: str, written, generated, rounds: int = 50) -> None:
    """Time two in turns, about 20 ms each, and print a row."""
    repeat = max(1, round(0.02 / seconds(written, 10)))
    times = [(seconds(written, repeat), seconds(generated, repeat)) for _ in range(rounds)]
    by_hand, ours = (1e3 * statistics.median(column) for column in zip(*times))
    ratio = statistics.median(b / a for a, b in times)
    print(f"| {name} | {by_hand:.2f} ms | {ours:.2f} ms | {ratio:.2f} |", flush=True)


def close(expected, found) -> None:
    """Both computed the same."""
    for a, b in zip(expected, found):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=2e-3, atol=2e-3)


def main() -> None:
    backprose = sys.argv[1] if len(sys.argv) > 1 else "target/release/backprose"
    print("| job, float32, one thread | by hand | generated | ratio |\n|---|---|---|---|")
    x, W, g = arrays((LENGTH, CHANNELS), (CHANNELS, CHANNELS, KERNEL), (PLACES, CHANNELS))
    sizes = {"S": STRIDE, "D": 1, "P": 0}
    qkvg = arrays(*[(SEQUENCE, WIDTH)] * 4)

    conv = module(backprose, "conv1d", "numpy")
    generated = lambda: (conv.dl_dx(x, W, g, **sizes), conv.dl_dW(x, W, g, **sizes))
    close(convolution_by_taps(x, W, g), generated())
    beside("conv1d VJP, NumPy", lambda: convolution_by_taps(x, W, g), generated)

    attention = module(backprose, "attention", "numpy")
    outputs, gradients = attention.vjp(*qkvg)
    by_name = dict(zip(GRADIENTS, gradients))
    close(attention_by_products(*qkvg), (outputs[0], *[by_name[name] for name in "QKV"]))
    assert outputs[0].dtype == np.float32
    beside(
        "attention forward and VJP, NumPy",
        lambda: attention_by_products(*qkvg),
        lambda: attention.vjp(*qkvg),
    )
    if torch is None:
        print("PyTorch is not installed")
        return
    tensors = [torch.as_tensor(array) for array in (x, W, g)]
    conv = module(backprose, "conv1d", "torch")
    generated = lambda: (conv.dl_dx(*tensors, **sizes), conv.dl_dW(*tensors, **sizes))
    by_autograd = convolution_by_autograd(*tensors)
    dx, dW = by_autograd()
    close((dx, dW), generated())
    beside("conv1d VJP, PyTorch", by_autograd, generated)
    tensors = [torch.as_tensor(array) for array in qkvg]
    attention = module(backprose, "attention", "torch")
    by_autograd = attention_by_autograd(*tensors)
    outputs, gradients = attention.vjp(*tensors)
    by_name = dict(zip(GRADIENTS, gradients))
    close([t.detach() for t in by_autograd()], (outputs[0], *[by_name[name] for name in "QKV"]))
    beside("attention forward and VJP, PyTorch", by_autograd, lambda: attention.vjp(*tensors))


# The gradients that the module of attention has, in their order.
GRADIENTS = "ASQKV"

if __name__ == "__main__":
    main()
