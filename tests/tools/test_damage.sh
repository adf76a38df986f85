#!/bin/sh
# Damaged and hostile files of every kind, given to the tools: exit 4, one line on stderr, no control
# byte in it, no file left behind, within 2 GiB of address space and 20 s of processor time. What each
# byte and each length of them leads to is for the tests of the library (tests/*/test_damage.c).
. "$(dirname "$0")/lib.sh"
golden=$source_folder/tests/golden
small_recipe small.yaml
gan-train small.yaml -q --out run --steps 2
cp run/latest.gan good.gan
cp -r run kept

# Sanitizers reserve more address space than any limit leaves, and OpenCL's compiler more than this.
bound=:
if (ulimit -v 2097152 && gan-convert --version) >/dev/null 2>&1; then bound='ulimit -v 2097152'; fi

# Also C1 as UTF-8, and what turns the direction of writing.
control() {
    LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]\|\302[\200-\237]\|\342\200[\250-\256]')" "$@"
}

# refused COMMAND...: as above.
note=
refused() {
    ls -R . >before.txt
    got=0
    case $1 in gan-convert | gan-inspect) limit=$bound ;; *) limit=: ;; esac
    ($limit; ulimit -t 20; exec "$@") >out.txt 2>err.txt </dev/null || got=$?
    [ $got -eq 4 ] || fail "exit $got: $* $note -- $(cat err.txt)"
    [ "$(wc -l <err.txt)" -eq 1 ] || fail "not one line: $* -- $(cat err.txt)"
    ! control out.txt err.txt || fail "a control byte came through: $* -- $(cat -v err.txt)"
    ls -R . >after.txt
    cmp -s before.txt after.txt || fail "a file was left: $* -- $(diff before.txt after.txt)"
}
: >out.txt >err.txt >before.txt >after.txt

# flip FILE AT: the byte, counted from 0, with all its bits turned.
flip() {
    byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
    printf "\\$(printf %03o $((255 - byte)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# --- Models --------------------------------------------------------------------------------------
# damage NAME FILE AT...: cut in the middle, and with each of these bytes flipped, it is refused by
# gan-convert. The bytes are those that the format says something with: a flip in a safetensors'
# element is another number, and no reader can know.
damage() {
    name=$1 file=$2
    shift 2
    head -c $(($(wc -c <"$file") / 2)) "$file" >"$name"
    refused gan-convert "$name" x.safetensors
    : >"$name"
    refused gan-convert "$name" x.safetensors
    for at; do
        cp "$file" "$name"
        chmod +w "$name"
        flip "$name" "$at"
        note="$file, byte $at"
        refused gan-convert "$name" x.safetensors
    done
}
: >damaged
damage damaged good.gan 0 9 20 30 2000
damage damaged "$golden/convert/torch.safetensors" 0 7 8 9 20
damage damaged "$golden/convert/savez.npz" 0 200 4159
damage damaged "$golden/convert/savez_compressed.npz" 0 200 3300
damage damaged "$golden/convert/torch.pt" 0 300 4009
damage damaged "$golden/convert/torch-legacy.pt" 2 20 600
damage damaged "$golden/convert/layers-discriminator.onnx" 0 2 60
head -c 900 good.gan >damaged
note=
for view in '' --verify --json --history --layers '--tensor weight' '--diff good.gan'; do
    refused gan-inspect $view damaged
done
refused gan-sample damaged -n 1 -o x.png
refused gan-train small.yaml -q --out fresh --resume damaged

# Sizes near 2^63, and names that would command the terminal.
safetensors() {
    length=$(printf %s "$1" | wc -c)
    printf "\\$(printf %03o $((length % 256)))\\$(printf %03o $((length / 256)))\\0\\0\\0\\0\\0\\0" >damaged
    printf '%s\0\0\200\077' "$1" >>damaged
}
for entry in '"shape":[9223372036854775807],"data_offsets":[0,4]' \
    '"shape":[4294967296,4294967296],"data_offsets":[0,4]' '"shape":[-1],"data_offsets":[0,4]' \
    '"shape":[1],"data_offsets":[9223372036854775803,9223372036854775807]' \
    '"shape":[1],"data_offsets":[0,18446744073709551619]'; do
    safetensors "{\"\\u001b[2J\\u0007\\r\\n\":{\"dtype\":\"F32\",$entry}}"
    refused gan-convert damaged x.gan
done
safetensors '{"a":{"dtype":"\u001b[2J\u009b2J","shape":[1],"data_offsets":[0,4]}}'
refused gan-convert damaged x.gan
printf '\377\377\377\377\377\377\377\177{}' >damaged
refused gan-convert damaged x.gan
# The same names in what is sound are shown escaped.
safetensors '{"\u001b[2J\u009b2J\u007f\u202e":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"__metadata__":{"recipe":"name: \u001b[2J"}}'
gan-convert damaged named.gan
for view in 'gan-inspect' 'gan-inspect --json' 'gan-inspect --tensor *2J*' 'gan-inspect --verify'; do
    $view named.gan >out.txt 2>err.txt
    ! control out.txt err.txt || fail "a control byte came through: $view -- $(cat -v out.txt)"
done
refused gan-sample named.gan -n 1 -o x.png

# --- Data ----------------------------------------------------------------------------------------
train() { refused gan-train small.yaml -q --out fresh --set data.skip_bad=false "$@"; }
printf '\0\0\010\003\177\377\377\377\177\377\377\377\177\377\377\377abc' >damaged
train --data damaged
printf '\0\0\015\002\0\0\0\144\0\0\0\002abc' | gzip >damaged.gz
train --data damaged.gz
head -c 20 damaged.gz >damaged
train --data damaged
head -c 3072 /dev/zero >damaged.bin
train --data damaged.bin
head -c 3073 /dev/zero | tr '\0' '\012' >damaged.bin
train --data damaged.bin
gzip -f damaged.bin
train --data damaged.bin.gz
# Twelve members of 32 MiB of zeros in 400 KB.
head -c 33554432 /dev/zero | gzip -9 >zeros.gz
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do cat zeros.gz; done >bomb.gz
train --data bomb.gz
for name in u8_v1.npy stored.npz deflated.npz; do
    head -c 150 "$golden/arrays/$name" >damaged
    train --data damaged
done
sed "s/'shape': (3,/'shape': (9223372036854775807,/" "$golden/arrays/u8_v1.npy" >damaged
train --data damaged
mkdir pictures
for name in rgb.png progressive.jpg; do
    rm -f pictures/*
    head -c 500 "$golden/pictures/$name" >"pictures/$name"
    train --data pictures --set data.size=[8,8]
    cp "$golden/pictures/$name" "pictures/$name"
    chmod +w "pictures/$name"
    flip "pictures/$name" 20
    train --data pictures --set data.size=[8,8]
done
rm -f pictures/*
escape=$(printf 'a\033[2J.png')
head -c 500 "$golden/pictures/rgb.png" >"pictures/$escape"
train --data pictures --set data.size=[8,8]

# --- Latents and recipes -------------------------------------------------------------------------
npy() { printf "\\223NUMPY\\1\\0\\166\\0%-117s\n" "{'descr': '<f4', 'fortran_order': False, 'shape': $1, }"; }
for shape in '(9223372036854775807, 4)' '(1, 9223372036854775807)' '(4611686018427387904, 4)' \
    '(0, 4)' '(2, 4)'; do
    { npy "$shape"; printf '0123456789abcdef'; } >damaged.npy
    refused gan-sample good.gan --latents damaged.npy -o x.png
done
{ npy '(1, 4)'; printf '\0\0\300\1770123456789ab'; } >damaged.npy # NaN
refused gan-sample good.gan --latents damaged.npy -o x.png
recipe() { refused gan-train damaged.yaml -q --out fresh; }
head -c 200 small.yaml >damaged.yaml
recipe
{ cat small.yaml; printf '"\033[2J\\e[2J\\x9b2J": 1\n'; } >damaged.yaml
recipe
{ cat small.yaml; printf 'objective: {kind: "\\e[2J\\a\\r\\n"}\n'; } >damaged.yaml
recipe
sed 's/size: 4,/size: 9223372036854775807,/' small.yaml >damaged.yaml
recipe
{ printf 'a0: &a0 [x,x,x,x,x,x,x,x,x]\n'
  for i in 1 2 3 4 5 6 7 8 9; do
      a=*a$((i - 1))
      printf 'a%d: &a%d [%s,%s,%s,%s,%s,%s,%s,%s,%s]\n' $i $i $a $a $a $a $a $a $a $a $a
  done; } >damaged.yaml
recipe

# --- A run's own files ---------------------------------------------------------------------------
# What resuming needs is in the checkpoint; metrics.jsonl is written again from it, whatever it holds.
printf '{"step": \033[2J' >run/metrics.jsonl
gan-train small.yaml -q --out run --resume --steps 3
! control run/metrics.jsonl || fail "damaged metrics were kept"
for file in run/*.gan; do head -c 700 "$file" >cut && mv cut "$file"; done
cp -r run before
refused gan-train small.yaml -q --out run --resume
diff -r run before || fail "a refused resume changed the run"
