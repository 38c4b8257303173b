# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2154 # variables come from build-sysroot, which runs it with -e
#
# compiler-rt's runtime of profiles and coverage (-fprofile-instr-generate, -fprofile-generate, --coverage):
# the files of its own CMakeLists.txt for Linux, which need only musl.

build_profile() {
    compiler_rt=$(source_of llvm)/compiler-rt
    objects=
    for name in GCDAProfiling InstrProfiling InstrProfilingBuffer InstrProfilingFile InstrProfilingInternal \
        InstrProfilingMerge InstrProfilingMergeFile InstrProfilingNameVar InstrProfilingPlatformLinux \
        InstrProfilingRuntime InstrProfilingUtil InstrProfilingValue InstrProfilingVersionVar \
        InstrProfilingWriter; do
        source=$compiler_rt/lib/profile/$name.c compiler=$sdk/bin/$triple-clang
        [ -f "$source" ] || source=${source}pp compiler=$compiler++
        "$compiler" -O2 -fPIC -fno-exceptions -ffunction-sections -fvisibility=hidden -w \
            -DCOMPILER_RT_HAS_ATOMICS=1 -DCOMPILER_RT_HAS_FCNTL_LCK=1 -DCOMPILER_RT_HAS_UNAME=1 \
            -I"$compiler_rt/include" -ffile-prefix-map="$compiler_rt=compiler-rt" \
            -c "$source" -o "$work/profile-$name.o"
        objects="$objects $work/profile-$name.o"
    done
    # shellcheck disable=SC2086 # a list
    "$sdk/bin/llvm-ar" rcsD "$runtime/libclang_rt.profile.a" $objects
}
