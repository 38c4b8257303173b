# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# CMake reads this after its own description of Linux, once for each language. What projects take for
# granted on Linux is made to work where all programs are static and run by an emulator.
if(COMMAND lfi_name_archives)
    return()
endif()
cmake_policy(PUSH)
cmake_policy(VERSION 3.19)

# What a project declares as a shared library becomes a static one (CMake says so in a warning).
set_property(GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS FALSE)

# Projects that build a library in both forms give both the same name. Of such two archives the second
# one gets its target's name added. Called when all of the project is known.
function(lfi_name_archives directory)
    get_property(targets DIRECTORY "${directory}" PROPERTY BUILDSYSTEM_TARGETS)
    foreach(target IN LISTS targets)
        get_target_property(type ${target} TYPE)
        if(NOT type STREQUAL "STATIC_LIBRARY")
            continue()
        endif()
        foreach(property IN ITEMS PREFIX OUTPUT_NAME ARCHIVE_OUTPUT_NAME ARCHIVE_OUTPUT_DIRECTORY BINARY_DIR)
            get_target_property(${property} ${target} ${property})
        endforeach()
        set(name ${target})
        foreach(given IN ITEMS ${OUTPUT_NAME} ${ARCHIVE_OUTPUT_NAME})
            if(given)
                set(name ${given})
            endif()
        endforeach()
        if(NOT ARCHIVE_OUTPUT_DIRECTORY)
            set(ARCHIVE_OUTPUT_DIRECTORY "${BINARY_DIR}")
        endif()
        set(archive "${ARCHIVE_OUTPUT_DIRECTORY}/${PREFIX}${name}")
        get_property(archives GLOBAL PROPERTY LFI_ARCHIVES)
        if(archive IN_LIST archives)
            set_target_properties(${target} PROPERTIES ARCHIVE_OUTPUT_NAME "${name}-${target}")
        endif()
        set_property(GLOBAL APPEND PROPERTY LFI_ARCHIVES "${archive}")
    endforeach()
    get_property(subdirectories DIRECTORY "${directory}" PROPERTY SUBDIRECTORIES)
    foreach(subdirectory IN LISTS subdirectories)
        lfi_name_archives("${subdirectory}")
    endforeach()
endfunction()
cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL lfi_name_archives "${CMAKE_SOURCE_DIR}")

# Of the two forms of add_test(), CMake lets only add_test(NAME ...) run programs of the project by
# the emulator. What older projects write, add_test(name program ...), becomes that form.
if(CMAKE_CROSSCOMPILING_EMULATOR)
    function(add_test)
        set(code "[==[${ARGV0}]==]")
        if(NOT ARGV0 STREQUAL "NAME" AND NOT TEST "${ARGV0}")
            set(code "NAME ${code} COMMAND")
        endif()
        math(EXPR last "${ARGC} - 1")
        foreach(i RANGE 1 ${last})
            string(APPEND code " [==[${ARGV${i}}]==]")
        endforeach()
        cmake_language(EVAL CODE "_add_test(${code})")
    endfunction()
endif()
cmake_policy(POP)
