#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A library's own test programs, as programs of the host: linked with the drop-in binding they print
# what they print with the library itself.
#   own.sh SDK-FOLDER WORK-FOLDER zlib|libpng|expat ARCH
# shellcheck disable=SC2086 # lists of options and of files
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
sdk=$1 work=$2/own-$3-$4 arch=$4
triple=$arch-lfi-linux-musl
# shellcheck source=tests/runner.sh
. "$root/tests/runner.sh"
cc=$(host_compiler "$sdk" "$arch") flags=$(host_flags "$sdk" "$arch") run=$(runner "$sdk" "$arch-native-linux-musl")
rm -rf "$work"
mkdir -p "$work/boxed"
cd "$work"
fail() { echo "own.sh: $*" >&2; exit 1; }

# in_box OPTION... SOURCE...: boxed/*.o
in_box() {
    (cd boxed && "$sdk/bin/$triple-clang" -O2 -w "$@" -c)
}

# bind OPTION...
bind() {
    "$sdk/bin/lfi-bind" --target "$triple" "$@" 2>messages || fail "$(cat messages)"
}

# no_twin PROGRAM FUNCTION: the boxed one's host has none of the library's code.
no_twin() {
    "$sdk/bin/$triple-nm" "$1-native" | grep -q " [tT] $2\$" || fail "$2 is no function of the library"
    if "$sdk/bin/$triple-nm" "$1-boxed" | grep -q " [tT] $2\$"; then
        fail "$1-boxed has a library of its own"
    fi
}

own_zlib() { # example.c and minigzip.c. Its functions for files stay in the host, and call into the box
    zlib=$("$root/toolchain/fetch" zlib)
    box='' files=''
    for file in "$zlib"/*.c; do
        case ${file##*/} in
        gz*) files="$files $file" ;;
        *) box="$box $file" ;;
        esac
    done
    in_box -DHAVE_UNISTD_H $box
    "$sdk/bin/llvm-ar" rcs libz.a boxed/*.o
    bind --header zlib.h -I "$zlib" --annotations "$root/examples/zlib/zlib.annotations" --drop-in libz.a -o zbox
    $cc -O2 -c zbox.c -I. -I"$zlib" $flags || fail zbox.c
    for program in example minigzip; do
        $cc -O2 -w -DHAVE_UNISTD_H -I"$zlib" "$zlib/test/$program.c" $files zbox.o $flags -o $program-boxed
        $cc -O2 -w -DHAVE_UNISTD_H -I"$zlib" "$zlib/test/$program.c" $files $box -o $program-native
    done
    for kind in boxed native; do
        $run ./example-$kind example.gz >example.$kind || fail "example-$kind: status $?"
        $run ./minigzip-$kind -9 <zbox.c >packed.$kind || fail "minigzip-$kind: status $?"
        $run ./minigzip-$kind -d <packed.$kind >unpacked.$kind || fail "minigzip-$kind -d: status $?"
        cmp zbox.c unpacked.$kind
    done
    grep -q 'inflate with dictionary' example.native || fail 'example.c says something else'
    diff -u example.native example.boxed
    cmp packed.native packed.boxed
    no_twin example inflate_table
}

own_libpng() { # pngtest.c, for all pictures of the source, and for damaged ones
    png=$("$root/toolchain/fetch" libpng) zlib=$("$root/toolchain/fetch" zlib)
    sources=$(find "$png" "$zlib" -maxdepth 1 -name 'png*.c' ! -name pngtest.c -o -maxdepth 1 -path "$zlib/*.c" ! -name 'gz*')
    # Without functions for FILE: the program then reads and writes by callbacks.
    grep -v -e STDIO_SUPPORTED -e CONSOLE_IO "$png/scripts/pnglibconf.h.prebuilt" >pnglibconf.h
    includes="-I$work -I$png -I$zlib -DPNG_INTEL_SSE_OPT=0 -DPNG_ARM_NEON_OPT=0"
    annotations=$here/pngtest.annotations
    in_box $includes $sources
    bind --header png.h $includes --annotations "$annotations" --undecided >undecided
    sed -n 's/^\(png_[gs]et_[^:]*\): .*/\1/p' undecided | grep -v return |
        sed 's/^png_get.*/& out/; s/^png_set.*/& box/' >more.annotations
    bind --header png.h $includes --annotations "$annotations" --annotations more.annotations --drop-in \
        boxed/*.o -o pngbox
    $cc -O2 -w $includes "$png/pngtest.c" pngbox.c $flags -o pngtest-boxed
    $cc -O2 -w $includes "$png/pngtest.c" $sources -lm -o pngtest-native
    head -c 5000 "$png/pngtest.png" >cut.png
    { head -c 6000 "$png/pngtest.png" && printf broken && tail -c +6007 "$png/pngtest.png"; } >data.png
    { head -c 16 "$png/pngtest.png" && printf broken && tail -c +23 "$png/pngtest.png"; } >head.png
    for kind in native boxed; do
        $run ./pngtest-$kind "$png/pngtest.png" again.$kind.png >pngtest.$kind 2>&1 || fail "pngtest-$kind: status $?"
        $run ./pngtest-$kind -m "$png"/contrib/*/*.png cut.png data.png head.png >many.$kind 2>&1 || :
        $run ./pngtest-$kind --strict -m "$png"/contrib/*/*.png >strict.$kind 2>&1 || :
    done
    sed -i 's/again[.][a-z]*[.]png/again.png/' pngtest.*
    cmp again.native.png again.boxed.png
    for output in pngtest many strict; do
        diff -u $output.native $output.boxed
    done
    grep -q 'libpng passes test' pngtest.native || fail 'pngtest.c says something else'
    [ "$(grep -c '^ PASS' many.native)" -ge 150 ] || fail 'too few pictures'
    [ "$(grep -c 'libpng read error' many.native)" = 3 ] || fail 'no errors'
    no_twin pngtest png_read_filter_row
}

own_expat() { # runtests.c: 345 tests
    expat=$("$root/toolchain/fetch" expat)/expat
    tests=$expat/tests lib=$expat/lib
    : >expat_config.h
    options="-DXML_GE=1 -DXML_DTD=1 -DXML_NS=1 -DXML_CONTEXT_BYTES=1024 -DBYTEORDER=1234 -I$work -I$lib"
    in_box $options -DHAVE_GETRANDOM "$lib/xmlparse.c" "$lib/xmlrole.c" "$lib/xmltok.c"
    bind --header expat.h --header internal.h $options --annotations "$here/runtests.annotations" --drop-in \
        boxed/*.o -o xmlbox
    $cc -O2 -w $options -Dmalloc=in_box_malloc -Drealloc=in_box_realloc -Dfree=in_box_free -I"$tests" \
        -include "$here/runtests-host.h" -c "$tests/runtests.c" "$tests/memcheck.c"
    $cc -O2 -w $options -I"$tests" runtests.o memcheck.o "$here/runtests-host.c" "$tests/chardata.c" \
        "$tests/minicheck.c" "$tests/structdata.c" $flags -o runtests-boxed
    $cc -O2 -w $options -DHAVE_GETRANDOM -I"$tests" "$tests/runtests.c" "$tests/memcheck.c" "$tests/chardata.c" \
        "$tests/minicheck.c" "$tests/structdata.c" "$lib/xmlparse.c" "$lib/xmlrole.c" "$lib/xmltok.c" -o runtests-native
    $run ./runtests-native -v >printed.native 2>messages || fail "runtests-native: status $?"
    $run ./runtests-boxed -v >printed.boxed 2>messages || :
    # What cannot pass: a handler's argument that is the host's pointer or, as a default, the parser itself.
    cat >expected <<'EOT'
FAIL: test_ext_entity_ref_parameter
FAIL: test_user_parameters
EOT
    sed -n 's/^\(FAIL: [a-z_]*\).*/\1/p' printed.boxed | sort | diff -u expected -
    for kind in native boxed; do
        sed -n 's/^....: \(test_[a-zA-Z0-9_]*\).*/\1/p' printed.$kind >names.$kind
    done
    diff -u names.native names.boxed
    [ "$(grep -c '^PASS' printed.native)" = 345 ] || fail 'other tests than expected'
    [ "$(grep -c '^PASS' printed.boxed)" = 343 ] || fail 'fewer pass'
    no_twin runtests XmlPrologStateInit
}

own_"$3"
