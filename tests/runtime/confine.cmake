# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The second wall.
foreach(topic filter host)
    lfi_unit_test(runtime-confine-${topic} TIMEOUT 300 SOURCES confine-${topic}.c LIBS lfi-objects)
    target_include_directories(test-runtime-confine-${topic} PRIVATE ${CMAKE_SOURCE_DIR}/runtime
        ${CMAKE_SOURCE_DIR}/runtime/linux/${CMAKE_SYSTEM_PROCESSOR} ${CMAKE_SOURCE_DIR}/runtime/core
        ${CMAKE_SOURCE_DIR}/runtime/core/${CMAKE_SYSTEM_PROCESSOR} ${CMAKE_CURRENT_SOURCE_DIR}/${CMAKE_SYSTEM_PROCESSOR})
endforeach()

if(CMAKE_CROSSCOMPILING OR LFI_SANITIZE)
    return()
endif()
lfi_test(runtime-confine-sources COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/confine.sh ${CMAKE_SOURCE_DIR}
    $<TARGET_FILE:lfi> ${CMAKE_C_COMPILER} ${CMAKE_NM})

# Tests of the runtime once more behind the filter: confined.c puts it up before they start. Not those that make
# host calls of their own. QEMU has no filters, and sanitizers make calls that are not in the table.
foreach(topic core-switch core-memory core-copy linux-load linux-calls hostile-calls)
    string(REGEX MATCH "^core" core ${topic})
    lfi_unit_test(runtime-confined-${topic} TIMEOUT 900 LIBS lfi-objects
        SOURCES ${topic}.c confined.c $<$<BOOL:${core}>:${CMAKE_SYSTEM_PROCESSOR}/core-code.S>)
    target_include_directories(test-runtime-confined-${topic} PRIVATE ${CMAKE_SOURCE_DIR}/runtime
        ${CMAKE_SOURCE_DIR}/runtime/linux/${CMAKE_SYSTEM_PROCESSOR} ${CMAKE_SOURCE_DIR}/runtime/core
        ${CMAKE_SOURCE_DIR}/runtime/core/${CMAKE_SYSTEM_PROCESSOR} ${CMAKE_CURRENT_SOURCE_DIR}
        ${CMAKE_CURRENT_SOURCE_DIR}/${CMAKE_SYSTEM_PROCESSOR})
    target_compile_definitions(test-runtime-confined-${topic} PRIVATE TEST_CONFINED)
endforeach()
# It goes to namespaces of its own first; 77: there are none on this machine.
target_compile_definitions(test-runtime-confined-hostile-calls PRIVATE CONFINED_BY_MAIN)
set_tests_properties(runtime-confined-hostile-calls PROPERTIES SKIP_RETURN_CODE 77)
set_property(TEST runtime-confined-hostile-calls APPEND PROPERTY LABELS kernel)
