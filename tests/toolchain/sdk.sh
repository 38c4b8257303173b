#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The compiler of the SDK as people use it. None of it needs the sysroot.
#   sdk.sh SDK-FOLDER WORK-FOLDER CASE ARCH
# shellcheck source=tests/toolchain/common.sh
. "$(dirname "$0")/common.sh"

cat >start.c <<END
int sum(const int *p, int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += p[i];
    return s;
}
static const int numbers[3] = {1, 2, 3};
void _start(void)
{
    int status = sum(numbers, 3);
    __asm__ volatile("$exit_call");
}
END

case $case in
targets)
    "$sdk/bin/clang" --print-targets | awk 'NF > 2 { print $1 }' | sort >found
    # Each begins with LLVM's name for an architecture (arm64: its other one for one of them), or is RISC-V's.
    sed -n 's/^set(ARCH_LLVM \(.*\))/\1/p' "$here"/../../cmake/arch/*.cmake | tr '[:upper:]' '[:lower:]' >expected
    echo riscv >>expected
    while read -r name; do
        grep -q "^$name" found || die "no target $name"
    done <expected
    ! sed 's/^arm64/aarch64/' found | grep -v -f expected || die 'other targets'
    ;;
alone)
    # No library of the machine, LLVM's least of all, and none of its files.
    ! "$sdk/bin/llvm-readelf" -d "$sdk/bin/llvm" | grep NEEDED || die 'shared libraries'
    "$cc" -v -c start.c 2>&1 | tee out | grep -q 'llvm-19' && die 'the machine'"'"'s LLVM is used'
    "$sdk/bin/llvm-nm" start.o | grep -q ' T sum' || die 'no object'
    ;;
relocatable)
    cp -a "$sdk" "copy of the sdk"
    mkdir bin
    ln -s "../copy of the sdk/bin/$arch-lfi-linux-musl-clang" bin/
    export PATH="$work/bin:$PATH"
    $arch-lfi-linux-musl-clang -O2 -nostdlib start.c -o start
    verified start
    $arch-lfi-linux-musl-clang -v -c start.c 2>err
    hasnt "$sdk" err
    rm -r "copy of the sdk"
    ;;
driver-prints)
    [ "$("$cc" -dumpmachine)" = $arch-lfi-linux-musl ] || die '-dumpmachine'
    "$cc" --version | grep -q "Target: $arch-lfi-linux-musl" || die '--version'
    "$cc" -E -dM -x c /dev/null >macros
    has '^#define __LFI__ 1$' macros
    has '^#define __LFI_MODE__ 0$' macros
    has '^#define __PIE__ 2$' macros
    for mode in 1:lfi_stores 2:lfi_jumps; do
        "$sdk/bin/$arch-${mode#*:}-linux-musl-clang" -E -dM -x c /dev/null >macros
        has "^#define __LFI_MODE__ ${mode%:*}$" macros
    done
    "$sdk/bin/$arch-native-linux-musl-clang" -E -dM -x c /dev/null >macros
    hasnt __LFI macros
    ;;
tools)
    "$cc" -c start.c
    for tool in ar nm objcopy objdump ranlib readelf size strings strip symbolizer cxxfilt addr2line cov dwarfdump \
        profdata; do
        "$sdk/bin/llvm-$tool" --version >out || die "llvm-$tool"
    done
    "$sdk/bin/ld.lld" --version >out
    for tool in ar nm objcopy objdump ranlib readelf size strings strip addr2line; do
        "$sdk/bin/$arch-lfi-linux-musl-$tool" --version >out || die "$arch-lfi-linux-musl-$tool"
    done
    "$sdk/bin/llvm-ar" rcs lib.a start.o
    "$sdk/bin/$arch-lfi-linux-musl-ranlib" lib.a
    "$sdk/bin/llvm-nm" --print-armap lib.a | grep -q 'sum in start.o' || die 'ar'
    "$sdk/bin/llvm-strings" "$sdk/bin/$arch-lfi-linux-musl.cfg" | grep -q -- --target || die strings
    "$sdk/bin/llvm-readelf" -h start.o | grep -q 'ELF Header' || die readelf
    "$sdk/bin/llvm-size" start.o | grep -q start.o || die size
    echo _Z3foov | "$sdk/bin/llvm-cxxfilt" | grep -qF 'foo()' || die cxxfilt
    "$cc" -g -c start.c -o debug.o
    "$sdk/bin/llvm-dwarfdump" --name=sum debug.o | grep -q DW_TAG_subprogram || die dwarfdump
    [ "$(echo 'int  f( ){ }' | "$sdk/bin/clang-format" --style=LLVM)" = 'int f() {}' ] || die clang-format
    ! "$sdk/bin/llvm-inspect" 2>err || die 'llvm-inspect is no tool'
    has 'llvm-cov, llvm-dwarfdump, llvm-profdata' err
    "$sdk/bin/llvm-strip" -g debug.o
    hasnt debug_info debug.o
    "$sdk/bin/llvm" objdump -d start.o | grep -q '<sum>' || die 'llvm objdump'
    "$sdk/bin/llvm" --help | grep -q objdump || die help
    ;;
modes)
    for mode in lfi lfi_stores lfi_jumps; do
        "$sdk/bin/$arch-$mode-linux-musl-clang" -O1 -nostdlib start.c -o $mode
        weakest=$(mode_of "$arch-$mode")
        verified $mode
        [ $mode = lfi ] || refused "$sdk/bin/lfi-verify" $mode
        [ $mode = lfi ] || has "elf-mode: .*--mode=$weakest " err
        "$sdk/bin/llvm-objdump" -d $mode >$mode.txt
    done
    has "$rewritten_load" lfi.txt
    hasnt "$rewritten_load" lfi_stores.txt
    "$sdk/bin/$arch-native-linux-musl-clang" -O1 -nostdlib start.c -o native
    "$sdk/bin/llvm-objdump" -d native >native.txt
    hasnt "$rewritten" native.txt
    has 'sum' native.txt
    ;;
stages)
    "$cc" -S start.c
    has 'sum:' start.s
    hasnt '%gs|x27|x28' start.s # the compiler's own
    "$cc" -E start.c -o start.i
    "$cc" -c start.i -o from-i.o
    "$cc" -c start.s -o from-s.o
    "$cc" -c -emit-llvm start.c -o start.bc
    "$cc" -c start.bc -o from-bc.o
    mkdir saved
    (cd saved && "$cc" -save-temps -c ../start.c -o start.o)
    for file in saved/start.i saved/start.s saved/start.o; do [ -s $file ] || die "no $file"; done
    for object in from-i.o from-s.o from-bc.o saved/start.o; do
        "$sdk/bin/llvm-objdump" -d --no-show-raw-insn $object | grep -qE "$rewritten" || die "$object is not rewritten"
    done
    "$cc" -fsyntax-only start.c
    cat start.c | "$cc" -x c - -c -o stdin.o
    [ -s stdin.o ] || die 'from standard input'
    ;;
assembly)
    write_assembly
    echo '#define PART nop' >part.h
    "$cc" -c a.S -MD -MF a.d
    has 'part\.h' a.d
    "$sdk/bin/llvm-objdump" -d a.o >a.txt
    for pattern in $in_a; do has "$pattern" a.txt; done
    "$cc" -c m.s -Wa,--defsym,V=7
    "$sdk/bin/llvm-objdump" -d m.o >m.txt
    for pattern in $in_m; do has "$pattern" m.txt; done
    printf '\t.include "inc.s"\n' >i.s
    mkdir inc && echo 'here: nop' >inc/inc.s
    "$cc" -c i.s -Iinc
    "$sdk/bin/llvm-nm" i.o | grep -q here || die '.include'
    : >empty.s
    "$cc" -c empty.s
    [ -s empty.o ] || die 'an empty file'
    ;;
assembly-errors)
    write_assembly
    refused "$cc" -c bad.s
    has 'bad\.s:3:' err
    [ ! -e bad.o ] || die 'an object of a bad file'
    echo old >bad.o
    refused "$sdk/bin/$arch-lfi-linux-musl-as" bad.s -o bad.o
    [ "$(cat bad.o)" = old ] || die 'the old output is gone'
    # What only the assembler notices is reported for the user's line, too.
    printf '\n\n\t.macro m x\n\tnosuch \\x\n\t.endm\n\tm 1\n' >expand.s
    refused "$cc" -c expand.s
    has 'expand\.s:6' err
    printf '\n\n\t.cfi_endproc\n' >late.s
    refused "$cc" -c late.s
    has 'late\.s:3' err
    ls -a >left
    hasnt 'lfi-' left
    ;;
sve)
    # The C file and its line with -g; without, at least the compiler's assembly and its line.
    printf '%s\n' 'void f(void)' '{' '    __asm__ volatile("ptrue p0.b" : : : "p0");' '}' >sve.c
    for debug in '' -g; do
        # shellcheck disable=SC2086 # a word or none
        refused "$cc" -march=armv8-a+sve $debug -c sve.c
        has 'sve-.*\.s:[0-9]+:[0-9]+: error: SVE and SME are not supported: compile without them' err
        [ ! -e sve.o ] || die 'an object of what is refused'
    done
    has '\(from sve\.c:3\)' err
    "$sdk/bin/$arch-native-linux-musl-clang" -march=armv8-a+sve -c sve.c
    ;;
debug-lines)
    "$cc" -g -O1 -nostdlib start.c -o start
    address=0x$("$sdk/bin/llvm-nm" start | awk '$3 == "sum" { print $1 }')
    "$sdk/bin/llvm-symbolizer" -e start "$address" >out
    has 'start\.c:[1-6]:' out
    "$sdk/bin/llvm-addr2line" -e start "$address" >out
    has 'start\.c:[1-6]' out
    "$sdk/bin/llvm-readelf" -u start >unwind
    has 'DW_CFA_def_cfa' unwind
    # -g must not take the groups of hand-written assembly apart.
    write_assembly
    "$cc" -g -nostdlib start.c debug.S -o with-assembly
    verified with-assembly
    ;;
dependencies)
    echo 'int x;' >x.h
    printf '#include "x.h"\n' >d.c
    "$cc" -MD -c d.c
    has '^d\.o: .*d\.c .*x\.h' d.d
    "$cc" -MMD -MP -MT other -MF o.d -c d.c
    has '^other: ' o.d
    "$cc" -nostdlib start.c -o start -Wl,--dependency-file=link.d
    has '^start: ' link.d
    ;;
outputs)
    "$cc" -nostdlib start.c -o /dev/null
    "$cc" -c start.c -o /dev/null
    [ -c /dev/null ] || die '/dev/null was replaced'
    "$cc" -nostdlib start.c
    verified a.out
    refused "$cc" -nostdlib start.c -lnosuch -o no
    [ ! -e no ] || die 'an output of a failed link'
    echo old >kept
    "$cc" -c start.c
    refused "$sdk/bin/$arch-lfi-linux-musl-ld" start.o -lnosuch -o kept
    [ "$(cat kept)" = old ] || die 'the old output is gone'
    ln -s real link
    "$cc" -nostdlib start.c -o real
    "$cc" -nostdlib start.c -o link
    [ -L link ] || die 'a link was replaced'
    refused "$cc" -nostdlib start.c -o missing/folder
    has missing err
    ls -a >left
    hasnt 'lfi-' left
    [ -x a.out ] || die 'not executable'
    ;;
linking)
    "$cc" -c start.c
    "$cc" -r start.o -nostdlib -o r.o
    "$sdk/bin/llvm-readelf" -h r.o >out
    has 'REL \(' out
    "$cc" -nostdlib r.o -o from-r
    verified from-r
    "$cc" -shared -nostdlib start.o -o lib.so 2>err
    has '^lfi-ld: warning: lib.so: there are no shared libraries in a box' err
    "$cc" -nostdlib lib.so -o from-so
    verified from-so
    refused "$cc" -flto -gsplit-dwarf -nostdlib start.c -o lto
    has 'do without -gsplit-dwarf' err
    ld=$sdk/bin/$arch-lfi-linux-musl-ld
    pie='-static -pie --no-dynamic-linker'
    # shellcheck disable=SC2086 # words
    for form in '-o one' '-oone' '--output=one' '--output one'; do
        rm -f one
        "$ld" $pie start.o $form
        verified one
    done
    printf -- '%s\n"start.o" -o '"'two words'" "$pie" >response
    "$ld" @response
    verified 'two words'
    "$ld" --version | grep -q LLD || die '--version'
    "$ld" --help | grep -q 'OPTIONS' || die '--help'
    "$ld" -v | grep -q LLD || die '-v'
    "$cc" -nostdlib start.o -Wl,--version | grep -q LLD || die '-Wl,--version'
    "$cc" -nostdlib -Wl,--gc-sections -Wl,-s start.o -o small
    verified small
    "$sdk/bin/llvm-readelf" -n small >out
    has 'BOX' out
    ;;
tail-calls)
    # Reserving r11 leaves one register for the target of a tail call with six arguments.
    cat >tail.c <<'END'
typedef long fn(long, long, long, long, long, unsigned char *);
typedef long vn(const char *, ...);
long six(fn **t, long a, long b, long c, long d, long i) { return t[i](a, b, c, d, i, 0); }
fn *table[256];
long dispatch(long a, long b, long c, long d, long e, unsigned char *i)
{
    __attribute__((musttail)) return table[*i](a, b, c, d, e, i);
}
long variadic(vn *f, const char *a, long b, long c, long d, long e, long g) { return f(a, b, c, d, e, g); }
long variadic_double(vn *f, double x) { return f("", 1, 2, 3, 4, 5, x); }
__attribute__((visibility("hidden"))) extern fn *const *vtable;
long member(long a, long b, long c, long d, long e, unsigned char *i) { return vtable[*i](a, b, c, d, e, i); }
END
    for flags in -O0 -O1 -O2 -Os '-O2 -fno-plt -fPIC' '-O2 -mcmodel=large' "-O2 $march"; do
        # shellcheck disable=SC2086 # words
        "$cc" $flags -c tail.c || die "$flags"
    done
    "$cc" -O2 -S tail.c
    has 'jmpq.*\*%rax' tail.s
    ;;
reserved-register)
    # Enough pressure to use every register there is, in code that is unlike in each function.
    awk -v n="$pressure" 'BEGIN {
        for (f = 0; f < 20; f++) {
            printf "__attribute__((used)) long f%d(const long *p, long *q) {", f
            for (i = 0; i < n; i++) printf " long v%d = p[%d];", i, (i * 7 + f) % 64
            printf " for (long n = 0; n < p[0]; n++) {"
            for (i = 0; i < n; i++) printf " v%d = v%d * v%d + (v%d >> %d);", i, (i + 1) % n, (i + f) % n, (i * 5) % n, f
            printf " }"
            for (i = 0; i < n; i++) printf " q[%d] = v%d;", i, i
            printf " return (char)v1 + (short)v2 + (int)v3; }\n"
        }
    }' >pressure.c
    for flags in -O1 -O2 '-O2 -fstack-protector-strong' "-O2 $march" '-O2 -fno-omit-frame-pointer'; do
        # shellcheck disable=SC2086 # words
        "$cc" $flags -S pressure.c
        ! uses_reserved pressure.s || die "$flags: what is reserved is used"
        "$cc" $flags -c pressure.c
    done
    "$cc" -O2 -flto -nostdlib -Wl,-e,f0 -Wl,--lto-emit-asm pressure.c -o pressure
    [ "$(grep -c '^f[0-9]*:' pressure.lto.s)" = 20 ] || die 'not all of the code'
    ! uses_reserved pressure.lto.s || die 'what is reserved is used with LTO'
    "$sdk/bin/$arch-native-linux-musl-clang" -O2 -S pressure.c
    uses_reserved pressure.s >/dev/null # or else this test shows nothing
    ;;
ccache)
    command -v ccache >/dev/null || exit 77
    export CCACHE_DIR=$work/ccache
    ccache "$cc" -O2 -c start.c -o one.o
    ccache "$cc" -O2 -c start.c -o two.o
    cmp one.o two.o
    ccache -s -v >out
    has 'Hits: +1 ' out
    ;;
deterministic)
    "$cc" -O2 -g -nostdlib start.c -o one
    "$cc" -O2 -g -nostdlib start.c -o two
    cmp one two
    ;;
cxx)
    printf '#include <stddef.h>\n#include <%s>\nstruct S { virtual int f(); int x; };\nint S::f() { return x; }\nint g(S *s) { return s->f(); }\n' "$intrinsics" >c.cpp
    "$sdk/bin/$arch-lfi-linux-musl-clang++" -O2 -nostdinc++ -ffreestanding -c c.cpp
    "$sdk/bin/llvm-nm" -C c.o >out
    has 'g\(S\*\)' out
    ;;
*) die "no such case: $case" ;;
esac
