"""Nothing in a file is acted on: python3 tests/attack/inert.py FILE …

By the ending of a file: a page has the tags, attributes and links of a page of ours and no other; Markdown and the
cells of a notebook have, as Pandoc reads them, no raw HTML, no link and no picture but ours; a table of
comma-separated values has no cell that begins a formula; data is JSON; a module compiles; text has no character that a
terminal acts on; what is said has no command of GitHub Actions either, and a log no other than `::error file=` and
`::warning file=`. Exit code 1 if anything is wrong, also if one of the files made wrong on purpose passes.
"""

import csv
import io
import json
import re
import subprocess
import sys
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

TAGS = set(
    "html head meta title style body a header h1 h2 h3 h4 h5 p b i em strong nav details summary ol ul li main div section"
    " article span script code br table thead tbody tr th td figure figcaption svg g rect path text line circle defs"
    " marker polygon polyline tspan desc use title footer pre small sub sup ellipse clippath pattern time aside hr"
    " math mrow mi mn mo mtext mspace mfrac msub msup msubsup munder mover munderover mtable mtr mtd msqrt mroot mstyle"
    " wbr mpadded mphantom menclose semantics annotation merror mprescripts none mmultiscripts".split()
)
RAW = re.compile(r"<svg\b.*?</svg>|</?(?:details|summary|b|br|sub|sup|span|div|p)\b[^>]*>|<!--[^>]*-->", re.S)


class Page(HTMLParser):
    """What a page holds that ours do not."""

    def __init__(self):
        super().__init__()
        self.wrong, self.scripts = [], 0

    def handle_starttag(self, tag, attributes):
        self.scripts += tag == "script"
        if tag not in TAGS:
            self.wrong.append(f"a tag <{tag}>")
        for name, value in attributes:
            value = value or ""
            if name.startswith("on") or name in ("src", "srcset", "action", "formaction", "data", "srcdoc", "data-canary"):
                self.wrong.append(f"{name}={value!r} of <{tag}>")
            if name in ("href", "xlink:href") and not value.startswith("#"):
                self.wrong.append(f"a link to {value!r}")
            if name == "style" and re.search(r"url|expression|import|canary", value):
                self.wrong.append(f"style={value!r}")
            if name == "http-equiv" and value != "Content-Security-Policy":
                self.wrong.append(f"http-equiv={value!r}")


def page(text):
    read = Page()
    read.feed(text)
    if read.scripts > 1:
        read.wrong.append(f"{read.scripts} scripts")
    return read.wrong + unseen(text)


def inlines(node, found):
    """What Pandoc takes for raw HTML, links and pictures."""
    if isinstance(node, dict):
        kind, content = node.get("t"), node.get("c")
        if kind in ("RawInline", "RawBlock") and content[1].strip():
            found.append(("raw", content[1]))
        if kind == "Link":
            found.append(("link", content[2][0]))
        if kind == "Image":
            found.append(("picture", content[2][0]))
        if kind == "CodeBlock":
            found.append(("code", content[1]))
        if kind == "Math":
            found.append(("math", content[1]))
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            inlines(child, found)
    return found


def markdown(text):
    wrong = unseen(text)
    for dialect in ("commonmark", "gfm+tex_math_dollars"):
        read = subprocess.run(["pandoc", "-f", dialect, "-t", "json"], input=text, capture_output=True, text=True, check=True)
        for kind, what in inlines(json.loads(read.stdout), []):
            ours = {"raw": RAW.sub("", what).strip() == "", "link": what.startswith(("#", "http://", "https://", "mailto:")), "picture": False}
            ours["code"] = not re.search(r"click|<script|href", what)
            ours["math"] = not re.search(r"\\(href|class|style|require|input|write|def|immediate|include|html|url)\b|<\S", what)
            if not ours[kind]:
                wrong.append(f"{dialect}: {kind} {what[:80]!r}")
            if kind == "raw":
                wrong += [f"{dialect}: {what}" for what in page(what)]
    return wrong


def notebook(text):
    wrong, words = [], []
    for cell in json.loads(text)["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            words.append(source)
            if len(re.findall(r"(?m)^\s*(?:```|~~~)", source)) % 2:
                wrong.append(f"a fence stays open in {source[:80]!r}")
        else:
            compile(source, "cell", "exec")
            wrong += unseen(source)
    return wrong + markdown("\n\n".join(words))


def table(text):
    rows = list(csv.reader(io.StringIO(text, newline="")))
    wrong = [] if len({len(row) for row in rows}) <= 1 else ["rows of different lengths"]
    for separators in ("", ";", "\t"):
        cells = [part for row in rows for cell in row for part in (re.split(f"[{separators}]", cell) if separators else [cell])]
        wrong += [f"a formula {cell!r}" for cell in cells if re.match(r"\s*[=+\-@\t\r＝＋－＠]", cell)]
    return wrong


def unseen(text):
    """Characters that a terminal acts on, or that show a text otherwise than it is."""
    bad = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") and c not in "\n\u2061\u2062\u2063\u2064\u200c\u200d"}
    return [f"the characters {sorted(hex(ord(c)) for c in bad)}"] if bad else []


def plain(text):
    """What is printed where a runner of GitHub Actions reads along: no line is a command."""
    wrong = [f"a command {line[:80]!r}" for line in text.split("\n") if line.lstrip().startswith("::")]
    return wrong + unseen(text)


def log(text):
    lines = text.split("\n")
    ours = [line for line in lines if re.match(r"::(error|warning) file=\S", line)]
    rest = [line for line in lines if line not in ours]
    wrong = [f"a command {line[:80]!r}" for line in rest if "##[" in line]
    wrong += [f"a canary {line[:80]!r}" for line in ours if line.startswith("::error file=canary")]
    return wrong + plain("\n".join(rest)) + unseen(text)


CHECKS = {".html": page, ".md": markdown, ".ipynb": notebook, ".csv": table, ".txt": unseen, ".said": plain, ".log": log}
CHECKS[".json"] = lambda text: [] if isinstance(json.loads(text), dict) else ["no object"]
CHECKS[".py"] = lambda text: (compile(text, "module", "exec"), unseen(text))[1]

BROKEN = {
    ".html": ["<p onclick=x>", "<a href=javascript:x>y</a>", "<script></script><script></script>", "<iframe>", "<p>\u202ex"],
    ".md": ["<script>x</script>", "[a](b)", "![a](b)", "a <b onclick=x>b</b>", "$\\href{a}{b}$", "\u202ex"],
    ".csv": ["a,=1\n", "a;=1\n", "a,b\nc\n"],
    ".txt": ["\x1b[31m", "\u202e"],
    ".said": ["x\n  ::stop-commands::x", "\x1b[31m"],
    ".log": ["::stop-commands::x", "::error file=canary::x", "x ##[error]y"],
}


def main(files):
    wrong = [f"{kind}: {text!r} passes" for kind, texts in BROKEN.items() for text in texts if not CHECKS[kind](text)]
    for name in files:
        path = Path(name)
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read()
        wrong += [f"{path.name}: {what}" for what in CHECKS[path.suffix](text)[:8]]
    print("\n".join(wrong) or f"{len(files)} files are inert")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
