# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Boxes that attack their host: by system calls, and by code.
lfi_unit_test(runtime-hostile-calls TIMEOUT 900 SOURCES hostile-calls.c LIBS lfi-objects)
target_include_directories(test-runtime-hostile-calls PRIVATE ${CMAKE_SOURCE_DIR}/runtime
    ${CMAKE_CURRENT_SOURCE_DIR}/${CMAKE_SYSTEM_PROCESSOR})
lfi_unit_test(runtime-hostile-code TIMEOUT 900 SOURCES hostile-code.c LIBS lfi-objects)
target_include_directories(test-runtime-hostile-code PRIVATE ${CMAKE_SOURCE_DIR}/verifier
    ${CMAKE_SOURCE_DIR}/runtime/core
        ${CMAKE_SOURCE_DIR}/runtime/core/${CMAKE_SYSTEM_PROCESSOR} ${CMAKE_CURRENT_SOURCE_DIR}/${CMAKE_SYSTEM_PROCESSOR})
lfi_long_test(runtime-hostile-code COUNT 5000 TIMEOUT 7200)
lfi_unit_test(runtime-hostile-files TIMEOUT 900 SOURCES hostile-files.c LIBS lfi)
target_include_directories(test-runtime-hostile-files PRIVATE
    ${CMAKE_CURRENT_SOURCE_DIR}/${CMAKE_SYSTEM_PROCESSOR})

# 77: no namespaces on this machine, which scripts/test --no-skips tolerates.
foreach(test hostile-calls hostile-files)
    if(CMAKE_CROSSCOMPILING)
        set_target_properties(test-runtime-${test} PROPERTIES CROSSCOMPILING_EMULATOR
            "unshare;--map-root-user;--mount;--pid;--net;--ipc;--uts;--fork;--kill-child;${CMAKE_CROSSCOMPILING_EMULATOR}")
    endif()
    lfi_long_test(runtime-${test} COUNT 1000000 TIMEOUT 7200)
    foreach(name runtime-${test} runtime-${test}-long)
        if(CMAKE_CROSSCOMPILING)
            string(PREPEND name ${CMAKE_SYSTEM_PROCESSOR}-)
        endif()
        set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77)
        set_property(TEST ${name} APPEND PROPERTY LABELS kernel)
    endforeach()
endforeach()
