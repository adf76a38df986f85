#!/bin/sh
# A disk that fills up during training: exit 5, one message, and the checkpoint before is still whole.
. "$(dirname "$0")/lib.sh"
small_recipe small.yaml
mkdir disk
if ! mount -t tmpfs -o size=300k clgan-test disk 2>/dev/null; then
    echo "skipped: a small disk can be mounted by root only"
    exit 0
fi
trap 'umount "$work/disk"; rm -rf "$work"' EXIT
expect 5 '(checkpoint-[0-9]*\.gan|report\.html|metrics\.jsonl).*[Nn]o space' gan-train small.yaml -q --out disk/run \
    --save-every 5 --keep 0 --steps 5000
expect 0 '' gan-inspect --verify disk/run/latest.gan
ls -A disk/run | grep -q tmp && fail "an unfinished file was left: $(ls -A disk/run)"
# Room again: the run goes on from where it was.
rm disk/run/checkpoint-000000[0-4]?.gan
expect 0 '' gan-train small.yaml -q --out disk/run --resume --save-every 0 --keep 0 --steps 200
expect 0 '' gan-inspect --verify disk/run/latest.gan
