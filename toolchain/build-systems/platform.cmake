# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# CMake reads this after its own description of Linux, once for each language.

# Programs of these targets are static: what a project declares as a shared library becomes a static
# one (CMake says so in a warning).
set_property(GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS FALSE)

# Of the two forms of add_test(), CMake lets only add_test(NAME ...) run programs of the project by
# the emulator. What older projects write, add_test(name program ...), becomes that form.
if(CMAKE_CROSSCOMPILING_EMULATOR AND NOT COMMAND _add_test)
    cmake_policy(PUSH)
    cmake_policy(VERSION 3.18)
    function(add_test)
        set(code)
        if(NOT ARGV0 STREQUAL "NAME" AND NOT TEST "${ARGV0}")
            set(code "NAME [==[${ARGV0}]==] COMMAND")
        else()
            set(code "[==[${ARGV0}]==]")
        endif()
        math(EXPR last "${ARGC} - 1")
        foreach(i RANGE 1 ${last})
            string(APPEND code " [==[${ARGV${i}}]==]")
        endforeach()
        cmake_language(EVAL CODE "_add_test(${code})")
    endfunction()
    cmake_policy(POP)
endif()
