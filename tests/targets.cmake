# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Tests that are the same for each architecture and mode.

# lfi_target_test(NAME ARCH [LABELS LABEL...] [ENVIRONMENT NAME=VALUE...] COMMAND ...): a test of the SDK that
# runs programs of ARCH: label `emulated` where that takes an emulator. Exit status 77: not to be tried here.
function(lfi_target_test name arch)
    cmake_parse_arguments(T "" "" "LABELS;ENVIRONMENT;COMMAND" ${ARGN})
    set(labels sdk ${T_LABELS})
    if(NOT arch STREQUAL CMAKE_HOST_SYSTEM_PROCESSOR)
        list(APPEND labels emulated)
    endif()
    add_test(NAME ${name} COMMAND ${T_COMMAND})
    set_tests_properties(${name} PROPERTIES LABELS "${labels}" SKIP_RETURN_CODE 77
        ENVIRONMENT "SDK=${LFI_SDK_DIR};${T_ENVIRONMENT}")
endfunction()

# lfi_box_programs(NAME ARCH FOLDER): run.sh of tests/sdk for each FOLDER/PROGRAM.expected and
# FOLDER/ARCH/PROGRAM.expected, in every mode. Emulation is slow: there modes other than `full` are
# tried at one level of optimization. PROGRAM.processor names what not every processor has: without it
# the program exits with 77.
function(lfi_box_programs prefix arch folder)
    file(GLOB expectations CONFIGURE_DEPENDS ${folder}/*.expected ${folder}/${arch}/*.expected)
    list(TRANSFORM expectations REPLACE "^.*/(.*)[.]expected$" "\\1" OUTPUT_VARIABLE names)
    list(REMOVE_DUPLICATES names)
    foreach(vendor IN ITEMS lfi lfi_stores lfi_jumps)
        set(environment "WORK=${CMAKE_CURRENT_BINARY_DIR}/programs" "PROGRAMS=${folder}")
        if(NOT vendor STREQUAL lfi AND NOT arch STREQUAL CMAKE_HOST_SYSTEM_PROCESSOR)
            list(APPEND environment "LEVELS=-O2")
        endif()
        foreach(name IN LISTS names)
            set(needs)
            if(EXISTS ${folder}/${arch}/${name}.processor)
                set(needs LABELS processor)
            endif()
            lfi_target_test(${prefix}-${arch}-${vendor}-${name} ${arch} ${needs} ENVIRONMENT ${environment}
                COMMAND ${CMAKE_SOURCE_DIR}/tests/sdk/run.sh ${name} ${arch}-${vendor}-linux-musl)
        endforeach()
    endforeach()
endfunction()
