# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
source=xz
own_tests='test_check test_stream_flags test_filter_flags test_block_header
    test_index test_index_hash test_bcj_exact_size test_memlimit test_lzip_decoder test_vli'
built='the library and its program'
[ "${triple%%-*}" != x86_64 ] || built="$built, CRC with PCLMUL (intrinsics)"
programs="src/xz/xz $(for test in $own_tests; do echo tests/$test; done)"

build() {
    ./configure --host="$triple" --disable-shared --disable-nls --disable-scripts --disable-doc \
        CC="$CC" AR="$AR" RANLIB="$RANLIB" CFLAGS="$cflags"
    [ "${triple%%-*}" != x86_64 ] || grep HAVE_USABLE_CLMUL config.h
    make -j"$jobs"
    make -j"$jobs" -C tests $own_tests
}

check() {
    run xz -c -6 "$text" >text.6.xz
    run xz -c -1 "$mixed" >mixed.1.xz
    run xz -c --x86 --lzma2=preset=3 "$mixed" >mixed.x86.xz
    run xz -dc text.6.xz | cmp - "$text"
    run xz -dc mixed.1.xz | cmp - "$mixed"
    run xz -dc mixed.x86.xz | cmp - "$mixed"
    # Two worker threads.
    run xz -c -2 -T2 --block-size=1000000 "$text" >threads.xz
    run xz -dc -T2 threads.xz | cmp - "$text"
    # The package's own tests.
    for test in $own_tests; do
        (cd "$tree/tests" && srcdir=. own $test run $test) || [ $? = 77 ]
    done
    for file in "$tree"/tests/files/good-*.xz; do
        run xz -dc "$file" | cksum
        echo "$(basename "$file"): passed"
    done
    for file in "$tree"/tests/files/bad-*.xz; do
        if run xz -qt "$file"; then false; fi
        echo "$(basename "$file"): passed"
    done
}
