# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Unit tests of runtime/core; what differs by architecture stands in a folder of its own.
set(parts switch light gate faults stops memory holes mappings copy processor snapshot)
if(NOT LFI_SANITIZE STREQUAL thread) # its shadow leaves no room
    list(APPEND parts many)
endif()
if(CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64)
    list(APPEND parts stack step avx512)
    if(NOT LFI_SANITIZE) # their memory lies there
        list(APPEND parts at-0)
    endif()
endif()
foreach(part IN LISTS parts)
    set(source core-${part}.c)
    if(part MATCHES "^(processor|stack|step|stops|at-0|avx512)$")
        set(source ${CMAKE_SYSTEM_PROCESSOR}/${source})
    endif()
    lfi_unit_test(runtime-core-${part} TIMEOUT 900 LIBS lfi-objects
        SOURCES ${source} ${CMAKE_SYSTEM_PROCESSOR}/core-code.S)
    if(part STREQUAL stops)
        target_sources(test-runtime-core-stops PRIVATE ${CMAKE_SYSTEM_PROCESSOR}/stops-code.S)
    endif()
    target_include_directories(test-runtime-core-${part} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/tests
        ${CMAKE_CURRENT_SOURCE_DIR}/${CMAKE_SYSTEM_PROCESSOR} ${CMAKE_SOURCE_DIR}/runtime/core
        ${CMAKE_SOURCE_DIR}/runtime/core/${CMAKE_SYSTEM_PROCESSOR})
endforeach()
if(CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64)
    set_tests_properties(runtime-core-avx512 PROPERTIES LABELS "unit;processor" SKIP_RETURN_CODE 77)
endif()
if(CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64 AND NOT LFI_SANITIZE) # it compares two tables
    lfi_test(runtime-cpuid COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/x86_64/cpuid.py as
        ${CMAKE_OBJCOPY} $<TARGET_FILE:lfi-verify> ${CMAKE_SOURCE_DIR}/runtime/core/x86_64/cpuid.def)
endif()

# A sanitizer's shadow takes the addresses, and an emulator the time.
if(NOT CMAKE_CROSSCOMPILING AND NOT LFI_SANITIZE)
    lfi_test(runtime-core-many-long TIMEOUT 300 COMMAND test-runtime-core-many 30000)
    set_tests_properties(runtime-core-many-long PROPERTIES LABELS "long;kernel" SKIP_RETURN_CODE 77 RUN_SERIAL ON)
endif()

# Each call of the kernel fails: the files that change mappings, with calls of the test's instead.
# Not under TSan: a stop leaves locks held, of which its detector of deadlocks takes only 64.
if(NOT CMAKE_CROSSCOMPILING AND NOT LFI_SANITIZE STREQUAL thread)
    find_package(Threads REQUIRED)
    set(replaced)
    foreach(call mmap munmap mprotect madvise mremap msync mlock munlock memfd_create pwrite
            ftruncate fcntl malloc calloc realloc write abort)
        list(APPEND replaced ${call}=inject_${call})
    endforeach()
    add_library(core-inject OBJECT)
    foreach(file code memory pages snapshot space)
        target_sources(core-inject PRIVATE ${CMAKE_SOURCE_DIR}/runtime/core/${file}.c)
    endforeach()
    lfi_room_target(core-inject)
    target_include_directories(core-inject PRIVATE ${CMAKE_SOURCE_DIR}/runtime/core
        ${CMAKE_SOURCE_DIR}/runtime/core/${CMAKE_SYSTEM_PROCESSOR})
    target_compile_definitions(core-inject PRIVATE ${replaced})
    lfi_unit_test(runtime-core-inject TIMEOUT 300 LIBS core-inject lfi-verifier Threads::Threads
        SOURCES core-inject.c ARGS 10000)
    set(others "$<FILTER:$<TARGET_OBJECTS:lfi-objects>,EXCLUDE,/core/(code|memory|pages|snapshot|space)[.]c>")
    target_sources(test-runtime-core-inject PRIVATE ${others})
    lfi_test(runtime-core-inject-long TIMEOUT 1200 COMMAND test-runtime-core-inject 100000)
    set_tests_properties(runtime-core-inject-long PROPERTIES LABELS long)
    target_include_directories(test-runtime-core-inject PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}
        ${CMAKE_CURRENT_SOURCE_DIR}/${CMAKE_SYSTEM_PROCESSOR} ${CMAKE_SOURCE_DIR}/runtime/core
        ${CMAKE_SOURCE_DIR}/runtime/core/${CMAKE_SYSTEM_PROCESSOR})
endif()
