# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The Linux personality. The tests look into it: its own headers are on the path.
set(ARGS_docs ${CMAKE_SOURCE_DIR}/docs/system-calls.md)
foreach(topic ranges fdtable paths load calls docs)
    lfi_unit_test(runtime-linux-${topic} SOURCES linux-${topic}.c LIBS lfi ARGS ${ARGS_${topic}})
    target_include_directories(test-runtime-linux-${topic} PRIVATE ${CMAKE_SOURCE_DIR}/runtime)
endforeach()
add_test(NAME runtime-lfi-run COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/lfi-run-options $<TARGET_FILE:lfi-run>)
set_tests_properties(runtime-lfi-run PROPERTIES LABELS unit)
