# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Boxes that attack their host: by system calls, and by code.
lfi_unit_test(runtime-hostile-calls SOURCES hostile-calls.c LIBS lfi)
target_include_directories(test-runtime-hostile-calls PRIVATE ${CMAKE_SOURCE_DIR}/runtime)
lfi_unit_test(runtime-hostile-code SOURCES hostile-code.c LIBS lfi)
target_include_directories(test-runtime-hostile-code PRIVATE ${CMAKE_SOURCE_DIR}/verifier)
set_tests_properties(runtime-hostile-calls runtime-hostile-code PROPERTIES TIMEOUT 300)
