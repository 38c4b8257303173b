# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
#
# With its assembly: for AArch64, or for any x86-64. That for the Haswell and newer processors of Intel carries
# flags over jumps through tables, which is refused: docs/conformance.md.
source=gmp
programs='' # its tests, which make runs
host=''
built="the library with its assembly for any ${triple%%-*}"
counts='s/.*:test-result: PASS.*/1/p'
without='all but those of `mpn` and `mpz`'

build() {
    # Debian's archive comes without the documentation, which is not free.
    mkdir doc
    echo 'all check:' >doc/Makefile.in
    ./configure -q --build="$(./configfsf.guess)" --host="${host:-$triple}" --disable-shared --with-pic \
        CC="$CC" AR="$AR" RANLIB="$RANLIB" NM="$sdk/bin/llvm-nm" CFLAGS="$cflags"
    make -j"$jobs"
    # For a machine that it does not know, configure takes C.
    [ "$(assembled "$PWD" | wc -l)" -ge 30 ] || { echo "configure took C instead of assembly" && false; }
}

# The files of assembly that are in the library built in folder $1
assembled() {
    (cd "$1/mpn" && for file in *.asm; do ! [ -f "${file%.asm}.o" ] || echo "$file"; done)
}

check() {
    echo "$(assembled "$tree" | wc -l) files of assembly"
    [ -z "$emulated" ] || export GMP_CHECK_REPFACTOR=0.1 # its tests' own factor for slow machines
    make -C "$tree/tests" -j"$jobs" libtests.la >../gmp.make
    for part in mpn mpz; do
        make -C "$tree/tests/$part" -j"$jobs" check LOG_COMPILER="$runner" >>../gmp.make || {
            cat "$tree/tests/$part/test-suite.log" >&2
            false
        }
        (cd "$tree/tests/$part" && grep ':test-result:' ./*.trs | sed "s,^.,$part,")
    done
}
