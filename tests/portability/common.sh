# What the scripts of this folder share: source it after setting `build`.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_folder=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

pass() { echo "pass $1"; }
fail() { echo "fail $1: $2"; }
skip() { echo "skip $1: $2"; }

# has COMMAND: is it installed?
has() { command -v "$1" >/dev/null 2>&1; }

# limited SECONDS COMMAND...: with a time limit, its output in the log.
limited() {
    local seconds=$1
    shift
    echo "+ $*" >&2
    timeout "$seconds" "$@" >&2 2>&1
}

# has_rusticl: is Mesa's rusticl here, with its software device?
has_rusticl() {
    has clinfo && RUSTICL_ENABLE=llvmpipe clinfo -l 2>/dev/null | grep -qi llvmpipe
}

# data_for RECIPE: the options that give a recipe without data of its own something of its shape.
data_for() {
    if grep -q 'source: *builtin:' "$1"; then return; fi
    case $(basename "$1") in
    cifar* | *-32*)
        mkdir -p "$work/cifar"
        head -c $((3073 * 512)) /dev/zero >"$work/cifar/data_batch_1.bin"
        echo "--data $work/cifar"
        ;;
    *-64*) # 128 black images of (3, 64, 64), as IDX
        {
            printf '\000\000\010\004\000\000\000\200\000\000\000\003\000\000\000\100\000\000\000\100'
            head -c $((128 * 3 * 64 * 64)) /dev/zero
        } >"$work/images-idx4-ubyte"
        echo "--data $work/images-idx4-ubyte"
        ;;
    stacked-*) # 128 black images of (28, 28), as IDX: built-in digits have no end to count stacks by
        {
            printf '\000\000\010\003\000\000\000\200\000\000\000\034\000\000\000\034'
            head -c $((128 * 28 * 28)) /dev/zero
        } >"$work/images-idx3-ubyte"
        echo "--data $work/images-idx3-ubyte"
        ;;
    text-*) # 75 different characters, as the recipe's last layer has
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            echo "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789 .,;:!?'()-/\""
        done >"$work/characters.txt"
        echo "--data $work/characters.txt"
        ;;
    *) echo "--data builtin:digits" ;;
    esac
}
