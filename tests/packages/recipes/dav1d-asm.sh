# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
#
# dav1d with its NASM assembly, and its checkasm, which compares each function with the one in C. What
# a box does not have, AVX-512, becomes traps; checkasm, which asks the processor, must not try it.
source=dav1d
programs='dav1d-asm build/tests/checkasm'
built='the decoder with its NASM assembly, checkasm'
counts='s/.*all \([0-9]*\) tests passed.*/\1/p'
without='what is for AVX-512'

build() {
    options=''
    [[ $triple != *-lfi* ]] || options=", '--keep-r11', '--trap-unsupported'"
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
    sed -i '/"avx512icl"/d; s/cpu_flags & DAV1D_X86_CPU_FLAG_AVX512ICL/0/' tests/checkasm/checkasm.c
    meson setup --cross-file cross.ini -Dbuildtype=release -Db_ndebug=true \
        -Denable_asm=true -Dc_args=-w build
    ninja -C build -j "$jobs" tools/dav1d tests/checkasm
    cp build/tools/dav1d dav1d-asm
}

check() {
    run checkasm 1 >tested 2>&1
    tail -n 1 tested
}
