#!/usr/bin/env python3
"""The mutation score of the calculus, the evaluator, the judge and the verification.

Draws mutants at random, builds all of them into one set of test binaries (each behind a switch that MUTANT turns
on), and runs the tests for one after the other until one of them fails. What survives is printed, and the share
that is found. The tree stays as it is: all happens in a copy under WORK, which a second run uses again.

    benches/mutants/score.py [--sample 200] [--seed 1] [--tests judge,lib] [--work target/mutants]
"""

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ["src/calculus", "src/evaluate", "src/judge", "src/verify"]
# What is quick and finds much comes first.
TESTS = ["judge", "proofs", "golden", "lib", "matrix", "rejected", "slips", "soundness", "recognise", "limits",
         "point", "composition", "cli", "problems", "random"]
# A test that takes so many times as long as it does without a mutant never ends.
PATIENCE = 6
SWITCH = """
static MUTANT: std::sync::LazyLock<u32> = std::sync::LazyLock::new(|| {
    std::env::var("MUTANT").ok().and_then(|number| number.parse().ok()).unwrap_or(0)
});
/// Whether the mutant of this number is turned on.
#[inline]
pub fn mutant(number: u32) -> bool {
    *MUTANT == number
}
"""


def run(command, **options):
    return subprocess.run(command, text=True, capture_output=True, **options)


def block_end(text, start):
    """Where the block ends whose `{` is the first one from here."""
    depth = 0
    for place in range(text.index("{", start), len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return len(text)


def blamed(copy, span):
    """The numbers of the mutants that an error at this span is about: the innermost switch around it, or, where
    there is none, all in the lines near it."""
    data = (copy / span["file_name"]).read_bytes()
    text, at = data.decode(), len(data[:span["byte_start"]].decode())
    inner = None
    for switch in re.finditer(r"crate::mutant\(\s*(\d+)(?:u32)?\s*\)", text):
        if switch.start() > at + 60:
            break
        end = block_end(text, switch.end())
        otherwise = re.match(r"\s*else\s*\{", text[end + 1:end + 40])
        inside = switch.start() - 4 <= at <= end + 1
        beside = otherwise and at <= block_end(text, end + 1)
        if inside or (beside and inner is None):
            inner = int(switch.group(1))
    if inner is not None:
        return {inner}
    first = text.rfind("\n", 0, max(0, at - 3000)) + 1
    return {int(number) for number in re.findall(r"crate::mutant\(\s*(\d+)", text[first:at + 3000])}


def written(tool, copy, files, chosen, environment):
    """Writes the mutants into the copy, without those with which it does not compile."""
    numbers = copy.parent / "numbers"
    while True:
        numbers.write_text(" ".join(map(str, sorted(chosen))))
        for file in files:
            shutil.copy(ROOT / file, copy / file)
        subprocess.run([tool, "write", str(numbers), *files], cwd=copy, check=True)
        found = run(["cargo", "check", "--lib", "--message-format=json"], cwd=copy, env=environment)
        if found.returncode == 0:
            return chosen
        wrong = set()
        for line in found.stdout.splitlines():
            message = json.loads(line).get("message")
            if not isinstance(message, dict) or message["level"] != "error":
                continue
            spans = [span for span in message["spans"] if span["file_name"] in files]
            if spans:
                wrong |= blamed(copy, max(spans, key=lambda span: span["is_primary"]))
        wrong &= chosen
        if not wrong:
            sys.exit(found.stderr)
        print(f"{len(wrong)} of {len(chosen)} mutants do not compile", flush=True)
        chosen = chosen - wrong


def built(copy, tests, environment):
    """The test binaries, by name."""
    names = [part for name in tests for part in (["--lib"] if name == "lib" else ["--test", name])]
    found = run(["cargo", "test", "--release", "--no-run", "--bins", *names], cwd=copy, env=environment)
    if found.returncode != 0:
        sys.exit(found.stderr)
    places = re.findall(r"Executable (?:unittests )?(\S+) \((.*)\)", found.stderr)
    name = {"src/lib.rs": "lib", **{f"tests/{test}.rs": test for test in tests},
            **{f"tests/{test}/main.rs": test for test in tests}}
    return {name[source]: binary for source, binary in places if source in name}


def outcome(binary, copy, environment, patience):
    """0 if the tests pass; what else came of them."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    process = subprocess.Popen([copy / binary, "-q"], cwd=copy, env=environment, **quiet)
    try:
        return process.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return "never ends"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, default=200, help="how many mutants are drawn")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--tests", type=lambda text: text.split(","), default=TESTS,
                        help="what looks for them, in this order")
    parser.add_argument("--work", type=Path, default=ROOT / "target/mutants", help="where the copy is built")
    options = parser.parse_args()
    work = options.work.resolve()
    copy = work / "tree"
    files = sorted(str(path.relative_to(ROOT)) for folder in FOLDERS for path in (ROOT / folder).rglob("*.rs")
                   if "tests" not in path.parts and path.name != "tests.rs")
    for file in run(["git", "ls-files"], cwd=ROOT, check=True).stdout.splitlines():
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, copy / file)
    with open(copy / "src/lib.rs", "a", encoding="utf-8") as library:
        library.write(SWITCH)
    tools = dict(os.environ, CARGO_TARGET_DIR=str(work / "tool"))
    run(["cargo", "build", "--release"], cwd=ROOT / "benches/mutants", env=tools, check=True)
    tool = work / "tool/release/mutants"
    everything = [line.split("\t") for line in run([tool, "list", *files], cwd=ROOT, check=True).stdout.splitlines()]
    random.seed(options.seed)
    drawn = set(random.sample([int(mutant[0]) for mutant in everything], min(options.sample, len(everything))))
    environment = dict(os.environ, CARGO_TARGET_DIR=str(work / "target"), CARGO_MANIFEST_DIR=str(copy))
    print(f"{len(drawn)} of {len(everything)} mutants drawn", flush=True)
    chosen = written(tool, copy, files, drawn, environment)
    binaries = built(copy, options.tests, environment)
    allowed = {}
    for name in options.tests:
        started = time.monotonic()
        if outcome(binaries[name], copy, environment, None) != 0:
            sys.exit(f"{name} fails without a mutant")
        allowed[name] = 5 + PATIENCE * (time.monotonic() - started)
    survivors = []
    for count, (number, place, function, change) in enumerate((m for m in everything if int(m[0]) in chosen), 1):
        turned_on = dict(environment, MUTANT=number)
        if all(outcome(binaries[name], copy, turned_on, allowed[name]) == 0 for name in options.tests):
            survivors.append(f"{place}  {function}: {change}")
            print(f"survives: {survivors[-1]}", flush=True)
        if count % 20 == 0:
            print(f"{count} tried, {len(survivors)} survive", flush=True)
    found = len(chosen) - len(survivors)
    print(f"{found} of {len(chosen)} mutants are found: {100 * found / max(1, len(chosen)):.1f} %")


if __name__ == "__main__":
    main()
