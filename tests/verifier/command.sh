#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The command line of lfi-verify: command.sh LFI-VERIFY
set -eu
verify=$1
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
expect 0 --version
says out '^lfi-verify '
expect 2
says err '^lfi-verify: '
expect 2 --nonsense good
expect 2 --mode=full good
expect 2 --raw --mode=none good
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
says out 'good: 2 bytes of code'
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
printf '\213\005\000\020\000\000' >rip
expect 1 --raw rip
expect 0 --raw --image=0-0x2000 rip

# AArch64: svc and brk, and an address that is no multiple of 32.
printf '\001\000\000\324' >svc
printf '\000\000\040\324' >brk
expect 1 --raw --arch=aarch64 svc
says err '^lfi-verify: svc:0x0: system-call: .* \[01 00 00 d4\] svc$'
expect 0 --raw --arch=aarch64 --address=0x1000 brk
expect 0 --raw --arch=aarch64 --address=0x1004 brk
expect 2 --raw --arch=aarch64 --address=0x1002 brk
expect 2 --raw --arch=arm brk
expect 2 --arch=aarch64 brk
