"""Read Markdown as its readers do: python3 tests/markdown/read.py PAGE.md …

Each page goes through Pandoc as GitHub's Markdown with dollar signs and as CommonMark with
extensions, without a warning, and both find the formulas that are written in it. As CommonMark
without mathematics, which is what a renderer sees that looks for formulas afterwards, no formula may
lose a character, the breaks of lines aside. Then what is known to go wrong on GitHub, in Jupyter, or in TeX. With --pdf the
pages are set as one LaTeX document, too. Exit code 1 if anything is wrong, also if a page made wrong
on purpose passes.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

DIALECTS = ("gfm+tex_math_dollars", "commonmark_x")

FORMULA = re.compile(r"\$\$\n(.*?)\n\$\$|(?<![\\$])\$(?!\$)([^$\n]+?)\$", re.S)

FENCED = re.compile(r"^(?:```.*?^```|<svg.*?^</svg>)$|`[^`\n]+`", re.S | re.M)

# What a formula must not hold, and why.
PITFALLS = {
    r"\\[,;:!{}|_%#&]": "a renderer takes the backslash for an escape",
    r"\\\\(?!\n)": "a line of a formula ends within a line of Markdown",
    r"\n\n": "an empty line ends the formula",
    r"<(?![ ]|$)": "a tag begins",
    r"\\(label|ref|eqref|tag|def|newcommand|DeclareMathOperator|require|mbox|href|class|cssId|style)\b": "GitHub refuses it",
    r"(?m)^\s*([-+=>#]|\d+[.)])(\s|$)": "a list, a heading or a quotation begins",
    r"[`$]": "another delimiter",
    r"[\u2212\u00b7\u2026\ue000-\uf8ff]": "a character that TeX does not know",
}

BROKEN = {
    "an escape": "$a\\,b$",
    "ends within a line": "$$\na \\\\ b\n$$",
    "empty line": "$$\na\n\nb\n$$",
    "a tag": "$a<b$",
    "refuses": "$$\na \\label{x}\n$$",
    "a list": "$$\n- a\n$$",
    "beside a formula": "is $a$5 long",
    "cells": "| a | b |\n| :-- | :-- |\n| $x|y$ | z |",
    "finds other formulas": "$a$ and $ b$ and $c$",
    "an image of its own": "<svg></svg>",
    "loses": "$x*y$ and $z*w$",
}


def pandoc(text: str, *options: str) -> tuple[str, str]:
    """What Pandoc writes, and what it complains of."""
    run = subprocess.run(["pandoc", *options], input=text, capture_output=True, text=True, check=False)
    return run.stdout, run.stderr


def seen(text: str, dialect: str) -> tuple[list[str], str]:
    """The formulas that Pandoc finds, and what it complains of."""
    out, wrong = pandoc(text, "-f", dialect, "-t", "json")
    found: list[str] = []

    def walk(node) -> None:
        if isinstance(node, dict):
            if node.get("t") == "Math":
                found.append(node["c"][1])
            else:
                walk(node.get("c"))
                walk(node.get("blocks"))
        elif isinstance(node, list):
            for item in node:
                walk(item)

    walk(json.loads(out))
    return found, wrong


def plain(text: str) -> str:
    """The text without white space."""
    return re.sub(r"\s+", "", text)


def formulas(text: str) -> list[tuple[str, str, str]]:
    """Every formula with the characters beside it."""
    found = []
    for match in FORMULA.finditer(text):
        before, after = text[: match.start()][-1:], text[match.end() :][:1]
        found.append((match[1] or match[2], before, after))
    return found


def complaints(text: str) -> list[str]:
    """What is wrong with a page."""
    wrong = []
    prose = FENCED.sub("", text)
    written = formulas(prose)
    for formula, before, after in written:
        for pattern, why in PITFALLS.items():
            if re.search(pattern, formula):
                wrong.append(f"{why}: {formula[:100]}")
        if re.match(r"\w", before) or re.match(r"[\w$]", after):
            wrong.append(f"a letter or a digit beside a formula: {before}${formula[:60]}${after}")
    expected = sorted(plain(formula) for formula, *_ in written)
    for dialect in DIALECTS:
        found, said = seen(text, dialect)
        if said:
            wrong.append(f"{dialect}: {said.strip()[:300]}")
        found = sorted(map(plain, found))
        if found != expected:
            other = next((a for a, b in zip(found + [""], expected + [""]) if a != b), "")
            wrong.append(f"{dialect} finds other formulas: {len(found)} of {len(expected)}, {other[:80]}")
    words, _ = pandoc(prose, "-f", "commonmark", "-t", "plain", "--wrap=none")
    words = plain(words)
    for formula, *_ in written:
        if plain(formula.replace("\\\\\n", "\\\n")) not in words:
            wrong.append(f"without mathematics it loses characters: {formula[:100]}")
    for row in re.findall(r"^\|.*\|$", prose, re.M):
        if "$" in row and any(cell.count("$") % 2 for cell in re.split(r"(?<!\\)\|", row)):
            wrong.append(f"a formula is cut into cells: {row[:100]}")
    if "<svg" in text:
        wrong.append("an image of its own is text on GitHub and nothing in Jupyter")
    return wrong


def pdf(texts: list[str]) -> list[str]:
    """What is wrong with the pages as one LaTeX document."""
    with tempfile.TemporaryDirectory() as folder:
        target = str(Path(folder, "all.pdf"))
        _, wrong = pandoc("\n\n".join(texts), "-f", DIALECTS[0], "-o", target, "--pdf-engine=pdflatex")
        return [line for line in wrong.splitlines() if line.strip()]


def main() -> int:
    """Read every page; 1 if anything is wrong."""
    paths = [argument for argument in sys.argv[1:] if argument != "--pdf"]
    texts = [Path(path).read_text(encoding="utf-8") for path in paths]
    bad = False
    for complaint, text in BROKEN.items():
        if not any(complaint in sentence for sentence in complaints(text)):
            print(f"WRONG: no complaint of `{complaint}`: {complaints(text)}")
            bad = True
    count = 0
    for path, text in zip(paths, texts):
        count += len(formulas(FENCED.sub("", text)))
        for sentence in complaints(text):
            print(f"{path}: WRONG: {sentence}")
            bad = True
    print(f"{len(paths)} pages, {count} formulas read by {len(DIALECTS) + 1} readers")
    if "--pdf" in sys.argv:
        for sentence in pdf(texts):
            print(f"as PDF: WRONG: {sentence}")
            bad = True
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
