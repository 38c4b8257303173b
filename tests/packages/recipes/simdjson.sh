# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
#
# With all tests whose data is in the archive; newer ones have it elsewhere.
source=simdjson
tests='dom/random_string_number_tests dom/document_stream_tests dom/extracting_values_example dom/integer_tests
    dom/minefieldcheck dom/trivially_copyable_test ondemand/ondemand_array_tests ondemand/ondemand_error_location_tests
    ondemand/ondemand_misc_tests ondemand/ondemand_number_tests ondemand/ondemand_object_tests
    ondemand/ondemand_scalar_tests ondemand/ondemand_wrong_type_error_tests unicode_tests padded_string_tests'
programs="$(for test in $tests; do echo tests/${test##*/}; done)"
built='the library and tests, C++'
[ "${triple%%-*}" != x86_64 ] || built="$built, with code for SSE4.2 and AVX2 chosen at run time"
without='tests whose data is not in the archive'

build() {
    compile() {
        "$CXX" $cflags -std=c++17 -w -Iinclude -Isrc -Itests -Itests/ondemand -DSIMDJSON_IMPLEMENTATION_ICELAKE=0 \
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
    # The package's own tests; some say how long they took.
    cd "$tree" || exit
    for test in $tests; do
        own ${test##*/} run ${test##*/} >/dev/null 2>&1
        echo "${test##*/}: passed"
    done
}
