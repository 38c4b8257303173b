# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The Linux personality. The tests look into it: its own headers are on the path.
foreach(topic ranges fdtable paths load calls)
    lfi_unit_test(runtime-linux-${topic} SOURCES linux-${topic}.c LIBS lfi)
    target_include_directories(test-runtime-linux-${topic} PRIVATE ${CMAKE_SOURCE_DIR}/runtime)
endforeach()
