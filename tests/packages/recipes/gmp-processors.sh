# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
#
# GMP's assembly for each processor that a fat library knows: GMP_CPU_TYPE chooses, not cpuid.
. "$here/recipes/gmp.sh"
options='--enable-fat --enable-fake-cpuid'
processors='k8 k10 bobcat bulldozer core2 nehalem sandybridge atom silvermont pentium4 nano'
newer='zen haswell' # with BMI2; not broadwell: docs/conformance.md, "Flags"
own_tests='mpn/t-mul mpn/t-mullo mpn/t-div mpn/t-hgcd mpn/t-bdiv mpn/t-sqrlo mpn/t-mod_1 mpn/logic
    mpn/t-aors_1 mpn/t-invert mpn/t-mulmid mpz/t-mul mpz/t-gcd mpz/t-powm mpz/t-tdiv'

check() {
    case $triple in
    "$native") runner='' ;;
    *) runner=$sdk/bin/lfi-run ;;
    esac
    for part in '' /mpn /mpz; do
        make -C "$tree/tests$part" -j"$jobs" check TESTS= SUBDIRS=
    done >../gmp-processors.make
    if grep -q '^flags.* bmi2' /proc/cpuinfo; then
        processors="$processors $newer"
    else
        echo "not run, for want of BMI2 here: $newer"
    fi
    for processor in $processors; do
        for test in $own_tests; do
            GMP_CPU_TYPE=$processor $runner "$tree/tests/$test"
            echo "$processor $test: passed"
        done
    done
}
