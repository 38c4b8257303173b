#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# No file that links but does not load, nor after what people do with linked files.
#   linking.sh SDK-FOLDER WORK-FOLDER CASE ARCH
# shellcheck source=tests/toolchain/common.sh
. "$(dirname "$0")/common.sh"

gnu=$arch-linux-gnu- # binutils'
other=$sdk/bin/$arch-native-linux-musl-clang # a compiler that is not ours
[ "$arch" != "$(uname -m)" ] || other=gcc
for tool in strip objcopy ld; do
    command -v $gnu$tool >/dev/null || die "$gnu$tool is missing"
done

runs() { # PROGRAM WHAT: it verifies, and says what it said before
    verified "$1"
    emulated "$arch-lfi-linux-musl" && [ -f said ] && return # once is enough
    "$run" "./$1" >said 2>err || { cat err >&2; die "$2: does not run"; }
    [ "$(cat said)" = 'caught 5' ] || die "$2: prints $(cat said)"
}

case $case in
strip)
    cat >p.cpp <<'END'
#include <cstdio>
__attribute__((section("mine"))) int other(int x) { return x + 1; }
int main() { try { throw other(4); } catch (int n) { std::printf("caught %d\n", n); } }
END
    "$cc++" -g -O1 p.cpp -o p
    llvm=$sdk/bin/$arch-lfi-linux-musl-
    while read -r tool options; do
        cp p made
        # shellcheck disable=SC2086 # words
        $tool $options made
        runs made "$tool $options"
        $tool $options made # and once more
        runs made "$tool $options, twice"
    done <<END
${gnu}strip
${gnu}strip -g
${gnu}strip --strip-unneeded
${gnu}strip -x
${gnu}strip -X
${gnu}strip -N main
${gnu}strip -K main
${gnu}strip -R .comment
${gnu}strip -p -D
${gnu}objcopy
${gnu}objcopy -S
${gnu}objcopy -g
${gnu}objcopy --compress-debug-sections
${gnu}objcopy --decompress-debug-sections
${gnu}objcopy -R .comment
${gnu}objcopy --keep-global-symbol=main
${gnu}objcopy --weaken
${gnu}objcopy --prefix-symbols=x_
${llvm}strip
${llvm}strip -g
${llvm}strip -x
${llvm}strip --strip-unneeded
${llvm}strip --strip-all-gnu
${llvm}strip --strip-sections
${llvm}strip --keep-symbol=main
${llvm}objcopy
${llvm}objcopy -S
${llvm}objcopy --strip-debug
${llvm}objcopy --strip-non-alloc
${llvm}objcopy --compress-debug-sections=zlib
END
    # Debug information in a file of its own.
    ${gnu}objcopy --only-keep-debug p p.debug
    cp p made
    ${gnu}objcopy --strip-debug --add-gnu-debuglink=p.debug made
    runs made 'a debug link'
    mkdir bin
    ln -s "$(command -v ${gnu}strip)" bin/strip
    PATH=$PWD/bin:$PATH install -s p installed
    runs installed 'install -s'
    ;;
foreign)
    echo 'int f(int *); int main() { int x = 7; return f(&x) - 7; }' >main.c
    echo 'int f(int *p) { return *p; }' >f.c
    "$cc" -c f.c -o ours.o
    "$cc" main.c ours.o -o good
    "$run" ./good
    # Of another compiler, alone and in an archive whose other members do no harm.
    "$other" -O1 -c f.c -o foreign.o
    echo 'int unused(int *p) { return *p; }' >unused.c
    "$other" -O1 -c unused.c -o a_member_with_a_long_name.o
    mv foreign.o another_member_with_a_long_name.o
    ar rcs libforeign.a a_member_with_a_long_name.o another_member_with_a_long_name.o
    refused "$cc" main.c another_member_with_a_long_name.o -o bad
    has '^lfi-ld: another_member_with_a_long_name.o: not assembled by lfi-as for full: .text\+0x' err
    refused "$cc" main.c -L. -lforeign -o bad
    has '^lfi-ld: .*libforeign.a\(another_member_with_a_long_name.o\): not assembled by lfi-as for full' err
    hasnt ' a_member_with' err
    [ ! -e bad ] || die 'a program is there'
    ar rcs libforeign.a ours.o
    ar d libforeign.a another_member_with_a_long_name.o
    "$cc" main.c -L. -lforeign -o good
    "$run" ./good
    # Of another mode. What is stricter is welcome.
    for mode in stores jumps; do
        "$sdk/bin/$arch-lfi_$mode-linux-musl-clang" -c f.c -o "$mode.o"
        refused "$cc" main.c "$mode.o" -o bad
        has "^lfi-ld: $mode.o: not assembled by lfi-as for full: " err
        "$sdk/bin/$arch-lfi_$mode-linux-musl-clang" main.c ours.o -o good
    done
    # Data is everybody's.
    printf 7 >seven
    ${gnu}ld -r -b binary seven -o data.o
    echo 'extern char _binary_seven_start[]; int main() { return _binary_seven_start[0] - 0x37; }' >data.c
    "$cc" data.c data.o -o data
    "$run" ./data
    # Where the linker is told to make what cannot be loaded.
    for option in --dynamic-linker=/lib/ld.so -Ttext=0x1234500 -N -n; do
        refused "$cc" main.c ours.o "-Wl,$option" -o bad
        has '^lfi-ld: bad: ' err
        hasnt 'bad\.lfi' err # no temporary
    done
    refused "$cc" main.c ours.o -Wl,--no-rosegment -o bad
    has 'link without --no-rosegment' err
    echo 'SECTIONS { . = 0x1000; .text : { *(.text*) } .rodata : { *(.rodata*) } .data : { *(.data*) } }' >no-pages.ld
    refused "$cc" main.c ours.o -Wl,-T,no-pages.ld -o bad
    has '^lfi-ld: bad: ' err
    echo 'int g(void) { return 0; } static void *pick(void) { return (void *)g; }
int f(int *) __attribute__((ifunc("pick")));' >ifunc.c
    refused "$cc" main.c ifunc.c -o bad
    has '^lfi-ld: bad: functions .*ifunc.* cannot be in a box' err
    # The note that LLVM's own LFI targets put into objects is not taken for the program's.
    cat >note.s <<END
    .section .note.LFI.ABI.$arch,"aG",@note,.note.LFI.ABI.$arch,comdat
    .long 4
    .long 8
    .long 1
    .asciz "LFI"
    .ascii "$(printf %.7s $arch)\0"
    .p2align 2
END
    "$other" -c note.s -o note.o
    "$cc" main.c ours.o note.o -o good
    "$sdk/bin/llvm-readelf" -S good | grep -q "note.LFI.ABI" || die 'the note is lost'
    "$run" ./good
    # Only where it is asked for. The verifier names the function.
    "$cc" -O1 main.c jumps.o -Wl,--lfi-unverified -o bad
    refused "$sdk/bin/lfi-verify" bad
    has '^lfi-verify: bad:0x[0-9a-f]*: .*, in f\+0x[0-9a-f]*$' err
    ;;
options)
    cat >p.c <<'END'
#include <stdio.h>
int data = 5, *pointer = &data;
int main(void) { printf("caught %d\n", *pointer); return 0; }
END
    # Works, or is ignored with a warning.
    while read -r option; do
        # shellcheck disable=SC2086 # words
        "$cc" -O1 $option p.c -o p >out 2>&1 || { cat out >&2; die "$option: does not link"; }
        rm -f said
        runs p "$option"
    done <<END
-static
-static-pie
-pthread
-pipe
-rdynamic
-no-canonical-prefixes
-latomic
-lgcc -lgcc_eh -lgcc_s
-ldl -lrt -lutil -lcrypt -lresolv
$(for model in $code_models; do echo "-mcmodel=$model"; done)
-no-pie
-fno-pic -no-pie
-fno-PIC -fno-pie -fno-PIE -nopie
-static -no-pie -fno-pic
-fPIC
-flto -no-pie -fno-pic
END
    "$cc" -O1 -fno-pic -no-pie p.c -o p 2>err
    has "ignoring '-no-pie' option as it is not currently supported for target '$arch-lfi-linux-musl'" err
    has "ignoring '-fno-pic' option" err
    "$cc" -O1 p.c -o -p # a name like an option's
    mv ./-p p
    rm -f said
    runs p 'an output that begins with -'
    # By another name, and behind a link.
    ln -s "$cc" ./mine
    ln -s mine ./yours
    for name in ./mine ./yours; do
        "$name" -O1 p.c -o p
        rm -f said
        runs p "$name"
    done
    mkdir path
    ln -s ../mine path/theirs
    PATH=$PWD/path:$PATH theirs -O1 p.c -o p
    runs p 'a link in PATH'
    ;;
shared)
    # A project that makes shared libraries and links its programs with them, as on any system.
    echo 'int base(int x) { return x + 1; } int twice(int x) { return 2 * x; }' >base.c
    echo 'int base(int); int twice(int); int top(int x) { return twice(base(x)); }' >top.c
    cat >main.c <<'END'
#include <stdio.h>
int top(int);
int base(int);
int main(void) { printf("caught %d\n", top(2) - base(0)); return 0; }
END
    "$cc" -fPIC -O1 -c base.c
    "$cc" -fPIC -O1 -c top.c
    echo '{ global: base; twice; local: *; };' >versions
    "$cc" -shared -Wl,-soname,libbase.so.1 -Wl,--version-script=versions -Wl,-z,defs base.o -lm -o libbase.so.1.0 2>err
    has '^lfi-ld: warning: libbase.so.1.0: there are no shared libraries' err
    ln -s libbase.so.1.0 libbase.so
    "$cc" -shared top.o ./libbase.so -o libtop.so 2>err
    ! "$sdk/bin/llvm-nm" libtop.so | grep -q ' T base' || die 'a library inside of another'
    for libraries in 'libtop.so libbase.so' '-L. -ltop -lbase' '-L . -ltop -lbase -lbase libbase.so' './libtop.so -L. -lbase -lm'; do
        # shellcheck disable=SC2086 # words
        "$cc" main.c $libraries -o p
        rm -f said
        runs p "$libraries"
    done
    ar rcs libbase.a base.o # an archive is taken before it
    "$cc" main.c -L. -ltop -lbase -o p
    runs p 'an archive'
    # Of C++, and by the whole of an archive.
    cat >c.cpp <<'END'
struct A { virtual ~A() {} virtual int f() { return 5; } };
int thrown() { try { throw A(); } catch (A &a) { return a.f(); } }
END
    "$cc++" -fPIC -c c.cpp
    rm -f libc1.a && ar rcs libc1.a c.o
    "$cc++" -shared -Wl,--whole-archive libc1.a -Wl,--no-whole-archive -o libc1.so 2>err
    rm libc1.a
    cat >p.cpp <<'END'
#include <cstdio>
int thrown();
int main() { std::printf("caught %d\n", thrown()); }
END
    "$cc++" p.cpp -L. -lc1 -o p
    runs p 'C++'
    ;;
esac
