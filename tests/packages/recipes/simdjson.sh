# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
#
# With tests of each part whose data is in the archive; newer ones have it elsewhere. Each runs once for each
# processor that the library has code for.
source=simdjson
tests='dom/random_string_number_tests dom/document_stream_tests dom/integer_tests
    ondemand/ondemand_number_tests ondemand/ondemand_object_tests unicode_tests padded_string_tests
    checkimplementation'
programs="$(for test in $tests; do echo tests/${test##*/}; done)"
built='the library and tests, C++'
implementations=fallback
if [ "${triple%%-*}" = x86_64 ]; then
    built="$built, with code for SSE4.2, AVX2 and AVX-512 chosen at run time"
    implementations="fallback westmere haswell ${avx512:+icelake}"
elif [ "${triple%%-*}" = aarch64 ]; then
    built="$built, with code for NEON, and without, chosen at run time"
    implementations='fallback arm64'
fi
without='tests whose data is not in the archive, and others to save time'

build() {
    compile() {
        "$CXX" $cflags -std=c++17 -w -Iinclude -Isrc -Itests -Itests/ondemand -DSIMDJSON_IMPLEMENTATION_FALLBACK=1 \
            -DSIMDJSON_THREADS_ENABLED=1 -DSIMDJSON_BENCHMARK_DATA_DIR="\"$PWD/jsonexamples/\"" "$@"
    }
    compile -c -o simdjson.o src/simdjson.cpp
    for test in $tests; do
        while [ "$(jobs -r | wc -l)" -ge "$jobs" ]; do wait -n; done
        compile -o "tests/${test##*/}" "tests/$test.cpp" simdjson.o -lpthread &
    done
    wait
}

check() {
    # The package's own tests; some say how long they took. `checkimplementation` fails if another was chosen.
    cd "$tree" || exit
    for implementation in $implementations; do
        export SIMDJSON_FORCE_IMPLEMENTATION=$implementation
        for test in $tests; do
            run ${test##*/} >/dev/null 2>&1
            echo "$implementation, ${test##*/}: passed"
        done
    done
}
