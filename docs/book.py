"""Makes the pages ready for mdBook: formulas for MathJax, no links out of the book.

Markdown would read the signs of a formula as its own, so each is escaped. Code stays as it is.
"""

import json
import re
import string
import sys

PARTS = re.compile(
    r"(?ms)^ *(?P<fence>`{3,}|~{3,}).*?^ *(?P=fence)"
    r"|(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"
    r"|\$\$(?P<display>.+?)\$\$"
    r"|\$(?P<inline>[^$\n]+)\$"
    r"|\[(?P<words>[^\]\n]+)\]\(\.\./[^)\n]*\)"
)


def escaped(formula: str) -> str:
    """The formula as text that Markdown leaves alone."""
    return "".join("\\" + c if c in string.punctuation else c for c in " ".join(formula.split()))


def part(found: re.Match[str]) -> str:
    """One part of a page as the book shows it."""
    if (formula := found["display"]) is not None:
        return escaped(rf"\[ {formula} \]")
    if (formula := found["inline"]) is not None:
        return escaped(rf"\( {formula} \)")
    return found["words"] or found[0]


def prepare(items: list) -> None:
    """Rewrites every chapter in place."""
    for item in items:
        if isinstance(item, dict) and "Chapter" in item:
            chapter = item["Chapter"]
            chapter["content"] = PARTS.sub(part, chapter["content"])
            prepare(chapter["sub_items"])


if __name__ == "__main__":
    if sys.argv[1:2] == ["supports"]:
        sys.exit(0 if sys.argv[2] == "html" else 1)
    _, book = json.load(sys.stdin)
    prepare(book.get("items", book.get("sections", [])))
    json.dump(book, sys.stdout)
