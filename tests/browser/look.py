"""Look at pages in a real browser: python3 tests/browser/look.py PAGE.html …

Each page is laid out by headless Chromium at the width of a desk and of a telephone, inside a
frame of exactly that width, with every folded part open. The page itself holds no script; the one
that measures it stands in the page around the frame and leaves its findings there as JSON.
Exit code 1 if anything is wrong, also if a page made wrong on purpose passes.
"""

import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WIDTHS = (1280, 390)

MEASURE = """
onload = () => {
  const page = document.getElementById('page').contentDocument, wrong = [];
  const width = page.documentElement.clientWidth;
  const box = node => node.getBoundingClientRect();
  const what = node => `${node.tagName} "${node.textContent.trim().slice(0, 40)}"`;
  page.querySelectorAll('details').forEach(part => part.open = true);
  if (page.scripts.length) wrong.push('the page holds a script');
  if (page.documentElement.scrollWidth > width) {
    const wide = [...page.body.querySelectorAll('*')].find(node => box(node).right > width + 1);
    wrong.push(`the page is ${page.documentElement.scrollWidth} px wide${wide ? ', for example ' + what(wide) : ''}`);
  }
  const formulas = [...page.querySelectorAll('math')];
  for (const node of formulas) {
    if (!(box(node).width > 0 && box(node).height > 0)) wrong.push(`without extent: ${what(node)}`);
    if (!getComputedStyle(node).display.includes('math')) wrong.push(`not laid out as mathematics: ${what(node)}`);
  }
  for (const node of page.querySelectorAll('mfrac')) {
    const [above, below] = node.children;
    if (box(above).bottom > box(below).top + 1) wrong.push(`no fraction: ${what(node)}`);
  }
  for (const node of page.querySelectorAll('.box')) {
    if (box(node).right > width) wrong.push(`beyond the margin: ${what(node)}`);
  }
  for (const node of page.querySelectorAll('.reason')) {
    const line = node.previousElementSibling;
    const below = box(node).top >= box(line).bottom - 1, beside = box(node).left >= box(line).right - 1;
    if (!(below || beside && width > 640)) wrong.push(`a reason over its line: ${what(node)}`);
  }
  const scrolls = [...page.querySelectorAll('.display, .whole, .left, .right, .formula, .table')]
    .filter(node => node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX === 'auto');
  document.getElementById('findings').textContent =
    JSON.stringify({ wrong, formulas: formulas.length, scrolls: scrolls.length });
}
"""

BROKEN = {
    "px wide": "<div style='width:2000px'>wide</div>",
    "without extent": "<math></math>",
    "not laid out as mathematics": "<math style='display:block'><mi>x</mi></math>",
    "a script": "<script></script>",
    "no fraction": "<math><mfrac><mi>a</mi><mi style='position:relative;top:-5em'>b</mi></mfrac></math>",
    "beyond the margin": "<div style='overflow:hidden'><div class='box' style='width:1500px'>x</div></div>",
    "a reason over its line": "<div>a</div><p class='reason' style='margin:-3em 0 0'>b</p>",
}


def browser() -> str:
    """The Chromium of this machine."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return name
    sys.exit("no Chromium is installed")


def findings(page: str, width: int) -> dict:
    """What the measuring script says of a page at a width."""
    with tempfile.TemporaryDirectory() as folder:
        around = Path(folder, "around.html")
        around.write_text(
            f"<!DOCTYPE html><meta charset='utf-8'><script>{MEASURE}</script>"
            f"<iframe id='page' style='border:0;width:{width}px;height:900px' srcdoc=\"{html.escape(page)}\"></iframe>"
            "<pre id='findings'></pre>",
            encoding="utf-8",
        )
        options = "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-sync --no-first-run"
        command = [
            browser(),
            *options.split(),
            "--hide-scrollbars",
            f"--user-data-dir={folder}/profile",
            "--window-size=1400,1000",
            "--dump-dom",
            around.as_uri(),
        ]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    found = re.search(r"<pre id=\"findings\">(.*?)</pre>", run.stdout, re.S)
    if not found or not found[1]:
        sys.exit(f"the browser said nothing\n{run.stderr[-2000:]}")
    return json.loads(html.unescape(found[1]))


def main() -> int:
    """Look at every page at every width; 1 if anything is wrong."""
    bad = False
    for complaint, body in BROKEN.items():
        wrong = findings(f"<!DOCTYPE html><body>{body}</body>", WIDTHS[0])["wrong"]
        if not any(complaint in sentence for sentence in wrong):
            print(f"WRONG: no complaint of `{complaint}` about {body}")
            bad = True
    for path in sys.argv[1:]:
        for width in WIDTHS:
            said = findings(Path(path).read_text(encoding="utf-8"), width)
            said["wrong"] += [] if said["formulas"] else ["no formula at all"]
            print(f"{path} at {width} px: {said['formulas']} formulas, {said['scrolls']} scroll in their own place")
            for sentence in said["wrong"]:
                print(f"  WRONG: {sentence}")
            bad = bad or bool(said["wrong"])
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
