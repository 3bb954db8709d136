#!/usr/bin/env bash
# How many instructions the program takes for the jobs of instructions.txt, by callgrind, against what is written
# there: a job that takes a quarter more fails. A clock would say something else on every machine; this hardly does.
# Usage: instructions.sh BACKPROSE [--write]. NETWORK stands for a specification of 100 layers, CLASS for a folder of 100
# documents with the same answers.
set -euo pipefail
cd "$(dirname "$0")/.."
backprose=$(realpath "$1")
table=benches/instructions.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 - >"$work/network.bp" <<'PY'
layers = 100
print("layer network {\n  size B, N\n  input h0[B, N]")
for k in range(1, layers + 1):
    print(f"  weight W{k}[N, N]\n  h{k}[b, i] = relu(sum[j] W{k}[i, j] * h{k - 1}[b, j])")
print(f"  output h{layers}\n}}")
PY

mkdir "$work/class"
for k in $(seq 100); do cp tests/latex/homework2-answers.md "$work/class/$k.md"; done

count() { # a job: how many instructions it takes on one core
  local job=${1//NETWORK/$work/network.bp}
  # shellcheck disable=SC2086
  taskset -c 0 valgrind --tool=callgrind --callgrind-out-file=/dev/null "$backprose" ${job//CLASS/$work/class} \
    >"$work/out" 2>"$work/err" || [ $? = 1 ] || { tail -5 "$work/err" >&2; return 1; }
  sed -n 's/.*Collected : //p' "$work/err"
}

failed=0
while read -r written job; do
  found=$(count "$job")
  printf '%s %s\n' "$found" "$job" >>"$work/table"
  awk -v w="$written" -v f="$found" -v j="$job" 'BEGIN {
    printf "%14.1f million  %+6.1f %%  %s\n", f / 1e6, 100 * (f / w - 1), j; exit (f > 1.25 * w + 1e6) }' || failed=1
done <"$table"
if [ "${2:-}" = --write ]; then cp "$work/table" "$table"; exit 0; fi
if [ "$failed" = 1 ]; then echo "slower than $table says; if that is meant: instructions.sh BACKPROSE --write"; exit 1; fi
