#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# effect.sh SEED COUNT: random functions, as they are and rewritten for each mode, in one native program that compares what
# they do (run.c); what the rewriter made of them is verified, too. Environment: SDK; KEEP=FOLDER keeps all files there.
set -u
here=$(cd "$(dirname "$0")" && pwd)
sysroot=$SDK/sysroot/aarch64-native-linux-musl
[ -e "$sysroot/usr/lib/libc.a" ] || { echo "skipped: no $sysroot"; exit 77; }
if [ -n "${KEEP:-}" ]; then
    work=$KEEP
    mkdir -p "$work" || exit 1
else
    work=$(mktemp -d) || exit 1
    trap 'rm -rf "$work"' EXIT
fi
cd "$work" || exit 1

# Not the driver of that target: it links for any address.
cc()
{
    "$SDK/bin/clang" --target=aarch64-native-linux-musl --sysroot="$sysroot" "$@"
}

# verify VARIANT MODE: the functions alone, as an LFI file
verify()
{
    printf '\t.section .note.lfi,"a",@note\n\t.p2align 2\n\t.long 4, 16, 2\n\t.asciz "BOX"\n\t.long 2, 183, %s, 0\n' "$2" >note.s
    cc -c note.s -o note.o &&
        "$SDK/bin/ld.lld" -pie --no-dynamic-linker -z separate-code -z max-page-size=65536 -z notext -z noexecstack \
            --defsym=area=0x10000 --defsym=_start="$1_start" -o "$1.lfi" note.o "$1.o" && "$SDK/bin/lfi-verify" --mode="$1" "$1.lfi"
}

mode=0
for variant in original full stores jumps; do
    python3 "$here/generate.py" "$1" "$2" $variant >$variant.in.s || exit 1
    if [ $variant = original ]; then
        cp original.in.s original.s
        cc -c original.s -o original.o || exit 1
        continue
    fi
    "$SDK/bin/lfi-rewrite" --arch=aarch64 --mode=$variant $variant.in.s -o $variant.s &&
        cc -c $variant.s -o $variant.o && verify $variant $mode || exit 1
    mode=$((mode + 1))
done
cc -O1 -D_GNU_SOURCE -I"$here/../../../../include" -static -rtlib=compiler-rt -unwindlib=none -fuse-ld=lld \
    -Wl,--image-base=0x500010000,--defsym=area=0x540000000 \
    "$here/run.c" "$here/enter.S" original.o full.o stores.o jumps.o -o run || exit 1
"$SDK/bin/aarch64-native-run" ./run
