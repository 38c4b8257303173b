# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
#
# Its calls of functions end in a jump into a table of code, 8 bytes an entry; rewritten code needs more, so
# the entries get 128 here. Closures are code made at run time, which a box does not have.
source=libffi
tests='align_mixed bpo-38748 err_bad_typedef float float1 float2 float3 float4 float_va many many2 many_double many_mixed
    negint offsets pr1172638 promotion pyobjc_tc return_dbl return_dbl1 return_dbl2 return_fl return_fl1 return_fl2
    return_fl3 return_ldl return_ll return_ll1 return_sc return_sl return_uc return_ul s55 strlen strlen2 strlen3 strlen4
    struct1 struct10 struct2 struct3 struct4 struct5 struct6 struct7 struct8 struct9 struct_by_value_2 struct_by_value_3
    struct_by_value_4 struct_by_value_big struct_by_value_small uninitialized va_1 va_2 va_3 va_struct1 va_struct2
    va_struct3'
programs="$(printf 'built/%s ' $tests)"
built='the library, C and assembly; its tables of code with 128 instead of 8 bytes an entry'
without='closures (`libffi.closures`, `libffi.go`), which are code made at run time; the conventions of Windows'

build() {
    ./configure -q --host="$triple" --disable-shared --disable-docs --disable-builddir --disable-exec-static-tramp CC="$CC" AR="$AR" RANLIB="$RANLIB" \
        CFLAGS="$cflags -w"
    sed -i 's/^# define E(BASE, X)\t.balign 8$/# define E(BASE, X) .balign 128/
        s/leaq\t(%r11, %r10, 8), %r10/shll $7, %r10d; addq %r11, %r10/
        s/^\t.balign\t8$/\t.balign 128/' src/x86/unix64.S
    # This file goes on behind a call of `abort`.
    [[ $triple != *-lfi* ]] || make src/x86/unix64.lo CCASFLAGS=-Wa,--keep-r11
    make -j"$jobs"
    mkdir built
    printf '%s\0' $tests | xargs -0 -P "$jobs" -I{} $CC $cflags -w -I. -Iinclude -DABI_NUM=FFI_DEFAULT_ABI -DABI_ATTR= \
        -o built/{} testsuite/libffi.call/{}.c .libs/libffi.a -lm
}

check() {
    # The package's own tests.
    for test in $tests; do
        own $test run $test
    done
}
