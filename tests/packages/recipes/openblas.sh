# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016,SC2046,SC2059 # variables and `run` come from ../package
#
# For one processor; openblas-dynamic.sh is for several. Debian's archive has no LAPACK.
source=openblas
target=HASWELL threads=2 processors='HASWELL, 2 threads'
[ "${triple%%-*}" = x86_64 ] || target=ARMV8 threads=1 processors='any ARMv8, one thread'
options=("TARGET=$target") kinds='s d c z' suffix=''
fails='^$' # what fails natively, too
tests() {
    for kind in $kinds; do printf "${1-}x%s${2-} " ${kind}cblat{1,2,3}; done
}
programs="utest/openblas_utest $(tests ctest/)"
built="BLAS with its assembly for $processors"
counts='s/^RESULTS: \([0-9]*\) tests (\1 ok, 0 failed.*/\1/p; s/.* PASSED THE .*/1/p; s/.*- PASS -*$/1/p'
without='2 of `utest`, which call `fork`; LAPACK'

build() {
    blas() {
        make -j"$jobs" CC="$CC" HOSTCC=cc AR="$AR" RANLIB="$RANLIB" CROSS=1 NOFORTRAN=1 NO_LAPACK=1 NO_LAPACKE=1 \
            NO_SHARED=1 NUM_THREADS=$threads MAKE_NB_JOBS="$jobs" "${options[@]}" \
            COMMON_OPT="$cflags -w -Wno-implicit-int -Wno-implicit-function-declaration" "$@"
    }
    blas libs
    blas -C utest openblas_utest OBJS="$(printf 'test_%s.o ' min amax ismin rotmg axpy dotu dsdot swap rot dnrm2) utest_main.o"
    blas -C ctest $(tests)
    [ ! "$suffix" ] || for program in $programs; do mv "${program%"$suffix"}" "$program"; done
}

check() {
    # The package's own tests: `utest`, and `ctest`, which exits with 0 when it failed, too. Threads wait by
    # sched_yield(), which takes minutes where the machine does something else as well: so they do one part.
    run openblas_utest$suffix | sed 's, ran in .*,,'
    export OPENBLAS_NUM_THREADS=1
    for kind in $kinds; do
        run x${kind}cblat1$suffix >${kind}1
        for level in 2 3; do
            run x${kind}cblat$level$suffix <"$tree/ctest/${kind}in$level" >$kind$level
        done
    done
    export OPENBLAS_NUM_THREADS=$threads
    [ $threads = 1 ] || run xdcblat3$suffix <"$tree/ctest/din3" >d3-threads
    cat [sdcz][123]*
    if grep -E 'FAIL|SUSPECT|[*]{3}' [sdcz][123]* | grep -vE "$fails"; then false; fi
}
