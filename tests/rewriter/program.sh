#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# lfi-rewrite as a program: exit status, outputs, messages, expansion of macros. $1 is the program.
program=$1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
fail() {
    echo "failed: $*"
    exit 1
}
printf '\t.text\n\tmovq\t(%%rdi), %%rax\n' >in.s
"$program" --help >out || fail "--help"
grep -q Usage out || fail "--help says nothing"
"$program" --version | grep -q '^lfi-rewrite ' || fail "--version"
"$program" --mode=none in.s >/dev/null 2>&1
[ $? = 2 ] || fail "a wrong mode is a usage error"
"$program" --arch=amd64 in.s >/dev/null 2>&1
[ $? = 2 ] || fail "a wrong architecture is a usage error"
"$program" in.s other.s >/dev/null 2>&1
[ $? = 2 ] || fail "two inputs are a usage error"
"$program" in.s >out || fail "to standard output"
grep -q '%gs:(%edi)' out || fail "nothing was rewritten"
"$program" - <in.s -o out2 || fail "from standard input to a file"
cmp -s out out2 || fail "outputs differ"
"$program" --mode=stores in.s | grep -q '(%rdi)' || fail "--mode=stores"
"$program" missing.s >/dev/null 2>err
[ $? = 1 ] || fail "a missing file is a failure"
grep -q '^lfi-rewrite: missing.s: ' err || fail "a missing file is named"

printf '\t.text\n\tpopfw\n' >bad.s
echo keep >out3
"$program" bad.s -o out3 2>err
[ $? = 1 ] || fail "an error is a failure"
[ "$(cat out3)" = keep ] || fail "a failure left the output changed"
[ "$(ls out3*)" = out3 ] || fail "a failure left a temporary"
grep -q '^lfi-rewrite: bad.s:2:2: error: ' err || fail "the message has no place: $(cat err)"
"$program" in.s -o in.s || fail "in place"
cmp -s out in.s || fail "in place gave something else"
"$program" bad.s -o /dev/full 2>/dev/null
[ $? = 1 ] || fail "an error on a device is a failure"
printf '\t.text\n\tnop\n' | "$program" -o /dev/full 2>/dev/null
[ $? = 1 ] || fail "a full device is a failure"

# Before and after side by side, with the reason once more at the end; and nothing but that.
cat >shown.s <<'END'
	.text
f:	addl	(%rdi), %eax
	nop
	movl	%fs:0, %ecx
	jmp	*%rax
END
"$program" --diff shown.s >out || fail "--diff"
grep -q '^ *addl *(%rdi), %eax *| *addl *%gs:(%edi), %eax *memory operand$' out || fail "--diff: no memory operand: $(cat out)"
grep -q '^ *nop  *nop$' out || fail "--diff: what is not changed is not there"
grep -q '^  *+ *addq *%gs:0x2f020, %rax$' out || fail "--diff: what is added is not there"
grep -q '^memory operand  *a 32-bit address' out || fail "--diff: no reason"
"$program" shown.s >plain || fail "without --diff"
! grep -q 'memory operand' plain || fail "--diff without being asked"
# All of the result stands on the right.
sed -n 's/^.\{41\}[ |+] //p' out | sed 's/  *\(memory operand\|indirect jump\|thread pointer\|mark\)$//; /^$/d' | tr -d ' \t' >right
tr -d ' \t' <plain | sed '/^$/d' | diff - right >/dev/null || fail "--diff: not the result: $(cat right)"
"$program" --diff bad.s >out 2>/dev/null
[ $? = 1 ] || fail "--diff: an error is a failure"
[ ! -s out ] || fail "--diff: an error left something"

command -v clang-19 >/dev/null || exit 0
"$program" --stats --expander=clang-19 shown.s >out || fail "--stats"
# 03 07 becomes 65 67 03 07; ff e0 gets a mask (4 bytes) and the base (9) in front of it
grep -q '^ *1  *2  *4  *+2  memory operand  ' out || fail "--stats: memory operand: $(cat out)"
grep -q '^ *1  *2  *14  *+12  indirect jump  ' out || fail "--stats: indirect jump: $(cat out)"
awk 'NR > 1 && !/times the size|all code/ { n = NF; for (i = 1; $i !~ /^[+-][0-9]+$/; i++) continue
         before += $(i - 2); after += $(i - 1); added += $i }
     /all code/ { good = $1 == before && $2 == after && $3 == added && after - before == added }
     END { exit !good }' out || fail "--stats: not the sum: $(cat out)"
"$program" --stats --expander=false shown.s >out 2>err
[ $? = 1 ] || fail "--stats: an assembler that fails is a failure"
grep -q 'lfi-rewrite: false: it could not assemble' err || fail "--stats: $(cat err)"
cat >macro.s <<'END'
	.text
	.macro	load from
	movq	(\from), %rax
	.endm
	load	%rdi
	.if	1
	load	%rsi
	.endif
END
"$program" --expander=clang-19 macro.s >out || fail "macros"
grep -q '%gs:(%edi)' out && grep -q '%gs:(%esi)' out || fail "a macro was not expanded"
printf '\t.intel_syntax noprefix\n\tmov rax, [rdi]\n' >intel.s
"$program" --expander=clang-19 intel.s | grep -q '%gs:(%edi)' || fail "Intel syntax"
printf '\t.intel_syntax\n\tmov %%rax, [%%rdi]\n' >intel.s
"$program" --expander=clang-19 intel.s | grep -q '%gs:(%edi)' || fail "Intel syntax with %"

printf 'f:\tcall\tg\n\tmovq\t%%r11, %%rax\n' >keep.s
"$program" keep.s >/dev/null 2>err && fail "r11 behind a call of another file"
"$program" --keep-r11 keep.s | grep -q -- '-128(%rsp), %r11' || fail "--keep-r11"
printf '\trdrand\t%%eax\n' >trap.s
"$program" --trap-unsupported trap.s 2>err | grep -q ud2 || fail "--trap-unsupported"
grep -q 'warning: 1 instructions' err || fail "the traps are not counted"

command -v llvm-objdump-19 >/dev/null || exit 0
printf 'f:\tnop\n\t.byte\t0x8b,0x07\n' >bytes.s
"$program" --expander=clang-19 --disassembler=llvm-objdump-19 bytes.s | grep -q '%gs:(%edi)' ||
    fail "bytes"
"$program" --expander=clang-19 --disassembler=/nonexistent bytes.s >/dev/null 2>err &&
    fail "a disassembler that is not there"
grep -q '/nonexistent' err || fail "the missing disassembler is not named"
exit 0
