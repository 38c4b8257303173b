#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# random.sh FIRST LAST: for each seed a random program in the rewriter's style. Postlinked, no
# instruction crosses a bundle, every call ends its bundle, every branch reaches an instruction,
# every label still stands before what it stood before, a second run changes nothing, and the
# verifier accepts. Environment as golden.sh.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$WORK"
cd "$WORK"

# Label Ln stands in front of `movl $(0x10000000 + n), %edx`.
generate() {
    awk -v seed="$1" '
    function pick(n) { return int(rand() * n) }
    BEGIN {
        srand(seed)
        insns = split("nop;pushq %rbx;movl %eax, %ebx;addq $8, %rbx;movl $5, %r10d;" \
                      "movabsq $0x1122334455667788, %rcx;movq $1, %gs:0x4433(%eax,%ebx,4);" \
                      "leaq 4(%rbx), %rcx;leaq _start(%rip), %rax", insn, ";")
        forms = split("direct_call _start;direct_call g;masked_call %ecx, %rcx;" \
                      "masked_call %r11d, %r11;runtime_call 0x2f000;runtime_call 0x2f008;" \
                      ".p2align 4;.p2align 5;.p2align 6;.p2align 7;return;" \
                      "masked_jump %eax, %rax;call *g@GOTPCREL(%rip)\n.p2align 5;" \
                      "leaq x@tlsdesc(%rip), %rax\ncall *x@tlscall(%rax)", form, ";")
        labels = 40
        print ".include \"lfi.inc\"\n.text\n.p2align 5\n.globl _start\n_start:"
        for (n = 0; n < labels; n++) {
            if (pick(4) == 0) print ".p2align " 4 + pick(3)
            print "L" n ":"
            group = pick(2)
            if (group) print ".bundle_lock"
            print "movl $" 268435456 + n ", %edx"
            if (group) print "andl $-32, %edx\naddq %gs:0x2f020, %rdx\njmp *%rdx\n.bundle_unlock"
            for (i = 0; i < 15; i++) {
                r = pick(20)
                if (r < 10) print insn[1 + pick(insns)]
                else if (r < 14) print (r < 12 ? "jne L" : "jmp L") pick(labels)
                else if (r < 16) print "direct_call L" pick(labels)
                else print form[1 + pick(forms)]
            }
        }
        print "ud2\n.p2align 5\n.globl g\n.hidden g\ng: return"
        print ".section .tbss,\"awT\",@nobits\n.globl x\n.hidden x\nx: .long 0"
    }'
}

# Reads a disassembly; complains about what the heading promises.
check() {
    awk '
    function number(text,    i, value) {
        value = 0
        for (i = 1; i <= length(text); i++)
            value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
        return value
    }
    /^[0-9a-f]+ <L[0-9]+>:/ { label = substr($2, 3); sub(/>:/, "", label); waiting = 1 }
    /^ +[0-9a-f]+: / {
        split($0, parts, "\t")
        sub(/:.*/, "", $1)
        at = number($1)
        bytes = parts[1]
        sub(/^[^:]*: */, "", bytes)
        size = split(bytes, unused, " ")
        starts[at] = 1
        if (int(at / 32) != int((at + size - 1) / 32)) { print "crosses: " $0; bad = 1 }
        if (parts[2] ~ /^call/ || parts[3] ~ /^\*%gs:0x2f/) {
            calls++
            if ((at + size) % 32 != 0) { print "does not end its bundle: " $0; bad = 1 }
        }
        if (parts[2] ~ /^(j|call)/ && match(parts[3], /^0x[0-9a-f]+/))
            targets[number(substr(parts[3], 3, RLENGTH - 2))] = $0
        if (waiting && parts[2] !~ /^nop/) {
            if (parts[3] !~ sprintf("[$]0x%x, %%edx", 268435456 + label)) {
                print "L" label " stands before: " $0
                bad = 1
            }
            waiting = 0
            labels++
        }
    }
    END {
        for (target in targets)
            if (!(target in starts)) { print "no such target: " targets[target]; bad = 1 }
        if (labels < 30 || calls < 50) { print "nothing to check"; bad = 1 }
        exit bad
    }'
}

seed=$1
while [ "$seed" -le "$2" ]; do
    generate "$seed" >random.s
    for part in random.s "$here/note.s"; do
        "$CLANG" --target=x86_64-linux-musl -I "$here/golden" -c "$part" \
            -o "$(basename "$part" .s).o"
    done
    "$LLD" -pie --no-dynamic-linker -z separate-code random.o note.o -o random
    "$OBJDUMP" -d random >disassembly
    ! check <disassembly >/dev/null || { echo "seed $seed: nothing to do" >&2; exit 1; }
    "$POSTLINK" --mode=full random
    "$OBJDUMP" -d random >disassembly
    check <disassembly || { echo "seed $seed" >&2; exit 1; }
    cp random again
    "$POSTLINK" --mode=full again
    cmp random again || { echo "seed $seed: the second run changes the file" >&2; exit 1; }
    [ -z "$VERIFY" ] || "$VERIFY" random || { echo "seed $seed does not verify" >&2; exit 1; }
    seed=$((seed + 1))
done
