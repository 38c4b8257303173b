#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Assembles, links and verifies the expected outputs of the golden tests in $1, each in its mode. $2 is lfi-verify.
command -v clang-19 >/dev/null && command -v ld.lld-19 >/dev/null ||
    { echo "skipped: no clang-19 or ld.lld-19"; exit 77; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
assemble() {
    clang-19 -cc1as -triple aarch64-linux-musl -target-feature +all -filetype obj -o "$2" "$1"
}
# what the inputs leave undefined
cat >"$dir/symbols.s" <<'END'
	.weak	f, g, u, v, any, elsewhere, undefined
	.text
f:
g:
any:
elsewhere:
	ret
	.data
u:
v:
undefined:
	.xword	0
END
sed 's/\.data/.section .tdata,"awT",@progbits/' "$dir/symbols.s" >"$dir/tls.s"
assemble "$dir/symbols.s" "$dir/symbols.o" && assemble "$dir/tls.s" "$dir/tls.o" || exit 1
status=0
count=0
for file in "$1"/*.expected.s; do
    mode=0 name=full
    case $file in
    *.stores.expected.s) mode=1 name=stores ;;
    *.jumps.expected.s) mode=2 name=jumps ;;
    esac
    printf '\t.section .note.lfi,"a",@note\n\t.p2align 2\n\t.long 4, 16, 2\n\t.asciz "BOX"\n\t.long 2, 183, %s, 0\n' $mode \
        >"$dir/note.s"
    symbols=symbols
    case $file in */tls.*) symbols=tls ;; esac
    count=$((count + 1))
    assemble "$dir/note.s" "$dir/note.o" && assemble "$file" "$dir/out.o" &&
        ld.lld-19 -pie --no-dynamic-linker -z separate-code -z max-page-size=65536 -z noexecstack --defsym=_start=g \
            -o "$dir/out" "$dir/note.o" "$dir/out.o" "$dir/$symbols.o" && "$2" --mode=$name "$dir/out" ||
        { echo "failed: $file"; status=1; }
done
echo "$count files"
[ "$count" -ge 20 ] || status=1
exit $status
