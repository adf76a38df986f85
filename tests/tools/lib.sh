# What the command-line tests share. Each test is a script `test_<what>.sh TOOLS SOURCE`: the folder
# of the built tools and the project's folder. It works in a folder of its own, and what it says on
# failure names the line.
set -eu
tools=$1
source_folder=$2
work=$(mktemp -d "${TMPDIR:-/tmp}/clgan-test-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
export PATH="$tools:$PATH" LC_ALL=C NO_COLOR=1

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# expect CODE PATTERN COMMAND...: the command exits with CODE, and stderr is one message (lines that
# belong to it are indented) in which the extended regular expression PATTERN is found; no message at
# all when PATTERN is empty.
expect() {
    code=$1 pattern=$2
    shift 2
    got=0
    "$@" >out.txt 2>err.txt || got=$?
    [ "$got" -eq "$code" ] || fail "exit $got, not $code: $* -- $(cat err.txt)"
    if [ -z "$pattern" ]; then
        [ ! -s err.txt ] || fail "said something: $* -- $(cat err.txt)"
    else
        [ "$(grep -c '^[^ ]' err.txt)" -eq 1 ] || fail "not one message: $* -- $(cat err.txt)"
        grep -Eq -- "$pattern" err.txt || fail "'$pattern' is not in: $(cat err.txt)"
    fi
}

# A recipe that trains in a second: a small net with batch norm, dropout, EMA and momentum slots.
small_recipe() {
    cat >"$1" <<'YAML'
name: small
seed: 3
batch: 20
steps: 200
data:
  source: builtin:ring8
latent: {size: 4, prior: normal}
generator:
  - dense: 24
  - batch_norm
  - relu
  - dense: 2
discriminator:
  - maxout: {units: 12, pieces: 3}
  - dropout: 0.25
  - dense: 1
optimizer:
  generator: {kind: adam, lr: 1e-3, beta1: 0.5}
  discriminator: {kind: sgd, lr: 1e-2, momentum: 0.5}
ema: {decay: 0.99}
log_every: 50
sample_every: 0
save_every: 0
YAML
}
