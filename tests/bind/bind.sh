#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# lfi-bind with the sample library. usage: bind.sh CASE LFI_BIND SDK LIBRARIES WORK [ARCH]
# Another ARCH than the machine's: hosts are built by the SDK's compiler, and run in the emulator.
set -eu
case=$1 bind=$2 sdk=$3 libraries=$4 work=$5/$1
here=$(cd "$(dirname "$0")" && pwd)
include=$here/../../include
arch=${6-$(uname -m)}
triple=$arch-lfi-linux-musl
rm -rf "$work"
mkdir -p "$work"
cd "$work"

fail() { echo "$case: $*" >&2; exit 1; }
host_flags="-Wall -Wextra -Werror -I. -I$here -I$include"
binds() { "$bind" --sdk "$sdk" --target "$triple" "$@"; }
link="$libraries/liblfi.a $libraries/liblfi-verifier.a -lpthread"

sample() {
    "$sdk/bin/$triple-clang" -O2 -c "$here/sample.c" -o sample.o
    rm -f libsample.a
    "$sdk/bin/llvm-ar" rcs libsample.a sample.o
    binds --header sample.h -I "$here" --annotations "$here/sample.annotations" \
        libsample.a -o sbox "$@" 2>messages
}

symbols() { # the library of which only the names are known
    "$sdk/bin/$triple-clang" -O2 -I"$here/$arch" -c "$here/symbols.c" -o symbols.o
    "$sdk/bin/llvm-ar" rcs libsymbols.a symbols.o
    cat "$here/symbols.names" "$here/$arch/symbols.names" >names
    binds --symbols=names libsymbols.a -o nbox --drop-in
}

# What builds hosts, and runs them; the sanitizers' options where they are there.
compilers() { for cc in "$@"; do ! command -v "$cc" >/dev/null || echo "$cc"; done; }
run=
if [ "$arch" = "$(uname -m)" ]; then
    cc=gcc cxx=g++ all_cc=$(compilers gcc clang-14 clang-19) all_cxx=$(compilers g++ clang++-14 clang++-19)
    sanitize='-fsanitize=address,undefined -fno-sanitize-recover=undefined'
else
    cc=$sdk/bin/$arch-native-linux-musl-clang cxx=$cc++ sanitize=
    all_cc=$cc all_cxx=$cxx run=$sdk/bin/$arch-native-run
fi

case $case in
run) # C, by all compilers, strictly; the library embedded
    sample
    for cc in $all_cc; do
        $cc -std=c11 $host_flags -O2 -c sbox.c
        $cc -std=gnu11 $host_flags -O2 "$here/run.c" sbox.o $link -o run
        $run ./run || fail "$cc"
    done
    $cxx -std=c++17 $host_flags -x c++ -c sbox.c -o /dev/null
    # The host's compiler need not be told what -D told lfi-bind.
    printf '#if WIDTH != 8 || TWICE(2) != 4 || !PLAIN\n#error not defined\n#endif\n#include <sample.h>\n' >defined.h
    sample --header defined.h -I. -DWIDTH=8 -D 'TWICE(x)=((x) + (x))' -DPLAIN
    $cc -std=gnu11 $host_flags -c sbox.c -o /dev/null
    $cc -std=gnu11 $host_flags -DWIDTH=8 -c sbox.c -o /dev/null
    ;;
symbols) # without headers
    symbols
    for cc in $all_cc; do
        $cc -std=gnu11 $host_flags -I"$here/$arch" -O2 "$here/symbols_run.c" nbox.c $link -o run
        $run ./run || fail "$cc"
    done
    $cxx -std=c++17 $host_flags -x c++ -c nbox.c -o nbox.o
    $cc $host_flags -I"$here/$arch" "$here/symbols_run.c" nbox.o $link -o run
    $run ./run || fail "compiled as C++"
    [ ! -e nbox.hpp ] || fail "a C++ file without types"
    # All names of the archive, with all registers.
    binds --symbols libsymbols.a -o allbox
    sed -n 's/^lfi_gate_fn \*allbox_\([a-z_]*\)(.*/\1/p' allbox.h >all
    sed -n 's/^\([a-z_]*\).*/\1/p' names | sort -u | grep . | diff -u - all || fail "names"
    ! grep -v 'LFI_SHAPE([68], 8, 0) \*/' allbox.h | grep '^lfi_gate_fn' || fail "shapes"
    ;;
sanitized) # the generated code and the host
    sample
    $cc -g -O1 $host_flags $sanitize \
        "$here/run.c" sbox.c $link -o run
    ASAN_OPTIONS=handle_segv=0:use_sigaltstack=0:detect_stack_use_after_return=0 ./run
    ;;
hostile) # limits, and a second thread of the box
    "$sdk/bin/$triple-clang" -O2 -c "$here/hostile.c" -o hostile.o
    "$sdk/bin/llvm-ar" rcs libhostile.a hostile.o
    binds --header hostile.h -I "$here" --annotations "$here/hostile.annotations" \
        libhostile.a -o hbox
    $cc -g -O1 $host_flags $sanitize \
        "$here/hostile_run.c" hbox.c $link -o run
    export ASAN_OPTIONS=handle_segv=0:use_sigaltstack=0:detect_stack_use_after_return=0
    $run ./run || fail "C"
    $cc -g -O1 $host_flags -c hbox.c
    $cxx -std=c++17 -g -O1 $host_flags $sanitize \
        "$here/hostile_run.cpp" hbox.o $link -o run
    $run ./run || fail "C++"
    ;;
load-path)
    sample --load-path ./sbox.lfi
    $cc $host_flags "$here/run.c" sbox.c $link -o run
    $run ./run || fail "does not run"
    printf x >>sbox.lfi
    $run ./run 2>err && fail "a stale library was opened"
    grep -q 'is not the library that the binding was made for' err || fail "$(cat err)"
    rm sbox.lfi
    $run ./run 2>err && fail "a missing library was opened"
    grep -q 'sbox.lfi: No such file' err || fail "$(cat err)"
    ;;
cpp)
    sample
    $cc $host_flags -c sbox.c
    for cxx in $all_cxx; do
        $cxx -std=c++17 $host_flags -O1 "$here/run.cpp" sbox.o $link -o run
        $run ./run || fail "$cxx"
    done
    ;;
misuse) # each must be refused, where the same without the mistake (ok.cpp) is not
    sample
    for file in "$here"/misuse/*; do
        case $file in *.c) compiler="$cc -std=gnu11" ;; *) compiler="$cxx -std=c++17" ;; esac
        if $compiler -Wall -I. -I"$here" -I"$include" -fsyntax-only "$file" 2>err; then
            [ "${file##*/}" = ok.cpp ] || fail "$file: was accepted"
        else
            [ "${file##*/}" != ok.cpp ] || fail "$file: $(cat err)"
        fi
        ! grep -q 'No such file' err || fail "$(cat err)"
    done
    ;;
golden) # what is written, but for the library itself: what ARCH/golden has
    sample
    symbols
    for golden in "$here/$arch"/golden/*.text; do
        file=$(basename "$golden" .text)
        sed '/^static const char lfi_image/,/";$/d; /lfi_library_open_bytes/d' "$file" >"$file.text"
        diff -u "$golden" "$file.text" || fail "$file: differs"
    done
    [ "$(cat messages)" = "lfi-bind: sbox.h: 4 of 47 functions are not decided: see its comments, or --undecided" ] ||
        fail "$(cat messages)"
    ;;
errors)
    refuses() { # STATUS MESSAGE ARGUMENT...
        status=$1 message=$2 got=0
        shift 2
        binds "$@" >out 2>err || got=$?
        [ $got = "$status" ] || fail "$*: status $got: $(cat err)"
        grep -qF -- "$message" err || fail "$*: $(cat err)"
    }
    cp "$here/sample.h" .
    refuses 2 'sage: lfi-bind'
    refuses 2 'no such option' --nonsense
    refuses 2 'needs a value' --header
    refuses 2 'is no name in C' --header sample.h -I . -o 1box
    refuses 1 'no-such.h' --header no-such.h -o box
    refuses 1 'no library was given' --header sample.h -I . -o box
    echo 'add.a sideways' >bad
    refuses 1 'bad:1: sideways: no such word' --annotations bad --header sample.h -I . -o box
    echo 'add.a in out' >bad
    refuses 1 'bad:1: out contradicts in' --annotations bad --header sample.h -I . -o box
    echo 'add.a in size_is' >bad
    refuses 1 'size_is needs a value' --annotations bad --header sample.h -I . -o box
    for size in 'a / (b - 1)' 'a % -b' '1 << (a)' '1 << a + b' '1 >> a * b' 'a / f(b)'; do
        echo "add.a in size_is($size)" >bad
        refuses 1 'size_is divides and shifts by a name or a number only' --annotations bad --header sample.h -I . -o box
    done
    echo 'add.a in size_is(list[b])' >bad
    refuses 1 'size_is has a place in a list that is no number' --annotations bad --header sample.h -I . -o box
    printf '\nadd.z in\n' >bad
    refuses 1 'bad:2: add.z: the headers have none' --annotations bad --header sample.h -I . -o box
    refuses 2 'sage: lfi-bind' --symbols --header sample.h -o box
    refuses 2 'has no annotations' --symbols --undecided
    refuses 1 'no functions' --symbols=/dev/null -o box
    refuses 1 'could not be read' --symbols no-such.a -o box
    printf 'add\nadd(1)\n' >names
    refuses 1 "names:2: 'add(1)' is no name in C" --symbols=names -o box
    for word in 'integers(7)' 'integers(x)' 'integers' 'vectors(9)' 'x87(3)' 'wide(1)' 'words(-1)' 'words(1) 2'; do
        echo "add $word" >names
        refuses 1 "names:1: '${word##* }': say integers" --symbols=names -o box
    done
    "$bind" --help | grep -q '^[Uu]sage: lfi-bind'
    "$bind" --version | grep -q '^lfi-bind '
    binds --header sample.h -I . --undecided | grep -qx 'undecided.what: say string.*' ||
        fail 'undecided'
    printf 'unsigned *numbers(void);\nunsigned char *name(void);\n' >results.h
    printf '%s\n' 'numbers.return: say box or user_data' 'name.return: say string, box or user_data' >wanted
    binds --header results.h -I . --undecided >out
    diff wanted out || fail 'results'
    echo 'numbers.return out size_is(3)' >size
    binds --header results.h -I . --annotations size --undecided >out
    diff wanted out || fail 'a size for a result'
    cat >sizes.h <<'END'
struct one { int n; struct one *next; int of[2]; };
void deep(const struct one *one, const char *bytes);
void far(struct one one, const char *bytes);
void changes(const struct one *one, const char *bytes);
void part(const char *bytes, float n);
void many(const char *bytes, int n);
void none(const char *name, const char *bytes);
void right(const struct one *one, const char *bytes, int n);
END
    printf '%s\n' 'one.next box' 'deep.one in' 'deep.bytes in size_is(one->next->n)' \
        'far.bytes in size_is(one.next->n)' 'changes.one box' 'changes.bytes in size_is(one->n)' \
        'part.bytes in size_is(n * 2)' 'many.bytes in size_is(A * B * C * D * n)' \
        'none.name string' 'none.bytes in size_is(name[1])' 'right.one in' 'right.bytes in size_is((one->of[1] + n) / n * A * B + C + D * E)' >sizes
    printf '%s\n' 'deep.bytes: size_is follows a pointer in what is pointed to, or in a structure' \
        'far.bytes: size_is follows a pointer in what is pointed to, or in a structure' \
        'changes.bytes: size_is follows a pointer into the box, where the number changes' \
        'part.bytes: size_is has a floating-point number, which may be none' \
        'many.bytes: size_is multiplies too many numbers' \
        'none.bytes: size_is takes a place in a list of no size' >wanted
    binds --header sizes.h -I . --annotations sizes --undecided >out
    diff wanted out || fail 'sizes'
    for size in '*(one + n)' '(one)[1].n' '(one)->n' 'one++[0].n'; do
        printf '%s\n' 'right.one in' "right.bytes in size_is($size)" >sizes
        binds --header sizes.h -I . --annotations sizes --undecided >out
        grep -qx 'right.bytes: size_is follows what is no name' out || fail "$size: $(cat out)"
    done
    cat >lists.h <<'END'
struct list { unsigned char *bytes; unsigned long size; };
typedef void take_fn(const struct list *list);
void call(take_fn *take);
struct list get(void);
END
    printf 'list.bytes out size_is(size)\ntake_fn.list in\n' >lists
    binds --header lists.h -I . --annotations lists --undecided >out
    for what in 'take_fn.list: a structure with lists as an argument of a callback' \
        'get.return: a structure with lists as a result'; do
        grep -qF "$what" out || fail "$(cat out)"
    done
    ;;
zlib) # real code as a drop-in: the host's source does not change
    zlib=$("$here/../../toolchain/fetch" zlib)
    files='adler32 compress crc32 deflate infback inffast inflate inftrees trees uncompr zutil'
    sources=$(for file in $files; do echo "$zlib/$file.c"; done)
    mkdir boxed
    for file in $sources; do
        (cd boxed && "$sdk/bin/$triple-clang" -O2 -w -c "$file")
    done
    "$sdk/bin/llvm-ar" rcs libz.a boxed/*.o
    binds --header zlib.h -I "$zlib" --annotations "$here/../../examples/zlib/zlib.annotations" --drop-in libz.a \
        -o zbox 2>messages
    $cc -O2 $host_flags -I"$zlib" "$here/zlib.c" zbox.c $link -o boxed-host
    $cc -O2 -w -I"$zlib" "$here/zlib.c" $sources -o native-host
    for level in 1 6 9; do
        $run ./boxed-host zbox.c $level >boxed.out
        $run ./native-host zbox.c $level >native.out
        grep -q ': same$' native.out || fail "$(cat native.out)"
        diff -u native.out boxed.out || fail "level $level"
    done
    ;;
expat) # callbacks with strings, lists and user data
    expat=$("$here/../../toolchain/fetch" expat)/expat/lib
    define='-DXML_GE=1 -DXML_DTD=1 -DXML_NS=1 -DXML_CONTEXT_BYTES=1024 -DBYTEORDER=1234 -DHAVE_GETRANDOM'
    define="$define -I$work"
    : >expat_config.h
    mkdir boxed
    for file in xmlparse xmlrole xmltok; do
        (cd boxed && "$sdk/bin/$triple-clang" -O2 -w $define -c "$expat/$file.c")
    done
    "$sdk/bin/llvm-ar" rcs libexpat.a boxed/*.o
    binds --header expat.h -I "$expat" --annotations "$here/../../examples/expat/expat.annotations" --drop-in \
        libexpat.a -o xbox 2>messages
    $cc -O2 $host_flags -I"$expat" "$here/expat.c" xbox.c $link -o boxed-host
    $cc -O2 -w $define -I"$expat" "$here/expat.c" "$expat"/xmlparse.c "$expat"/xmlrole.c \
        "$expat"/xmltok.c -o native-host
    $run ./boxed-host >boxed.out
    $run ./native-host >native.out
    grep -q '^end document' native.out || fail "$(cat native.out)"
    diff -u native.out boxed.out || fail "differs"
    ;;
*)
    fail "no such case"
    ;;
esac
