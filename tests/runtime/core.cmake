# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Unit tests of runtime/core.
foreach(part switch faults memory copy)
    lfi_unit_test(runtime-core-${part} TIMEOUT 120 LIBS lfi SOURCES core-${part}.c core-code.S)
    target_include_directories(test-runtime-core-${part} PRIVATE ${CMAKE_SOURCE_DIR}/runtime/core)
endforeach()
