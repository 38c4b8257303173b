#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Rewrites, assembles, links, post-links and verifies the inputs of the golden tests in $1, in every mode. $2, $3, $4 are
# lfi-rewrite, lfi-postlink and lfi-verify.
command -v clang-19 >/dev/null && command -v ld.lld-19 >/dev/null && command -v llvm-objdump-19 >/dev/null ||
    { echo "skipped: no clang-19, ld.lld-19 or llvm-objdump-19"; exit 77; }
program=$2
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
rewrite() { "$program" --expander=clang-19 --disassembler=llvm-objdump-19 "$@"; }
assemble() {
    clang-19 -cc1as -triple x86_64-linux-musl -filetype obj -o "$2" "$1"
}
cat >"$dir/note.s" <<'END'
	.section .note.lfi,"a",@note
	.p2align 2
	.long	4, 16, 2
	.asciz	"BOX"
	.long	2, 62, 0xffffffff, 0
END
assemble "$dir/note.s" "$dir/note.o" || exit 1
# x is a thread-local variable in one of the tests
here=$(dirname "$0")
{ cat "$here/symbols.s"; printf 'x:\t.quad\t0\n'; } >"$dir/data.s"
{ cat "$here/symbols.s"; printf '\t.section .tdata,"awT",@progbits\nx:\t.quad\t0\n'; } >"$dir/tls.s"
status=0
for input in control stack string thread labels exceptions memory implicit r11 data rare sections kept-r11 encoded avx512; do
    for mode in full stores jumps; do
        data=data && [ $input = thread ] && data=tls
        rewrite --mode=$mode "$dir/$data.s" -o "$dir/symbols.out.s" &&
            assemble "$dir/symbols.out.s" "$dir/symbols.o" || exit 1
        rewrite --mode=$mode "$1/$input.s" -o "$dir/out.s" && assemble "$dir/out.s" "$dir/out.o" &&
            ld.lld-19 -pie --no-dynamic-linker -z separate-code -z notext -z noexecstack \
                --defsym=_start=g -o "$dir/out" "$dir/note.o" "$dir/out.o" "$dir/symbols.o" && "$3" --mode=$mode "$dir/out" && "$4" --mode=$mode "$dir/out" ||
            { echo "failed: $input, $mode"; status=1; }
    done
done
exit $status
