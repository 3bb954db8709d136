"""The same derivations in Backprose, SymPy, tensorgrad and JAX, as a table in Markdown.

Usage: python3 benches/peers/peers.py [BACKPROSE] > docs/peers-table.md

Makes a virtual environment of `requirements.txt` under `target/peers` and runs every task in a process
of its own, three times: the median of the whole process, the largest resident memory, the derivation
alone (without imports) and the length of what is printed. Whether the gradients are right is decided in
`tasks.py` by central differences in NumPy.
"""

import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parent.parent / "target" / "peers"
LIMIT = 120
SOFTMAX = "s[i,j] = sum[k] Q[i,k]*K[j,k]/sqrt(3); A[i,j] = softargmax[j](s[i,j])"
CONVOLUTION = "x[7,5], W[5,3]; f[r] = sum[k,i] x[i + 2*(r-1), k]*W[k,i]"
FORMULAS = {
    "conv1d": CONVOLUTION,
    "conv1d_flat": CONVOLUTION,
    "linear_mse": "X[4,3], W[3,2], Y[4,2]; f = (sum[b,o] (sum[i] X[b,i]*W[i,o] - Y[b,o])^2)/8",
    "cross_entropy": "z[5], y[5]; s[c] = logsoftargmax[c](z[c]); f = 0 - sum[c] y[c]*s[c]; output f",
    "layer_norm": "x[6], w[6], b[6]; m = mean[j] x[j]; v = mean[j] (x[j] - m)^2; "
    "f[i] = w[i]*(x[i] - m)/sqrt(v + 1/100000) + b[i]; output f",
    "attention": f"Q[4,3], K[5,3], V[5,2]; {SOFTMAX}; f[i,e] = sum[j] A[i,j]*V[j,e]; output f",
}
ABOUT = {
    "conv1d": "convolution, 7×5, kernel 3, stride 2",
    "conv1d_flat": "the same, as one sum, places first",
    "linear_mse": "linear map, mean squared error",
    "cross_entropy": "softargmax and cross-entropy",
    "layer_norm": "layer normalisation",
    "attention": "attention, three gradients",
}


def environment() -> pathlib.Path:
    """The Python of the virtual environment, which is made if it is not there."""
    python = TARGET / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(TARGET)], check=True)
        pinned = str(HERE / "requirements.txt")
        subprocess.run([str(python), "-m", "pip", "install", "-q", "-r", pinned], check=True)
    return python


def measured(command) -> tuple:
    """Seconds, megabytes and output of one process; none if it takes too long or fails."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        while True:
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
            seconds = time.perf_counter() - start
            if done or seconds > LIMIT:
                break
            time.sleep(0.0005)
        if not done:
            process.kill()
            process.wait()
            return None
        process.returncode = status
        output.seek(0)
        return (seconds, usage.ru_maxrss / 1024, output.read().decode()) if status == 0 else None


def median(command, times: int = 3):
    runs = [measured(command) for _ in range(times)]
    if None in runs:
        return None
    return statistics.median(r[0] for r in runs), statistics.median(r[1] for r in runs), runs[-1][2]


def said(answers: dict) -> str:
    """The verdicts in words."""
    if set(answers.values()) == {"right"}:
        return "all right"
    return ", ".join(f"{name}: {verdict}" for name, verdict in answers.items())


def row(task, tool, whole, memory, derive, size, verdict):
    print(f"| {ABOUT[task]} | {tool} | {whole} | {memory} | {derive} | {size} | {verdict} |", flush=True)


def main() -> None:
    backprose = sys.argv[1] if len(sys.argv) > 1 else "target/release/backprose"
    python = environment()
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}; pinned versions:")
    print(", ".join(line for line in (HERE / "requirements.txt").read_text().split() if "==" in line) + ".\n")
    print("| task | tool | whole process | memory | derivation | characters | gradients |")
    print("|---|---|---|---|---|---|---|")
    for task, formula in FORMULAS.items():
        wrt = {"linear_mse": "W", "cross_entropy": "z", "layer_norm": "x,w"}.get(task)
        command = [backprose, "derive", formula, *(["--wrt", wrt] if wrt else [])]
        found = median(command)
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/module.py"
            subprocess.run([*command, "--format", "numpy", "-o", path], check=True)
            checked = subprocess.run(
                [str(python), str(HERE / "tasks.py"), path, task], capture_output=True, text=True
            )
        verdict = said(json.loads(checked.stdout)["answers"]) if checked.returncode == 0 else "failed"
        seconds, memory, text = found
        row(task, "backprose", f"{1e3 * seconds:.0f} ms", f"{memory:.0f} MB", "", len(text), verdict)
        for tool in ("sympy", "tensorgrad", "jax"):
            found = median([str(python), str(HERE / "tasks.py"), tool, task], 1 if tool == "sympy" else 3)
            if found is None:
                row(task, tool, f"failed, or over {LIMIT} s", "", "", "", "")
                continue
            seconds, memory, text = found
            answer = json.loads(text.splitlines()[-1])
            derive = f"{1e3 * answer['seconds']:.0f} ms"
            row(task, tool, f"{seconds:.1f} s", f"{memory:.0f} MB", derive, answer["size"], said(answer["answers"]))


if __name__ == "__main__":
    main()
