#!/usr/bin/env bash
# Every layer of the catalogue as a page, as Markdown and as a notebook, as their readers take them: the pages
# are valid and fit a desk and a telephone, Pandoc finds every formula, the cells of every sixth notebook run
# (the module in it is that of `--format numpy`, which tests/modules.rs runs for every layer).
# Usage: catalogue.sh BACKPROSE VNU.jar
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
backprose=$(realpath "$1") vnu=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

derive() { # layer: in every form
  for form in html md ipynb; do
    "$backprose" derive "$1" --steps main -o "$1.$form" 2>>complaints || echo "$1: no .$form" >>failed
  done
}
export -f derive
export backprose
ls "$root"/layers/*.bp | xargs -n1 basename | sed 's/\.bp$//' | xargs -P"$(nproc)" -I{} bash -c 'derive {}'
if [ -f failed ]; then cat failed complaints; exit 1; fi

# The validator does not look hashes up; the browser holds the script against the one in the policy.
java -jar "$vnu" --Werror \
  --filterpattern '.*(Trailing slash on void|Inline script violates Content Security Policy).*' ./*.html
echo "valid: $(ls ./*.html | wc -l) pages"
python3 "$root/tests/browser/look.py" ./*.html
python3 "$root/tests/markdown/read.py" ./*.md | tail -1
# shellcheck disable=SC2046
python3 "$root/tests/modules/notebooks.py" $(ls ./*.ipynb | awk 'NR % 6 == 1') 2>/dev/null | tail -1
