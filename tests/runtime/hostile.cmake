# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Boxes that attack their host.
lfi_unit_test(runtime-hostile-calls SOURCES hostile-calls.c LIBS lfi)
target_include_directories(test-runtime-hostile-calls PRIVATE ${CMAKE_SOURCE_DIR}/runtime)
set_tests_properties(runtime-hostile-calls PROPERTIES TIMEOUT 300)
