#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Link-time optimization: its code goes through the rewriter like all other.
#   lto.sh SDK-FOLDER WORK-FOLDER CASE ARCH
# shellcheck source=tests/toolchain/common.sh
. "$(dirname "$0")/common.sh"
sources=$here/../sdk/programs
runs() { # PROGRAM: verifies, and prints what is expected of a.c and b.c
    verified "$1"
    [ "$("$run" "./$1")" = '36 42 6 1 77 3' ] || die "$1 prints something else"
}

# Two files that only together are a program: thread-local data across files, a pointer to a
# function, inline assembly, and a symbol that only assembly of the module defines.
cat >a.c <<'END'
#include <pthread.h>
#include <stdio.h>
int sum(const int *p, int n), twice(int), from_asm(void), unused(void), weak(void);
extern int table[8];
extern __thread int counter;
int (*volatile pointer)(int) = twice;
__attribute__((weak)) int weak(void) { return 2; }
static void *run(void *unused)
{
    counter += 6;
    return (void *)(long)counter;
}
int main(int argc, char **argv)
{
    pthread_t thread;
    void *result;
    counter = argc;
    pthread_create(&thread, 0, run, 0);
    pthread_join(thread, &result);
    printf("%d %d %ld %d %d %d\n", sum(table, 8), pointer(21), (long)result, counter, from_asm(), weak());
}
END
cat >b.c <<END
int table[8] = {1, 2, 3, 4, 5, 6, 7, 8};
__thread int counter;
__asm__(".text\n\t.globl from_asm\nfrom_asm:\n\t$from_asm\n\tret\n\t.data\nhidden:\n\t.long 77\n\t.text");
int weak(void) { return 3; }
int unused(void) { return 4; }
int sum(const int *p, int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += p[i];
    return s;
}
int twice(int x)
{
    int y;
    __asm__("$twice_asm);
    return y;
}
END

case $case in
modes)
    for mode in lfi lfi_stores lfi_jumps native; do
        for flags in '-flto -O0' '-flto -O2' '-flto=thin -O2' '-flto=thin -Os -g'; do
            cc=$sdk/bin/$arch-$mode-linux-musl-clang
            run=$(runner "$sdk" "$arch-$mode")
            weakest=$(mode_of "$arch-$mode")
            # shellcheck disable=SC2086 # words
            "$cc" $flags -c a.c b.c && "$cc" $flags a.o b.o -o program
            [ "$(head -c 2 a.o)" = BC ] || die "$flags: a.o is no bitcode"
            if [ $mode = native ]; then
                [ "$($run ./program)" = '36 42 6 1 77 3' ] || die "$flags: the native twin"
            else
                runs program
            fi
        done
    done
    ;;
optimizes)
    # What the linker knows of the whole program goes into the code.
    "$cc" -O2 -flto -c a.c b.c
    "$cc" -O2 -flto a.o b.o -o program
    "$sdk/bin/llvm-nm" program >names
    ! grep -qE ' (sum|unused)$' names || die 'sum() is there: nothing was inlined'
    # What is reserved in the compiler is reserved here, too.
    "$cc" -O2 -flto a.o b.o -o program -Wl,--lto-emit-asm
    [ -s program.lto.s ] || die 'no assembly'
    ! uses_reserved program.lto.s || die 'what is reserved is used'
    "$cc" -O2 program.lto.s -o from-assembly
    runs from-assembly
    ;;
archives)
    "$cc" -O2 -flto -c b.c
    "$sdk/bin/$arch-lfi-linux-musl-ar" rcs libb.a b.o
    "$sdk/bin/llvm-nm" --print-armap libb.a >index
    has '^from_asm in b.o' index # of assembly in bitcode, too
    "$cc" -O2 -flto a.c -L. -lb -o archive
    runs archive
    "$cc" -O2 -c a.c -o plain.o
    "$cc" -O2 plain.o -L. -lb -o mixed
    runs mixed
    "$cc" -O2 -flto=thin -ffat-lto-objects -c a.c b.c
    "$cc" -O2 a.o b.o -o fat-plain
    runs fat-plain
    "$cc" -O2 -flto=thin -ffat-lto-objects a.o b.o -o fat-lto
    runs fat-lto
    "$cc" -O2 -flto -c a.c b.c
    "$cc" -O2 -flto -r -nostdlib a.o b.o -o r.o
    "$cc" r.o -o from-r
    runs from-r
    ;;
options)
    "$cc" -O2 -flto=thin -c a.c b.c
    mkdir cache
    for which in first second; do
        "$cc" -O2 -flto=thin a.o b.o -Wl,--thinlto-cache-dir=cache -o $which
        runs $which
        find cache -name 'llvmcache-*' | sort >$which.list
    done
    [ -s first.list ] || die 'nothing in the cache'
    cmp first.list second.list
    cmp first second
    "$cc" -O2 -flto=thin a.o b.o -Wl,--thinlto-jobs=2 -Wl,--gc-sections -Wl,-s -o small
    runs small
    "$cc" -O2 -flto -c a.c b.c
    "$cc" -O2 -flto a.o b.o -Wl,--lto-partitions=2 -o parts
    runs parts
    ls -a >left
    ! grep 'lfi-' left || die 'a file was left'
    ;;
errors)
    # shellcheck disable=SC2059 # a format
    printf "int main(void) { __asm__(\"$refused_insn\"); return 0; }\n" >bad.c
    "$cc" -O2 -flto -c bad.c
    ! "$cc" -O2 -flto bad.o -o bad 2>err || die 'linked'
    has "$refused_because" err
    has 'cannot assemble the code of' err
    [ ! -e bad ] || die 'an output'
    ;;
same-code)
    # With and without debug information the code is the same.
    count=0
    for flags in -O0 -O1 -O2 -O3 '-flto -O2' '-flto=thin -O2'; do
        for name in computed-goto structs switch tls; do
            # shellcheck disable=SC2086 # words
            "$cc" $flags "$sources/$name.c" -o without
            # shellcheck disable=SC2086 # words
            "$cc" $flags -g "$sources/$name.c" -o with
            "$sdk/bin/llvm-readelf" -S with >sections
            has '\.debug_line' sections
            for program in with without; do
                "$sdk/bin/llvm-objcopy" -O binary --only-section=.text $program $program.text
            done
            [ -s with.text ] || die 'no code'
            cmp with.text without.text || die "$flags $name: the code differs"
            count=$((count + 1))
        done
    done
    [ $count = 24 ]
    ;;
cxx)
    cat >shape.h <<'END'
struct shape { virtual ~shape() = default; virtual int area() const = 0; };
shape *square(int);
END
    cat >shape.cpp <<'END'
#include "shape.h"
#include <stdexcept>
struct square_shape : shape {
    int side;
    explicit square_shape(int s) : side(s) {}
    int area() const override { if (side < 0) throw std::runtime_error("negative"); return side * side; }
};
shape *square(int side) { return new square_shape(side); }
END
    cat >main.cpp <<'END'
#include "shape.h"
#include <cstdio>
#include <memory>
#include <stdexcept>
int main()
{
    for (int side : {3, -1}) {
        std::unique_ptr<shape> s(square(side));
        try { std::printf("%d\n", s->area()); } catch (const std::runtime_error &e) { std::puts(e.what()); }
    }
}
END
    for flags in -flto -flto=thin '-flto -fvisibility=hidden -fsanitize=cfi'; do
        # shellcheck disable=SC2086 # words
        "$sdk/bin/$arch-lfi-linux-musl-clang++" -O2 $flags main.cpp shape.cpp -o program
        verified program
        [ "$("$run" ./program)" = "9
negative" ] || die "$flags: prints something else"
    done
    # A call through an object that is none.
    cat >wrong.cpp <<'END'
struct a { virtual int f() { return 1; } };
struct b { virtual int g() { return 2; } };
b object;
void *volatile pointer = &object;
int main() { return static_cast<a *>(pointer)->f(); }
END
    "$sdk/bin/$arch-lfi-linux-musl-clang++" -O2 -flto -fvisibility=hidden -fsanitize=cfi wrong.cpp -o wrong
    status=0
    "$run" ./wrong 2>err || status=$?
    [ $status = $trap ] || die "exit status $status, not $trap"
    ;;
icall)
    cat >icall.c <<'END'
static int one(int x) { return x + 1; }
static long other(char *p) { return *p; }
void *volatile functions[] = {one, other};
int main(int argc, char **argv) { return ((int (*)(int))functions[argc - 1])(0) - 1; }
END
    "$cc" -O2 -flto -fvisibility=hidden -fsanitize=cfi-icall icall.c -o icall
    verified icall
    "$run" ./icall
    status=0
    "$run" ./icall wrong 2>err || status=$?
    [ $status = $trap ] || die "exit status $status, not $trap"
    ;;
*) die "no such case: $case" ;;
esac
