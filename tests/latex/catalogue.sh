#!/usr/bin/env bash
# Every layer of the catalogue in LaTeX, without a warning: as fragments in a paper of two columns, and as
# pages. One run of TeX for all of them. Usage: catalogue.sh BACKPROSE LEVEL TEX…, for example
# catalogue.sh target/release/backprose main pdflatex lualatex
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
backprose=$(realpath "$1") level=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

derive() { # layer, option, file
  "$backprose" derive "$1" --general --steps "$level" --format latex $2 >"$3" || echo "$1" >>failed
}
export -f derive
export backprose level
ls "$root"/layers/*.bp | xargs -n1 basename | sed 's/\.bp$//' >layers
xargs -P"$(nproc)" -I{} bash -c 'derive {} "--label {}" fragment-{}.tex; derive {} --standalone page-{}.tex' <layers
if [ -f failed ]; then echo "not derived:"; cat failed; exit 1; fi

{
  echo '\documentclass[twocolumn]{article}'
  echo '\usepackage{amsmath,amssymb}'
  echo '\begin{document}'
  while read -r layer; do
    printf '\\section*{%s}\\typeout{== %s}\\input{fragment-%s}\n' "${layer//_/ }" "$layer" "$layer"
  done <layers
  echo '\end{document}'
} >paper.tex
{
  sed '/\\begin{document}/q' "page-$(head -1 layers).tex"
  while read -r layer; do
    printf '\\typeout{== %s}\n' "$layer"
    sed '1,/\\begin{document}/d;/\\end{document}/d' "page-$layer.tex"
  done <layers
  echo '\end{document}'
} >pages.tex

bad=0
for tex in "$@"; do
  for document in paper pages; do
    for round in 1 2; do
      "$tex" -no-shell-escape -interaction=nonstopmode -halt-on-error "$document.tex" >"$document.txt" ||
        { tail -30 "$document.txt"; exit 1; }
    done
    if grep -E '^(== |Over|Under)|Warning' "$document.txt" | grep -E -B1 '^(Over|Under)|Warning'; then
      echo "$document, $tex: warnings"
      bad=1
    else
      echo "ok: $(wc -l <layers) layers, $document, $tex, steps $level"
    fi
  done
done
if [ -n "${KEEP:-}" ]; then cp paper.* pages.* "$KEEP"; fi
exit "$bad"
