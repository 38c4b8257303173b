# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
source=zstd
programs='programs/zstd'
built='the library and its program'
[ "${triple%%-*}" != x86_64 ] || built="$built, with its assembly"
without='`fuzzer`, `zstreamtest`, which take minutes'

build() {
    make -j"$jobs" -C programs CC="$CC" AR="$AR" CFLAGS="$cflags" \
        HAVE_ZLIB=0 HAVE_LZMA=0 HAVE_LZ4=0 BACKTRACE=0 zstd
    [ "${triple%%-*}" != x86_64 ] || "${CC%-clang}-nm" programs/zstd | grep 'HUF_decompress4X1.*asm_loop'
}

check() {
    for level in 1 3 12; do
        run zstd -q -c -$level "$text" >text.$level.zst
        run zstd -q -c -$level --check "$mixed" >mixed.$level.zst
        run zstd -q -dc text.$level.zst | cmp - "$text"
        run zstd -q -dc mixed.$level.zst | cmp - "$mixed"
    done
    run zstd -q -c -19 "$mixed" >mixed.19.zst
    # Two worker threads.
    run zstd -q -c -T2 -B1048576 -4 "$text" >threads.zst
    run zstd -q -t threads.zst
    # A dictionary from many small files.
    mkdir pieces
    split -b 4000 -a 4 "$mixed" pieces/
    run zstd -q --train -r pieces -o dictionary --maxdict=20000
    run zstd -q -c -D dictionary pieces/aaaa >piece.zst
    run zstd -q -dc -D dictionary piece.zst | cmp - pieces/aaaa
    rm -r pieces
    # The package's own golden files.
    for golden in "$tree"/tests/golden-decompression/*.zst; do
        run zstd -q -dc "$golden" | cksum
        echo "$(basename "$golden"): passed"
    done
}
