#!/bin/sh
# Completions as the shells that are here take them: bash, fish and zsh.
. "$(dirname "$0")/lib.sh"
mkdir folder
: >run.gan
for tool in gan-train gan-sample gan-inspect gan-convert; do
    gan_name=$(echo "$tool" | tr - _)
    "$tool" --generate bash >"$tool.bash"
    "$tool" --generate fish >"$tool.fish"
    "$tool" --generate zsh >"_$tool"
    grep -q "_$gan_name" "$tool.bash" || fail "bash's completion of $tool has another name"
done

# offers 'EXPECTED' WORDS...: what is offered for the last of the words, sorted, on one line.
if command -v bash >/dev/null 2>&1; then
    cat >offer.bash <<'BASH'
source "$1.bash"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
"_${1//-/_}"
printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd' '
BASH
    offers() {
        expected=$1
        shift
        got=$(bash offer.bash "$@")
        [ "$got" = "$expected" ] || fail "bash offers '$got' for: $*"
    }
    offers '--format' gan-sample --fo
    offers 'png pnm' gan-sample run.gan --format p
    offers 'png pnm' gan-sample run.gan --format = p
    offers 'auto ema raw' gan-sample run.gan --weights =
    offers 'run.gan' gan-sample ru
    offers 'run.gan' gan-train r.yaml --resume ru
    offers 'auto cpu gpu' gan-inspect --device ''
    offers '' gan-train --seed ''
    offers '' gan-sample run.gan --grid ru
fi
if command -v fish >/dev/null 2>&1; then
    offers() {
        got=$(HOME=$work fish --no-config -c "source $2; complete -C '$3'" | cut -f1 | sort | paste -sd' ')
        [ "$got" = "$1" ] || fail "fish offers '$got' for: $3"
    }
    offers '--format' gan-sample.fish 'gan-sample --fo'
    offers 'png pnm' gan-sample.fish 'gan-sample run.gan --format p'
    offers 'run.gan' gan-convert.fish 'gan-convert ru'
    offers '' gan-train.fish 'gan-train --seed ru'
fi
if command -v zsh >/dev/null 2>&1; then
    for tool in gan-train gan-sample gan-inspect gan-convert; do
        zsh -f -c "fpath=($work \$fpath); autoload -Uz compinit; compinit -u -D
            autoload +X _$tool && [ \"\$_comps[$tool]\" = _$tool ]" || fail "zsh does not load _$tool"
        zsh -f -n "_$tool" || fail "zsh rejects _$tool"
    done
fi
