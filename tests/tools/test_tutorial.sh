#!/bin/sh
# docs/tutorial.md as a newcomer types it: every block marked sh is run, in order; one marked
# "sh fails" must fail with a message; a block marked output is what the one before it printed last.
. "$(dirname "$0")/lib.sh"
ln -s "$source_folder/models" models
mkdir blocks

# blocks/NN.sh, blocks/NN.fails, blocks/NN.output
awk '
    /^```/ && inside { inside = 0; close(file); next }
    /^```sh fails$/ { inside = 1; file = sprintf("blocks/%02d.fails", ++count); next }
    /^```sh$/ { inside = 1; file = sprintf("blocks/%02d.sh", ++count); next }
    /^```output$/ { inside = 1; file = sprintf("blocks/%02d.output", count); next }
    /^```/ { print "unknown block: " $0 > "blocks/unknown"; inside = 1; file = "/dev/null"; next }
    inside { print > file }
' "$source_folder/docs/tutorial.md"
[ ! -e blocks/unknown ] || fail "$(cat blocks/unknown)"
[ "$(ls blocks/*.sh | wc -l)" -ge 10 ] || fail "the tutorial has lost its blocks"

for block in blocks/*.sh blocks/*.fails; do echo "$block"; done | sort >order.txt
while read -r block; do
    got=0
    sh -eu "$block" >out.txt 2>err.txt </dev/null || got=$?
    case $block in
    *.sh) [ "$got" -eq 0 ] || fail "exit $got of: $(cat "$block") -- $(cat err.txt)" ;;
    *.fails)
        [ "$got" -ne 0 ] || fail "does not fail: $(cat "$block")"
        [ -s err.txt ] || fail "says nothing: $(cat "$block")"
        ;;
    esac
    expected=${block%.*}.output
    [ ! -e "$expected" ] || tail -n "$(wc -l <"$expected")" out.txt | cmp -s - "$expected" ||
        fail "printed something else than the tutorial says: $(cat "$block") -- $(cat out.txt)"
done <order.txt
