#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# lfi-nasm in the SDK.
#   nasm.sh SDK-FOLDER WORK-FOLDER CASE ARCH
# shellcheck source=tests/toolchain/common.sh
. "$(dirname "$0")/common.sh"
command -v nasm >/dev/null || { echo 'SKIPPED: there is no nasm'; exit 77; }
nasm=$sdk/bin/$arch-lfi-linux-musl-nasm

# A program whose work is done in NASM assembly.
cat >main.c <<'END'
#include <stdio.h>
int sum(const int *numbers, long count);
int nth(int n);
extern const char greeting[];
int main(void)
{
    int numbers[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    printf("%s %d", greeting, sum(numbers, 9));
    for (int i = 0; i < 3; i++)
        printf(" %d", nth(i));
    return puts("") < 0;
}
END
cat >work.asm <<'END'
default rel
section .rodata align=16
global greeting:data
greeting: db "sum", 0
align 4
table: dd nth.zero - table, nth.one - table, nth.two - table
section .text
global sum:function, nth:function
sum:
    xor eax, eax
.next:
    add eax, [rdi + rsi*4 - 4]
    dec rsi
    jnz .next
    ret
nth:
    lea rdx, [table]
    movsxd rax, dword [rdx + rdi*4]
    add rax, rdx
    jmp rax
.zero:
    mov eax, NUMBER
    ret
.one:
    mov eax, NUMBER + 1
    ret
.two:
    mov eax, NUMBER + 2
    ret
END
expected='sum 45 10 11 12'

case $case in
check)
    # The translation of what the golden tests cover against nasm's own objects.
    for source in "$here"/nasm/*.asm; do
        [ ! -f "${source%.asm}.error" ] || continue
        (cd "$here/nasm" && "$nasm" --check "$source" -o "$work/out.o" --translate 2>"$work/err") ||
            { cat err >&2; die "$source"; }
    done
    # A wrong translation would be found: here nasm gets another definition than the translation.
    cat >liar <<'END'
#!/bin/sh
case $1 in
-E) exec nasm "$@" -DNUMBER=10 ;;
*) exec nasm "$@" -DNUMBER=11 ;;
esac
END
    chmod +x liar
    refused env LFI_NASM="$work/liar" "$nasm" --check work.asm -o work.o
    has "work.asm: check: .text: 'mov.eax, 0xa'.*nasm has 'mov.eax, 0xb'" err
    [ ! -e work.o ] || die 'an object in spite of that'
    ;;
box)
    for vendor in lfi lfi_stores lfi_jumps native; do
        prefix=$sdk/bin/$arch-$vendor-linux-musl
        "$prefix-nasm" -f elf64 -g -DNUMBER=10 work.asm -o work.o
        "$prefix-clang" -O1 main.c work.o -o "program-$vendor"
        # shellcheck disable=SC2046 # a command of several words, or none
        [ "$($(runner "$sdk" "$arch-$vendor-linux-musl") "./program-$vendor")" = "$expected" ] ||
            die "$vendor: the program prints something else"
    done
    "$sdk/bin/lfi-verify" program-lfi || die 'does not verify'
    ;;
lines)
    # What lfi-as refuses has the line of the source.
    printf 'section .text\nextern f\n    call f\n    mov eax, r11d\n    ret\n' >r11.asm
    refused "$nasm" r11.asm -o r11.o
    has 'r11.*\(from r11.asm:3\)' err
    printf '%%macro twice 1\n    wrmsr\n    %%1\n%%endmacro\nsection .text\n    nop\n    twice nop\n' >macro.asm
    refused "$nasm" macro.asm -o macro.o
    has 'wrmsr|macro.asm' err
    # Debug information names it, too.
    "$nasm" -g -F dwarf -DNUMBER=1 work.asm -o work.o
    "$sdk/bin/llvm-objdump" -dl work.o >listing
    has 'work.asm:12' listing
    ;;
options)
    printf '%%include "part.inc"\n    ret\n' >main.asm
    mkdir -p include
    printf 'section .text\nglobal f\nf: mov eax, NUMBER\n' >include/part.inc
    "$nasm" -felf64 -Iinclude/ -D NUMBER=1 -Ox -w+all -w-macro-params -Wno-error -s -Xgnu -o 1.o main.asm
    "$nasm" -f elf64 -i include/ -dNUMBER=1 -O2 -g -F dwarf -l list -o 2.o main.asm
    "$nasm" -f elf -m amd64 -p nasm -a x86 -r nasm -g dwarf2 -I include/ -DNUMBER=1 -o 3.o main.asm
    "$nasm" -f elf64 -Iinclude/ -DNUMBER=1 --prefix _ -MD deps -MT name -MP -o 4.o main.asm
    has '^name ?:.*part.inc' deps
    "$sdk/bin/llvm-nm" 4.o >names
    has 'T _f$' names
    printf 'N equ 1\n%%if N\n%%include "part.inc"\n%%endif\n' >equ.asm
    "$nasm" -f elf64 -Iinclude/ -DNUMBER=1 -MD deps -MT other -o 5.o equ.asm
    has '^other ?:.*part.inc' deps
    printf 'global N\n' >>equ.asm
    "$nasm" --check -f elf64 -Iinclude/ -DNUMBER=1 --prefix _ -o 8.o equ.asm
    "$sdk/bin/llvm-nm" 8.o >names
    has 'A _N$' names
    "$nasm" -f elf64 -Iinclude/ -DNUMBER=1 -MD -MF deps -MQ 'a$b' -o 6.o equ.asm
    has '^a..b ?:.*part.inc' deps
    "$nasm" -f elf64 -Iinclude/ -DNUMBER=1 -o 7.o equ.asm -MD
    has '^7.o ?:.*part.inc' 7.o.d
    "$nasm" --keep-r11 -f elf -M -Iinclude/ -DNUMBER=1 main.asm | grep -q part.inc || die '-M with options of our own'
    refused "$nasm" -f elf main.asm
    has "format 'elf' has 32 bits" err
    refused "$nasm" -f elf -m x86 main.asm
    has "machine 'x86'" err
    refused "$nasm" -t main.asm
    "$nasm" -M -Iinclude/ -DNUMBER=1 main.asm | grep -q part.inc || die '-M'
    "$nasm" -v >version
    has '^NASM version' version
    has '^lfi-nasm ' version
    [ "$("$nasm" -Iinclude/ -DNUMBER=7 -E main.asm | grep -c 'mov eax, 7')" = 1 ] || die '-E'
    refused "$nasm" -f elf32 main.asm
    has "format 'elf32': only elf64" err
    refused "$nasm" -f elf64 -p gas main.asm
    refused "$nasm" --unknown main.asm
    has "unknown option '--unknown'" err
    # The user's own is found by name, or by LFI_NASM; yasm does as well.
    refused env PATH="$work" "$nasm" work.asm
    has 'neither nasm nor yasm is in PATH' err
    refused env LFI_NASM="$work/none" "$nasm" work.asm
    has 'none' err
    if command -v yasm >/dev/null; then
        LFI_NASM=yasm "$nasm" -f elf64 -DNUMBER=10 work.asm -o by-yasm.o
        "$nasm" -f elf64 -DNUMBER=10 work.asm -o by-nasm.o
        cmp by-yasm.o by-nasm.o || die 'yasm gives something else'
    fi
    ;;
build-systems)
    cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.18)
project(sum C ASM_NASM)
add_executable(program main.c work.asm)
target_compile_definitions(program PRIVATE NUMBER=10)
END
    cmake -G Ninja --toolchain "$sdk/share/cmake/$arch-lfi-toolchain.cmake" -S . -B cmake >out
    cmake --build cmake >>out || { cat out >&2; die cmake; }
    # shellcheck disable=SC2086
    [ "$($run cmake/program)" = "$expected" ] || die 'CMake: the program prints something else'
    cat >meson.build <<'END'
project('sum', 'c')
nasm = find_program('nasm')
object = custom_target('work', input: 'work.asm', output: 'work.o',
    command: [nasm, '-f', 'elf64', '-DNUMBER=10', '@INPUT@', '-o', '@OUTPUT@'])
executable('program', 'main.c', object)
END
    PATH=$sdk/bin:$PATH
    meson setup --cross-file "$sdk/share/meson/$arch-lfi.ini" meson >out
    meson compile -C meson >>out || { cat out >&2; die meson; }
    # shellcheck disable=SC2086
    [ "$($run meson/program)" = "$expected" ] || die 'Meson: the program prints something else'
    eval "$("$sdk/bin/lfi-config" --environment="$arch-lfi")"
    [ "$("$NASM" -v | head -n 1)" = "$(nasm -v)" ] || die 'lfi-config --environment: NASM'
    ;;
*)
    die 'no such case'
    ;;
esac
