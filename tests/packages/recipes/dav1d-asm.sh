# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
#
# dav1d with its assembly, of NASM or for NEON, and its checkasm, which compares each function with the one in C, for
# each instruction set that the processor has. On AArch64 checkasm is changed: it does not look whether x25 to x28 are
# kept, which no code in a box writes, and its clock (of --bench) is the timer's, for the performance counter is the
# kernel's.
source=dav1d
programs='dav1d-asm build/tests/checkasm'
built='the decoder with its NASM assembly, checkasm, up to AVX-512 where the processor has it'
if [ "${triple%%-*}" = aarch64 ]; then
    built='the decoder with its assembly for NEON, all 16 files, checkasm'
fi
counts='s/.*all \([0-9]*\) tests passed.*/\1/p'

build() {
    options=''
    [[ $triple != *-lfi* ]] || options=", '--keep-r11'"
    cat >cross.ini <<END
[binaries]
c = '$CC'
ar = '$AR'
nasm = ['$sdk/bin/$triple-nasm'$options]
[host_machine]
system = 'linux'
cpu_family = '${triple%%-*}'
cpu = '${triple%%-*}'
endian = 'little'
END
    sed -i 's/pmccntr_el0/cntvct_el0/' tests/checkasm/checkasm.h
    sed -i -E '/ldp +x2[57], +x2[68], +\[x9\]|check_reg +x2[57]/d' tests/checkasm/arm/checkasm_64.S
    meson setup --cross-file cross.ini -Dbuildtype=release -Db_ndebug=true \
        -Ddefault_library=static -Denable_asm=true -Dc_args=-w build
    ninja -C build -j "$jobs" tools/dav1d tests/checkasm
    cp build/tools/dav1d dav1d-asm
}

check() {
    run checkasm 1 >tested 2>&1
    [ -z "$avx512" ] || grep 'AVX-512' tested
    tail -n 1 tested
}
