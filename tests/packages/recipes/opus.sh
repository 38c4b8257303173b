# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
source=opus
unit_tests='cwrs32 dft entropy laplace mathops mdct rotation types'
api_tests='test_opus_api test_opus_decode test_opus_encode test_opus_padding test_opus_projection'
built='the library, with intrinsics chosen at run time'
silk_tests=silk/tests/test_unit_LPC_inv_pred_gain
if [ "${triple%%-*}" = aarch64 ]; then
    built='the library, with intrinsics for NEON'
    api_tests=test_opus_padding silk_tests=''
    without='those of `silk` and of the API but for `test_opus_padding`, which take minutes in the emulator'
fi
programs="opus_demo $(for test in $unit_tests; do echo celt/tests/test_unit_$test; done)
    $silk_tests $(for test in $api_tests; do echo tests/$test; done)"

build() {
    ./configure --host="$triple" --disable-shared --disable-doc CC="$CC" AR="$AR" RANLIB="$RANLIB" CFLAGS="$cflags"
    make -j"$jobs" $programs
}

check() {
    # The package's own tests; those with random input get the same each time.
    for program in $programs; do
        [ $program != opus_demo ] || continue
        SEED=1 own "$(basename $program)" run "$(basename $program)"
    done
}
