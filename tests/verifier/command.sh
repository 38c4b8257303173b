#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The command line of lfi-verify: command.sh LFI-VERIFY
set -eu
verify=$1
lfi_file=$(cd "$(dirname "$0")/.." && pwd)/lfi-file
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
says out '^ *x86_64 *a multiple of 32 (default)$'
says out '^ *aarch64 *a multiple of 4$'
expect 0 --version
says out '^lfi-verify '
expect 2
says err '^lfi-verify: '
expect 2 --nonsense good
expect 2 --mode=none good
expect 2 --raw --mode=none good
expect 2 --mode
expect 2 --raw --address=33 good
expect 2 --raw --image=9-3 good

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
for arch in x86_64 aarch64; do
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
        says err "^lfi-verify: $mode:0xe8: elf-mode: confined less.* mode .$mode' lets it read .*--mode=$mode "
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
printf '\213\005\000\020\000\000' >rip
expect 1 --raw rip
expect 0 --raw --image=0-0x2000 rip

# AArch64: svc and brk, and an address that is not a multiple of 32.
printf '\001\000\000\324' >svc
printf '\000\000\040\324' >brk
expect 1 --raw --arch=aarch64 svc
says err '^lfi-verify: svc:0x0: system-call: .* \[01 00 00 d4\] svc$'
expect 0 --raw --arch=aarch64 --address=0x1000 brk
expect 0 --raw --arch=aarch64 --address=0x1004 brk
expect 2 --raw --arch=aarch64 --address=0x1002 brk
expect 2 --raw --arch=arm brk
# Registers are named in the architecture's own messages: mov x30, x0; ret.
printf '\376\003\000\252\300\003\137\326' >link
expect 1 --raw --arch=aarch64 link
says err '^lfi-verify: link:0x4: link-register: branch where x30 is not guarded '
expect 2 --arch=aarch64 brk
