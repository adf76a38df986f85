#!/bin/sh
# gan-inspect: every view against what it said before, exit codes, messages.
. "$(dirname "$0")/lib.sh"
golden=$source_folder/tests/golden
expected=$source_folder/tests/tools/expected
export COLUMNS=100
cp "$golden/checkpoint-v1.gan" v1.gan
cp "$golden/checkpoint-example.gan" example.gan

# shows NAME CODE ARGUMENTS...: stdout is expected/NAME, stderr is empty.
shows() {
    name=$1 code=$2
    shift 2
    expect "$code" '' gan-inspect "$@"
    diff -u "$expected/$name" out.txt >&2 || fail "gan-inspect $* shows something else"
}
shows inspect-summary.txt 0 v1.gan
shows inspect-tensor.txt 0 --tensor 'generator.0.*' v1.gan
COLUMNS=50 shows inspect-heat-map.txt 0 --tensor 'optimizer.generator.m.*' v1.gan
gan-convert "$golden/convert/torch.safetensors" filters.gan
shows inspect-filters.txt 0 --tensor generator.3.weight filters.gan
shows inspect-history.txt 0 --history v1.gan
shows inspect-verify.txt 0 --verify v1.gan
shows inspect-same.txt 0 --diff v1.gan v1.gan
shows inspect-diff.txt 1 --diff v1.gan example.gan
shows inspect-diff.json 1 --json --diff example.gan v1.gan
shows inspect-example.json 0 --json example.gan
shows inspect-verify.json 0 example.gan --verify --json

# A path that is no UTF-8 is none the less JSON.
odd=$(printf 'odd-\377.gan')
cp example.gan "$odd"
for view in --verify --history '--tensor=*' "--diff $odd" ''; do
    set -f # the words of a view are words, its * is not a pattern here
    expect 0 '' gan-inspect --json $view "$odd"
    set +f
    grep -qF 'odd-\\xff.gan' out.txt || fail "the JSON document of '$view' does not name the file"
done

# Where values differ, by how much.
gan-convert v1.gan rounded.gan --network generator --dtype f16
gan-convert rounded.gan rounded.gan --dtype f32
gan-convert v1.gan exact.gan --network generator
shows inspect-values.txt 1 --diff exact.gan rounded.gan

# Damage is named by chunk and place; the JSON document says so too.
printf 'X' | dd of=v1.gan bs=1 seek=9000 conv=notrunc 2>/dev/null
expect 4 'chunk DATA at byte 4894 \(block 0 of tensor discriminator.1.weight\)' \
    gan-inspect --verify v1.gan
expect 4 'checksum' gan-inspect --verify --json v1.gan
grep -q '"sound": false' out.txt || fail "the JSON document does not say that it is damaged"
head -c 300 example.gan >cut.gan
expect 4 'cut short' gan-inspect cut.gan
expect 4 'not a clgan checkpoint; .*gan-convert' gan-inspect "$golden/checkpoint-v1.txt"
expect 4 'folder' gan-inspect .
expect 4 'absent' gan-inspect absent.gan
expect 4 'absent' gan-inspect --diff example.gan absent.gan

# The command line.
expect 2 'takes 1 checkpoint' gan-inspect
expect 2 'takes 2 checkpoints' gan-inspect --diff example.gan
expect 2 'takes 0 checkpoints' gan-inspect --devices example.gan
expect 2 'one of the two' gan-inspect --verify --history example.gan
expect 2 'no tensor' gan-inspect --tensor 'x*' example.gan
expect 2 'verify' gan-inspect --verifi example.gan

# A full disk, and a reader that has gone.
if [ -c /dev/full ]; then
    got=0
    gan-inspect example.gan >/dev/full 2>err.txt || got=$?
    [ "$got" -eq 5 ] || fail "a full disk gave exit $got"
fi
gan-inspect example.gan 2>err.txt | true
[ ! -s err.txt ] || fail "a closed pipe made it say: $(cat err.txt)"

# Devices: each is tested.
expect 0 '' gan-inspect --devices
grep -q 'self-test: passed' out.txt || fail "no device passed its self-test: $(cat out.txt)"
expect 0 '' gan-inspect --devices --json
grep -q '"self_test": "OK"' out.txt || fail "no device passed its self-test: $(cat out.txt)"
