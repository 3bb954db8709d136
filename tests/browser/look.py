"""Look at pages in a real browser: python3 tests/browser/look.py PAGE.html …

Each page is laid out by headless Chromium at the width of a desk and of a telephone, inside a
frame of exactly that width, with every folded part open. The script that measures it stands in the
page around the frames and leaves its findings there as JSON. It also gives the focus to some of the
notes on where a factor comes from, and points at some of the factors: the note must come into sight,
and what the factor comes from must light up. A page holds one script at most, the one that lights up,
and its policy allows nothing but what has the hash of that script.
Exit code 1 if anything is wrong, also if a page made wrong on purpose passes.
"""

import base64
import hashlib
import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WIDTHS = (1280, 390)

# How many pages the browser is given at a time.
TOGETHER = 12

MEASURE = """
onload = () => document.getElementById('findings').textContent =
  JSON.stringify([...document.querySelectorAll('iframe')].map(frame => look(frame.contentDocument)));
const look = page => {
  const wrong = [];
  const width = page.documentElement.clientWidth;
  const box = node => node.getBoundingClientRect();
  const what = node => `${node.tagName} "${node.textContent.trim().slice(0, 40)}"`;
  page.querySelectorAll('details').forEach(part => part.open = true);
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
  for (const node of page.querySelectorAll('svg')) {
    if (!(box(node).width > 0 && box(node).height > 0)) wrong.push(`without extent: ${what(node)}`);
    if (!node.querySelector('title')?.textContent.trim()) wrong.push('a picture without a title');
  }
  let level = 0;
  for (const node of page.querySelectorAll('h1, h2, h3, h4')) {
    if (+node.tagName[1] > level + 1 && level > 0) wrong.push(`a heading is skipped before ${what(node)}`);
    level = +node.tagName[1];
  }
  for (const node of page.querySelectorAll('a[href]')) {
    if (!page.querySelector(`[id="${node.hash.slice(1)}"]`)) wrong.push(`leads nowhere: ${what(node)}`);
  }
  const notes = [...page.querySelectorAll('a.note')];
  for (const note of notes) {
    const number = note.id.slice(1), group = note.hash.slice(2);
    if (!page.querySelector('.f' + number)) wrong.push(`about no factor: ${what(note)}`);
    if (!page.querySelector('.r' + group)) wrong.push(`from no read: ${what(note)}`);
  }
  for (const note of notes.slice(0, 3)) {
    note.focus();
    const place = box(note), read = page.querySelector('.r' + note.hash.slice(2));
    if (!(place.left >= 0 && place.right <= width + 1)) wrong.push(`out of sight: ${what(note)}`);
    if (read && getComputedStyle(read).backgroundColor === 'rgba(0, 0, 0, 0)') wrong.push(`stays dark: ${what(note)}`);
    note.blur();
    if (read && getComputedStyle(read).backgroundColor !== 'rgba(0, 0, 0, 0)') wrong.push(`stays lit: ${what(note)}`);
    const factor = page.querySelector('.f' + note.id.slice(1));
    factor?.dispatchEvent(new PointerEvent('pointerover', { bubbles: true }));
    if (!notes.some(node => box(node).left >= 0)) wrong.push(`out of sight when pointed at: ${what(note)}`);
    page.body.dispatchEvent(new PointerEvent('pointerover', { bubbles: true }));
  }
  const lost = scrolls.map(node => Math.round(node.scrollWidth - node.clientWidth));
  return { wrong, formulas: formulas.length, scrolls: lost, notes: notes.length };
};
"""

BROKEN = {
    "px wide": "<div style='width:2000px'>wide</div>",
    "without extent": "<math></math>",
    "not laid out as mathematics": "<math style='display:block'><mi>x</mi></math>",
    "no fraction": "<math><mfrac><mi>a</mi><mi style='position:relative;top:-5em'>b</mi></mfrac></math>",
    "beyond the margin": "<div style='overflow:hidden'><div class='box' style='width:1500px'>x</div></div>",
    "a heading is skipped": "<h1>a</h1><h3>b</h3>",
    "leads nowhere": "<a href='#x'>x</a>",
    "a picture without a title": "<svg width='9' height='9'></svg>",
    "about no factor": "<a class='note' id='n1' href='#r1'>a</a><math><mrow class='r1'><mi>x</mi></mrow></math>",
    "from no read": "<a class='note' id='n1' href='#r1'>a</a><math><mrow class='f1'><mi>x</mi></mrow></math>",
    "out of sight": "<a class='note' id='n1' href='#r1' style='position:fixed;left:-9em'>a</a>",
    "stays dark": "<a class='note' id='n1' href='#r1'>a</a><math><mrow class='r1'><mi>x</mi></mrow></math>",
    "a reason over its line": "<div>a</div><p class='reason' style='margin:-3em 0 0'>b</p>",
}

SCRIPTED = {
    "more than one script": "<script></script><script></script>",
    "does not allow its script": "<meta content=\"script-src 'sha256-x'\"/><script>1</script>",
}


def browser() -> str:
    """The Chromium of this machine."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return name
    sys.exit("no Chromium is installed")


def scripts(page: str) -> list[str]:
    """What is wrong with the scripts of a page."""
    held = re.findall(r"<script[^>]*>(.*?)</script>", page, re.S)
    allowed = re.search(r"script-src '([^']*)'", page)
    hashes = ["sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in held]
    if len(held) > 1:
        return ["it holds more than one script"]
    return [] if not held or allowed and allowed[1] == hashes[0] else ["its policy does not allow its script"]


def findings(pages: list[str], width: int) -> list[dict]:
    """What the measuring script says of pages at a width."""
    frame = "<iframe style='border:0;width:{}px;height:900px' srcdoc=\"{}\"></iframe>"
    with tempfile.TemporaryDirectory() as folder:
        around = Path(folder, "around.html")
        around.write_text(
            f"<!DOCTYPE html><meta charset='utf-8'><script>{MEASURE}</script>"
            + "".join(frame.format(width, html.escape(page)) for page in pages)
            + "<pre id='findings'></pre>",
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
        run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    found = re.search(r"<pre id=\"findings\">(.*?)</pre>", run.stdout, re.S)
    if not found or not found[1]:
        sys.exit(f"the browser said nothing\n{run.stderr[-2000:]}")
    return json.loads(html.unescape(found[1]))


def main() -> int:
    """Look at every page at every width; 1 if anything is wrong."""
    bad = False
    broken = [f"<!DOCTYPE html><body>{body}</body>" for body in BROKEN.values()]
    for complaint, said in zip(BROKEN, findings(broken, WIDTHS[0])):
        if not any(complaint in sentence for sentence in said["wrong"]):
            print(f"WRONG: no complaint of `{complaint}`")
            bad = True
    for complaint, page in SCRIPTED.items():
        if complaint not in " ".join(scripts(page)):
            print(f"WRONG: no complaint of `{complaint}`")
            bad = True
    paths = sys.argv[1:]
    for first in range(0, len(paths), TOGETHER):
        some = paths[first : first + TOGETHER]
        pages = [Path(path).read_text(encoding="utf-8") for path in some]
        for width in WIDTHS:
            for path, said in zip(some, findings(pages, width)):
                said["wrong"] += [] if said["formulas"] else ["no formula at all"]
                said["wrong"] += scripts(pages[some.index(path)])
                scrolls = f", {len(said['scrolls'])} scroll in their own place" if said["scrolls"] else ""
                print(f"{path} at {width} px: {said['formulas']} formulas, {said['notes']} notes{scrolls}")
                for sentence in said["wrong"]:
                    print(f"  WRONG: {sentence}")
                bad = bad or bool(said["wrong"])
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
