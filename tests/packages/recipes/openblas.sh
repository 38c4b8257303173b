# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016,SC2046 # variables and `run` come from ../package
#
# For one processor; openblas-dynamic.sh is for several. Debian's archive comes without LAPACK.
source=openblas
if [ "${triple%%-*}" = x86_64 ]; then
    cpu=HASWELL
else
    cpu=ARMV8
fi
options="TARGET=$cpu NO_AVX512=1" list=''
programs="benchmark/dgemm.goto benchmark/dgemv.goto utest/openblas_utest $(for kind in s d c z; do printf "ctest/x${kind}cblat%s " 1 2 3; done)"
built="BLAS with its assembly for $cpu"
counts='s/^RESULTS: \([0-9]*\) tests (\1 ok, 0 failed.*/\1/p; s/.*: passed$/1/p'
without='2 of `utest`, which call `fork`; LAPACK'

build() {
    blas() {
        make -j"$jobs" CC="$CC" HOSTCC=cc AR="$AR" RANLIB="$RANLIB" CROSS=1 NOFORTRAN=1 NO_LAPACK=1 NO_LAPACKE=1 \
            NO_SHARED=1 NUM_THREADS=2 COMMON_OPT="$cflags -w" DYNAMIC_LIST="$list" $options "$@"
    }
    blas libs
    # Its benchmark, for bench/assembly; what it finds goes to standard output.
    echo '#define fprintf(file, ...) printf(__VA_ARGS__)' >stdout.h
    blas -C benchmark dgemm.goto dgemv.goto COMMON_OPT="$cflags -w -include $PWD/stdout.h"
    blas -C utest openblas_utest OBJS="$(printf 'test_%s.o ' min amax ismin rotmg axpy dotu dsdot swap rot dnrm2) utest_main.o"
    blas -C ctest $(for kind in s d c z; do printf "x${kind}cblat%s " 1 2 3; done)
}

check() {
    # The package's own tests: `utest`, and `ctest` with its input.
    export OPENBLAS_NUM_THREADS=2
    run openblas_utest | sed 's, ran in .*,,'
    for kind in s d c z; do
        own ${kind}cblat1 run x${kind}cblat1
        for level in 2 3; do
            own ${kind}cblat$level run x${kind}cblat$level <"$tree/ctest/${kind}in$level"
        done
    done
}
