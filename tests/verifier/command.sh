#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The command line of lfi-verify: command.sh LFI-VERIFY
set -eu
verify=$1
here=$(cd "$(dirname "$0")" && pwd)
lfi_file=$here/../lfi-file
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

# expect STATUS ARGUMENT...: runs it, keeps what it says.
expect() {
    want=$1
    shift
    got=0
    "$verify" "$@" >out 2>err || got=$?
    if [ "$got" != "$want" ]; then
        echo "lfi-verify $*: exit status $got, not $want" >&2
        cat out err >&2
        exit 1
    fi
}

says() {
    if ! grep -q -- "$2" "$1"; then
        echo "nothing like '$2' in:" >&2
        cat "$1" >&2
        exit 1
    fi
}

printf '\364\364' >good
printf '\220\303' >bad
head -c 64 /dev/zero | tr '\0' '\303' >worse

expect 0 --help
says out '^Usage: lfi-verify'
archs=$(sed -n 's/^ *\([a-z0-9_]*\) *a multiple of [0-9]*\( (default)\)\{0,1\}$/\1/p' out)
[ "$(echo "$archs" | wc -l)" -ge 2 ]
expect 0 --version
says out '^lfi-verify '
# What is wrong with a command line is named, and where to read more.
expect 2
says err '^Usage: lfi-verify'
wrong() {
    message=$1
    shift
    expect 2 "$@"
    says err "lfi-verify: $message"
    says err "^Try 'lfi-verify --help'.\$"
    [ ! -s out ]
}
wrong 'no file named' --raw
wrong "unrecognized option '--nonsense'" --nonsense good
wrong "unknown mode 'none'; there are: full, stores, jumps" --mode=none good
wrong "unknown mode 'none'" --raw --mode=none good
wrong "option '--mode' requires an argument" --mode
wrong "'33' is no address of code: a multiple of 32" --raw --address=33 good
wrong "'3x' is no number" --raw --address=3x good
wrong "'9-3' is no range" --raw --image=9-3 good
wrong "'--address' is for --raw only" --address=32 good

# Each rule has its explanation: more than the message, wrapped. The same rules are in the documentation, and each has
# its hostile cases.
expect 0 --explain
sed 's/ .*//' out >rules
[ "$(wc -l <rules)" -ge 40 ]
[ "$(sort -u rules | wc -l)" = "$(wc -l <rules)" ]
while read -r rule; do
    message=$(sed -n "s/^$rule  *//p" out)
    cp out list
    expect 0 --explain "$rule"
    head -n 1 out | grep -qxF "$rule: $message" || { echo "--explain $rule: not its message" >&2; exit 1; }
    sed '1,/^$/d' out >text
    [ "$(wc -w <text)" -ge 10 ] || { echo "--explain $rule: too short" >&2; exit 1; }
    if grep -n '.\{80\}' text; then
        echo "--explain $rule: not wrapped" >&2
        exit 1
    fi
    cp out once
    expect 0 --explain="$rule"
    cmp out once
    cp list out
done <rules
awk '/^\| rule \|/ { rules = 1 } /^$/ { rules = 0 } rules && sub(/^\| `/, "") { sub(/`.*/, ""); print }' \
    "$here/../../docs/verifier.md" | sort -u >documented
sort rules | diff documented -
for rule in $(cat rules); do
    case $rule in
    elf-*) grep -q "\"$rule\"" "$here/hostile/elf.def" ;;
    *) ls "$here"/*/hostile/"$rule.txt" >/dev/null ;;
    esac || { echo "$rule: no hostile case" >&2; exit 1; }
done
expect 0 --explain return call-end
[ "$(grep -c '^\(return\|call-end\): ' out)" = 2 ]
wrong "no rule is called 'nonsense'; --explain lists them" --explain nonsense
wrong "no rule is called ''" --explain=

expect 0 --raw good
expect 1 --raw bad
says err '^lfi-verify: bad:0x1: return: .* \[c3\] ret$'
expect 1 --raw good bad good
expect 1 --raw --quiet bad
[ ! -s err ]
expect 1 --raw worse
says err '--all shows them'
[ "$(wc -l <err)" = 21 ]
expect 1 --raw --all worse
[ "$(wc -l <err)" = 64 ]
expect 1 --raw --address=0x1000 bad
says err 'bad:0x1001: '
expect 0 --raw --stats good
says out '^good: mode full, 2 bytes of code, [0-9.]* s, '
expect 0 --raw --mode=jumps --stats good
says out '^good: mode jumps, '
expect 1 --stats good
says out '^good: mode unknown, 0 bytes'
expect 1 missing
says err '^lfi-verify: missing: '
expect 1 .
expect 1 good
says err '^lfi-verify: good:0x0: elf-header: '
"$verify" --raw - <good

# Loads are free in `stores`, stores only in `jumps`.
printf '\213\007' >load
printf '\211\007' >store
expect 1 --raw load
expect 0 --raw --mode=stores load
expect 1 --raw --mode=stores store
expect 0 --raw --mode=jumps store
# The note says what the code is verified for, --mode whether that is enough.
for arch in $archs; do
    for note in 0:full 1:stores 2:jumps; do
        "$lfi_file" $arch ${note%:*} >${note#*:}
        expect 0 --mode=jumps --stats ${note#*:}
        says out "^${note#*:}: mode ${note#*:}, 128 bytes of code"
    done
    expect 0 full
    expect 0 --mode=full full
    expect 0 --mode=stores full stores
    for mode in stores jumps; do
        expect 1 $mode
        says err "^lfi-verify: $mode:0xe8: elf-mode: confined less.* mode '$mode' lets it read .*--mode=$mode "
        [ "$(wc -l <err)" = 1 ]
        expect 1 --mode=full $mode
        expect 1 --stats $mode
        says out "^$mode: mode $mode, 128 bytes"
    done
    expect 1 --mode=stores full stores jumps
    says err '^lfi-verify: jumps:0xe8: elf-mode: .* read and write all of the host'
    expect 0 --mode=jumps jumps stores full
    expect 1 --mode=jumps --mode=full jumps
    # More than the note says is broken whatever is accepted.
    for pair in 0:1:load 0:2:store 1:2:store; do
        rest=${pair#*:}
        "$lfi_file" $arch "${pair%%:*}" "${rest%:*}" >pair
        expect 1 --mode=jumps pair
        says err ": ${pair##*:}-address: "
    done
    "$lfi_file" $arch 3 >three
    expect 1 --mode=jumps three
    says err ': elf-note: .*unknown mode'
done

for arch in $archs; do
    # shellcheck source=x86_64/command.sh
    . "$here/$arch/command.sh"
done
wrong "unknown architecture 'arm'; there are:\( [a-z0-9_]*\)\{2\}" --raw --arch=arm good
