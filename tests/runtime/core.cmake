# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Unit tests of runtime/core; what differs by architecture stands in a folder of its own.
foreach(part switch faults memory holes copy processor)
    set(source core-${part}.c)
    if(part STREQUAL processor)
        set(source ${CMAKE_SYSTEM_PROCESSOR}/${source})
    endif()
    lfi_unit_test(runtime-core-${part} TIMEOUT 120 LIBS lfi
        SOURCES ${source} ${CMAKE_SYSTEM_PROCESSOR}/core-code.S)
    target_include_directories(test-runtime-core-${part} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}
        ${CMAKE_CURRENT_SOURCE_DIR}/${CMAKE_SYSTEM_PROCESSOR} ${CMAKE_SOURCE_DIR}/runtime/core)
endforeach()
