#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The wrapper of the user's GCC: it is a GCC in all that build systems ask, and makes code for the box.
#   gcc.sh SDK-FOLDER WORK-FOLDER CASE ARCH
# shellcheck source=tests/toolchain/common.sh
. "$(dirname "$0")/common.sh"

gcc=$sdk/bin/$arch-lfi-linux-musl-gcc-wrapper
gxx=$sdk/bin/$arch-lfi-linux-musl-g++-wrapper
"$gcc" --version >version 2>err || { cat err; exit 77; }

says() { # PROGRAM TEXT: it verifies, runs and prints that
    verified "$1"
    [ "$("$run" "./$1")" = "$2" ] || die "$1 prints $("$run" "./$1")"
}

cat >hello.c <<'END'
#include <stdio.h>
#ifndef __LFI__
#error no box
#endif
static _Thread_local int here = 40;
int main(int count, char **names)
{
    (void)names;
    printf("hello %d\n", here + count);
    return 0;
}
END
cat >hello.cpp <<'END'
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
int main()
{
    std::map<std::string, int> m{{"one", 1}};
    try {
        std::cout << m.at("one") << ' ' << std::flush;
        m.at("two");
    } catch (const std::out_of_range &) {
        std::cout << "caught" << std::endl;
    }
}
END

case $case in
driver)
    has '^.*gcc.*[0-9]' version
    "$gcc" --help >out
    has '^Usage: ' out
    "$gcc" -v 2>out
    has 'gcc version' out
    "$gcc" -### hello.c 2>out
    has "libexec/lfi/$arch-lfi-linux-musl/as" out
    "$gcc" -v -c hello.c 2>out # GNU's as says its version, and assembles
    has '^lfi-as [0-9]' out
    [ -s hello.o ] || die '-v -c'
    for what in prog-name=ld prog-name=as libgcc-file-name file-name=libc.a sysroot; do
        "$gcc" -print-$what >out
        has "^$sdk/" out
    done
    "$gcc" -print-search-dirs >out
    has "^programs:.*$sdk" out
    "$gcc" -E hello.c >out
    has 'hello %d' out
    "$gcc" -S -O2 hello.c
    has 'main:' hello.s
    "$gcc" -c hello.s -o again.o
    "$gcc" -c hello.c -MD -MP -MF hello.d
    has "$sdk/sysroot/.*stdio\.h" hello.d
    "$gcc" -M hello.c >out
    has 'hello\.o: hello\.c' out
    hasnt ' /usr/include' out
    "$gcc" -fsyntax-only hello.c
    "$gcc" -pipe -x c - -c -o stdin.o <hello.c
    mkdir saved
    (cd saved && "$gcc" -save-temps -c ../hello.c)
    [ -s saved/hello.s ] || die '-save-temps'
    "$gcc" -r hello.o -o relocatable.o
    "$gcc" relocatable.o -o p
    says p 'hello 41'
    # Other names that lead to it; a compiler of several words; none.
    mkdir bin
    ln -s "$gcc" bin/cc
    ln -s cc bin/c99
    (PATH=$work/bin:$PATH && export PATH && c99 hello.c -o p1)
    says p1 'hello 41'
    LFI_GCC="env X=1 ${LFI_GCC:-$(sed 's/ .*//;q' version)}" "$gcc" hello.c -o p2
    says p2 'hello 41'
    if command -v ccache >/dev/null; then
        export CCACHE_DIR="$work/ccache" CCACHE_EXTRAFILES="$sdk/libexec/lfi/lfi-as"
        for _ in 1 2; do
            LFI_GCC="ccache ${LFI_GCC:-$(sed 's/ .*//;q' version)}" "$gcc" -c hello.c -o cached.o
        done
        ccache --print-stats >out
        has '^direct_cache_hit.1$' out
        "$gcc" cached.o -o p3
        says p3 'hello 41'
    fi
    # In a folder with a space.
    mkdir -p 'two words/bin'
    cp -R "$sdk/libexec" 'two words/'
    ln -s "$sdk/lib" "$sdk/sysroot" 'two words/'
    for program in "$sdk"/bin/*; do
        case $program in
        */"$arch"-lfi-linux-musl-gcc-wrapper) cp -P "$program" 'two words/bin/' ;;
        *) ln -s "$program" 'two words/bin/' ;;
        esac
    done
    two="$work/two words/bin/$arch-lfi-linux-musl-gcc-wrapper"
    "$two" hello.c -o p4
    says p4 'hello 41'
    "$two" -### hello.c 2>out
    has 'two words/sysroot' out
    refused env LFI_GCC=no-such-compiler "$gcc" -c hello.c
    has 'no-such-compiler' err
    refused "$sdk/libexec/lfi/gcc/gcc-wrapper" -c hello.c
    has 'call it as TRIPLE-gcc-wrapper' err
    ;;
modes)
    for mode in lfi lfi_stores lfi_jumps; do
        weakest=$(mode_of "$arch-$mode")
        run=$(runner "$sdk" "$arch-$mode-linux-musl")
        "$sdk/bin/$arch-$mode-linux-musl-gcc-wrapper" -O2 -Wall -Werror hello.c -o c
        "$sdk/bin/$arch-$mode-linux-musl-g++-wrapper" -O2 -Wall -Werror hello.cpp -o cxx
        for program in c cxx; do verified $program; done
        [ "$("$run" --mode="$weakest" ./c) $("$run" --mode="$weakest" ./cxx)" = 'hello 41 1 caught' ] || die "$mode"
        [ $mode = lfi ] || refused "$sdk/bin/lfi-verify" c
    done
    ;;
options)
    # What GCC would do for another system, or what a box cannot have.
    while read -r options; do
        # shellcheck disable=SC2086 # words
        "$gcc" $options hello.c -o p 2>err || { cat err; die "$options"; }
        says p 'hello 41'
    done <<'END'
-no-pie
-fno-pic
-static
-static-pie
-fPIC
-fuse-ld=bfd
-g
-ggdb3
-g -gdwarf-5
-pthread
-rdynamic
-fstack-protector-strong -D_FORTIFY_SOURCE=2 -O2
-ffunction-sections
-fno-plt
-O3 -fno-omit-frame-pointer
-latomic
END
    if ! emulated "$arch"; then # of another architecture GCC's own linking may be incomplete
        "$gcc" -flto -O2 -g -c hello.c
        "$gcc" -flto -O2 hello.o -o p
        says p 'hello 41'
    fi
    "$gcc" -no-pie hello.c -o p 2>err
    has 'ignored: code in a box is position independent' err
    "$gcc" -g -O1 hello.c -o p
    "$sdk/bin/llvm-symbolizer" --obj=p "0x$("$sdk/bin/llvm-nm" p | sed -n 's/ T main$//p')" >out
    has 'hello\.c:[5-9]:' out
    refused "$gcc" -g -gsplit-dwarf -c hello.c
    cat >nested.c <<'END'
int call(int (*f)(int)) { return f(3); }
int main(void) { int z = 4; int g(int x) { return x + z; } return call(g); }
END
    refused "$gcc" nested.c -o p # its trampoline would be code on the stack
    has 'trampoline' err
    refused "$gcc" -m32 -c hello.c
    refused "$gcc" -fsanitize=address hello.c -o p
    # What another compiler made is not linked.
    "$sdk/bin/$arch-native-linux-musl-clang" -c -D__LFI__ hello.c -o native.o
    refused "$gcc" native.o -o p
    has 'native\.o: not assembled by lfi-as' err
    ;;
registers)
    # Those of the rewriter stay out of what GCC makes, however many it would like to have.
    awk -v n=$((pressure * 2)) 'BEGIN {
        print "long f(long *p) {"
        for (i = 0; i < n; i++) printf "long v%d = p[%d] * p[%d];\n", i, i, i + 1
        for (i = 0; i < n; i++) printf "p[%d] = v%d ^ v%d;\n", i, (i * 7) % n, (i * 5 + 3) % n
        print "return p[3]; }"
    }' >pressure.c
    for level in -O0 -O1 -O2 '-O3 -fno-schedule-insns'; do
        # shellcheck disable=SC2086 # words
        "$gcc" $level -S pressure.c
        ! gcc_uses_reserved pressure.s || die "$level"
    done
    ;;
headers)
    # All of libc++, by each standard that GCC 12 and libc++ 19 both have.
    (cd "$sdk/sysroot/$arch-lfi-linux-musl/usr/include/c++/v1" && ls) |
        sed -n '/[._]/d; /^experimental$/d; /^ext$/d; s/.*/#include <&>/p' >all.cpp
    [ "$(wc -l <all.cpp)" -gt 90 ] || die 'few headers'
    cat >>all.cpp <<'END'
struct S { void f() const; int g; };
struct T { operator int(); };
#define SAME(a, b) static_assert(std::is_same<a, b>::value, #a)
using third = std::tuple_element<2, std::tuple<char, int, long>>::type;
SAME(third, long);
SAME(std::remove_cv<const volatile int>::type, int);
SAME(std::remove_cv<const volatile int[2]>::type, int[2]);
SAME(std::remove_reference<int &&>::type, int);
SAME(std::remove_reference<const int &>::type, const int);
static_assert(std::is_function<int()>::value && std::is_function<void() const>::value, "");
static_assert(!std::is_function<int &>::value && !std::is_function<const int>::value, "");
static_assert(!std::is_function<int (*)()>::value && !std::is_function<const int[2]>::value, "");
static_assert(!std::is_function<const volatile int>::value && std::is_function<int() &&>::value, "");
static_assert(std::is_object<int[]>::value && !std::is_object<const void>::value, "");
static_assert(!std::is_object<int()>::value && !std::is_object<int &&>::value, "");
static_assert(std::is_void<volatile void>::value && !std::is_void<int>::value, "");
static_assert(std::is_reference<int &>::value && !std::is_reference<int *>::value, "");
static_assert(std::is_member_function_pointer<decltype(&S::f)>::value, "");
static_assert(std::is_member_object_pointer<int S::*const>::value, "");
static_assert(!std::is_member_object_pointer<decltype(&S::f)>::value, "");
static_assert(!std::is_member_pointer<int *>::value, "");
static_assert(std::is_convertible<T, int>::value && !std::is_convertible<int, T>::value, "");
static_assert(std::is_convertible<void, const void>::value && !std::is_convertible<int, void>::value, "");
static_assert(!std::is_convertible<int, int[2]>::value && !std::is_convertible<int(), int()>::value, "");
static_assert(std::is_convertible<int[2], int *>::value && std::is_convertible<int(), int (*)()>::value, "");
END
    for standard in 11 14 17 20; do
        "$gxx" -std=c++$standard -Wall -Werror -c all.cpp 2>err || { head -n 5 err; die "C++$standard"; }
    done
    ;;
fortran)
    fortran=$sdk/bin/$arch-lfi-linux-musl-gfortran-wrapper
    "$fortran" --version >version 2>err || { cat err; exit 77; }
    "$fortran" -O2 -c "$here/gcc/numerics.f90"
    "$gcc" -O2 "$here/gcc/numerics.c" numerics.o -o p -lm
    says p 'pi 3.14159265, solved 1 2 3'
    ;;
*)
    die 'no such case'
    ;;
esac
