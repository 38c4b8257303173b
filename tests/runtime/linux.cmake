# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The Linux personality. The tests look into it: its own headers are on the path.
set(ARGS_docs ${CMAKE_SOURCE_DIR}/docs/system-calls.md)
set(ARGS_limits ${CMAKE_SOURCE_DIR}/docs/lfi-run.md)
foreach(topic ranges fdtable paths names slashes given load calls light waits signals stops docs limits)
    lfi_unit_test(runtime-linux-${topic} TIMEOUT 900 SOURCES linux-${topic}.c LIBS lfi-objects ARGS ${ARGS_${topic}})
    target_include_directories(test-runtime-linux-${topic} PRIVATE ${CMAKE_SOURCE_DIR}/runtime
        ${CMAKE_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR}/${CMAKE_SYSTEM_PROCESSOR})
endforeach()
target_include_directories(test-runtime-linux-light PRIVATE # it looks into contexts, too
    ${CMAKE_SOURCE_DIR}/runtime/core/${CMAKE_SYSTEM_PROCESSOR})
set(run $<TARGET_FILE:lfi-run>)
if(CMAKE_CROSSCOMPILING)
    set(run ${LFI_SDK_DIR}/../../bin/${CMAKE_SYSTEM_PROCESSOR}-lfi-run)
endif()
lfi_test(runtime-lfi-run COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/lfi-run-options ${run} ${CMAKE_SYSTEM_PROCESSOR})
# Sanitizers call functions of theirs from everywhere; then the light way is not used (process.h).
if(NOT LFI_SANITIZE)
    lfi_test(runtime-light COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/light.py ${CMAKE_OBJDUMP}
        $<TARGET_FILE:lfi-run> ${CMAKE_SOURCE_DIR}/runtime/linux/syscalls.def
        ${CMAKE_CURRENT_SOURCE_DIR}/${CMAKE_SYSTEM_PROCESSOR}/vector.patterns)
endif()
