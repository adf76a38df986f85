#!/bin/sh
# What the tools say on terminals of any width, and where a standard stream is closed. (util-linux's
# script makes the terminal.)
. "$(dirname "$0")/lib.sh"
small_recipe small.yaml

# A closed stream does not lend its number to a file that then gets what was meant for the stream.
gan-train small.yaml --verbose --out unheard --steps 100 --log-every 10 2>&-
[ "$(wc -l <unheard/metrics.jsonl)" -eq 10 ] || fail "metrics.jsonl holds other lines than metrics"
! grep -q 'training small' unheard/metrics.jsonl unheard/report.html unheard/recipe.yaml ||
    fail "a file of the run got what was said"
gan-inspect --verify unheard/latest.gan >/dev/null
for closed in 'gan-inspect unheard/latest.gan' 'gan-sample unheard/latest.gan --format raw -o -' \
    'gan-convert unheard/latest.gan - --to npz' 'gan-train --help'; do
    got=0
    $closed 2>err.txt >&- || got=$?
    [ "$got" -eq 5 ] || fail "exit $got with stdout closed: $closed"
    [ "$(grep -c 'stdout\|cannot be written' err.txt)" -eq 1 ] || fail "$closed: $(cat err.txt)"
done

if ! script -qec true /dev/null >/dev/null 2>&1; then
    echo "skipped: util-linux's script is not there to make a terminal"
    exit 0
fi
on_terminal() { # on_terminal COLUMNS COMMAND: what COMMAND shows there, in shown.txt
    env TERM=xterm-256color LC_ALL=C.UTF-8 script -qec "stty cols $1; $2" /dev/null </dev/null |
        tr -d '\r' >shown.txt
}

# Tables fit, and nothing of them is lost.
for columns in 60 80 120; do
    on_terminal "$columns" 'gan-inspect unheard/latest.gan'
    tr -d '\200-\277' <shown.txt >plain.txt # a byte a character
    sed -n '/^layer/,$p' plain.txt | awk -v most="$columns" 'length > most { exit 1 }' ||
        fail "wider than $columns columns: $(cat plain.txt)"
    for word in discriminator.0.weight deviation 'NaN, inf' histogram momentum; do
        grep -q "$word" plain.txt || fail "$word is lost on $columns columns"
    done
done
gan-inspect unheard/latest.gan >file.txt
[ "$(grep -c 'discriminator.0.weight' file.txt)" -ge 1 ] || fail "$(cat file.txt)"

# The bar is there from the first step, and its rate is one of steps that were made.
rm -rf unheard
on_terminal 80 'gan-train small.yaml --out seen --steps 200 --log-every 200'
tr '\033' '\n' <shown.txt >lines.txt
grep -q 'training .* 0% 0/200 steps$' lines.txt || fail "no bar before the first figures: $(cat lines.txt)"
! grep -Eq '[0-9]e\+[0-9]+ steps/s' lines.txt || fail "a rate of no steps: $(cat lines.txt)"
on_terminal 80 'gan-train small.yaml --out seen --steps 250 --log-every 200 --resume --quiet'
! grep -q 'steps' shown.txt || fail "--quiet shows a bar: $(cat shown.txt)"

# The game on numbers is drawn above the bar, where there are no colours with a letter for each curve:
# the data about 4, the generated about 5, D's optimum from 1 to 0 between them, D 1/4 everywhere.
cat >game.yaml <<'YAML'
batch: 16
steps: 1
log_every: 1
sample_every: 1
save_every: 0
data: {source: builtin:gauss1d}
latent: {size: 1, prior: normal}
generator:
  - dense: {units: 1, init: {kind: constant, value: 0.5}, bias_init: {kind: constant, value: 5}}
discriminator:
  - dense: {units: 1, init: zeros, bias_init: {kind: constant, value: -1.0986123}}
optimizer:
  generator: {kind: sgd, lr: 0}
  discriminator: {kind: sgd, lr: 0}
YAML
on_terminal 80 'gan-train game.yaml --out game'
tr -d '\200-\277' <shown.txt | tr '\342' '|' >plain.txt # a byte a character, and | for the axis
sed -n '/step 1: D is from 0.250 to 0.250/,$s/^[ 0-9.]*|//p' plain.txt | head -n 13 >rows.txt
grep -q "^ *\* data   o generated   + D's optimum   x D\$" plain.txt &&
    sed -n 1p rows.txt | grep -q '^++.* \*\**  *oo*$' && # the optimum's left end, and both peaks
    [ "$(grep -n '^x\{70,\}$' rows.txt | cut -d: -f1)" = 10 ] && # 3 of 12 rows above the last
    sed -n 13p rows.txt | grep -q '^oo* .* ++*$' || # no density at the left, no optimum at the right
    fail "other curves: $(cat plain.txt)"
