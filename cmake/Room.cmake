# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# How a room of the project is built: one set of warnings, one place for its outputs.

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(LFI_WARNINGS -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla)

set(LFI_SANITIZERS address,undefined)
if(LFI_SANITIZE STREQUAL thread)
    set(LFI_SANITIZERS thread)
endif()

function(lfi_room_target name)
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR}/include)
    target_compile_options(${name} PRIVATE $<$<COMPILE_LANGUAGE:C>:${LFI_WARNINGS}>)
    target_compile_definitions(${name} PRIVATE _GNU_SOURCE LFI_VERSION="${PROJECT_VERSION}")
    if(LFI_SANITIZE)
        target_compile_options(${name} PRIVATE -fsanitize=${LFI_SANITIZERS}
                                               -fno-sanitize-recover=all -fno-omit-frame-pointer)
        target_link_options(${name} PUBLIC -fsanitize=${LFI_SANITIZERS})
    endif()
endfunction()

# What the SDK ships makes the mistakes that are left harder to use: stack protector, checked string functions, and
# programs at random addresses whose tables are read-only once they run. tests/quality/hardened reads that off the files.
function(lfi_harden name)
    if(LFI_SANITIZE)
        return()
    endif()
    target_compile_options(${name} PRIVATE $<$<COMPILE_LANGUAGE:C>:-fstack-protector-strong>
        "$<$<AND:$<COMPILE_LANGUAGE:C>,$<NOT:$<CONFIG:Debug>>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>")
    target_link_options(${name} PRIVATE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
    get_target_property(type ${name} TYPE)
    if(type STREQUAL EXECUTABLE AND NOT CMAKE_CROSSCOMPILING) # elsewhere the driver makes it static-pie
        target_link_options(${name} PRIVATE -pie)
    endif()
endfunction()

# A static library of the SDK, in lib/. `name` is its full name: lfi_library(lfi-verifier a.c b.c).
function(lfi_library name)
    add_library(${name} STATIC ${ARGN})
    lfi_room_target(${name})
    lfi_harden(${name})
    set_target_properties(${name} PROPERTIES ARCHIVE_OUTPUT_DIRECTORY ${LFI_SDK_DIR}/lib)
endfunction()

# The same, where nothing but names that begin with lfi_ is to be seen from outside: its objects are joined to one, in
# which all other names are local, but for those after KEEP. Tests of what is inside link NAME-objects instead.
function(lfi_sealed_library name)
    cmake_parse_arguments(L "" "" KEEP ${ARGN})
    add_library(${name}-objects OBJECT ${L_UNPARSED_ARGUMENTS})
    lfi_room_target(${name}-objects)
    lfi_harden(${name}-objects)
    set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.o)
    list(TRANSFORM L_KEEP PREPEND --keep-global-symbol= OUTPUT_VARIABLE keep)
    add_custom_command(OUTPUT ${object} VERBATIM COMMAND_EXPAND_LISTS
        COMMAND ${CMAKE_LINKER} -r -o ${object} $<TARGET_OBJECTS:${name}-objects>
        COMMAND ${CMAKE_OBJCOPY} --wildcard --keep-global-symbol=lfi_* ${keep} ${object}
        DEPENDS ${name}-objects $<TARGET_OBJECTS:${name}-objects>)
    add_library(${name} STATIC ${object})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR}/include)
    if(LFI_SANITIZE)
        target_link_options(${name} PUBLIC -fsanitize=${LFI_SANITIZERS})
    endif()
    set_target_properties(${name} PROPERTIES LINKER_LANGUAGE C ARCHIVE_OUTPUT_DIRECTORY ${LFI_SDK_DIR}/lib)
endfunction()

# lfi_sources(VAR FILE): the sources that FILE lists, one a line; ARCH in it is the architecture. Meson reads it, too.
function(lfi_sources var file)
    file(STRINGS ${file} sources)
    list(TRANSFORM sources REPLACE "ARCH" ${CMAKE_SYSTEM_PROCESSOR})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    set(${var} ${sources} PARENT_SCOPE)
endfunction()

# lfi_version_script(FILE HEADER...): a linker script that leaves visible the functions that these headers of
# include/lfi declare, and the names after KEEP.
function(lfi_version_script file)
    cmake_parse_arguments(V "" "" KEEP ${ARGN})
    set(names ${V_KEEP})
    foreach(header IN LISTS V_UNPARSED_ARGUMENTS)
        set(header ${CMAKE_SOURCE_DIR}/include/lfi/${header})
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})
        file(READ ${header} text)
        string(REGEX MATCHALL "lfi_[a-z0-9_]+\\(" declared "${text}")
        list(APPEND names ${declared})
    endforeach()
    list(TRANSFORM names REPLACE "\\($" "")
    list(REMOVE_DUPLICATES names)
    list(SORT names)
    list(JOIN names ";\n        " names)
    file(CONFIGURE OUTPUT ${file} @ONLY CONTENT
         "LFI_@PROJECT_VERSION_MAJOR@.@PROJECT_VERSION_MINOR@ {\n    global:\n        @names@;\n    local:\n        *;\n};\n")
endfunction()

# A program of the SDK, in bin/.
function(lfi_program name)
    add_executable(${name} ${ARGN})
    lfi_room_target(${name})
    lfi_harden(${name})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${LFI_SDK_DIR}/bin)
endfunction()

# A cmocka program that ctest runs: lfi_unit_test(verifier-elf LIBS lfi-verifier SOURCES elf.c).
function(lfi_unit_test name)
    cmake_parse_arguments(T "" "TIMEOUT" "SOURCES;LIBS;ARGS" ${ARGN})
    add_executable(test-${name} ${T_SOURCES})
    lfi_room_target(test-${name})
    target_link_libraries(test-${name} PRIVATE ${T_LIBS} cmocka)
    if(T_TIMEOUT)
        set(timeout TIMEOUT ${T_TIMEOUT})
    endif()
    lfi_test(${name} ${timeout} COMMAND test-${name} ${T_ARGS})
endfunction()

# Once more, longer: lfi_long_test(NAME COUNT N TIMEOUT SECONDS [ARGS ...]) of a unit test that takes --count and
# --seed (tests/options.h). NAME-long, with the label `long`.
function(lfi_long_test name)
    cmake_parse_arguments(T "" "COUNT;TIMEOUT" "ARGS" ${ARGN})
    lfi_test(${name}-long TIMEOUT ${T_TIMEOUT} LABELS long
        COMMAND test-${name} --count=${T_COUNT} --seed=2 ${T_ARGS})
endfunction()

# A test that is a program: lfi_test(NAME [TIMEOUT SECONDS] [LABELS LABEL...] COMMAND ...). Of programs for another processor, which CMake
# runs in the emulator of the toolchain file, the name of that stands in front of the test's.
function(lfi_test name)
    cmake_parse_arguments(T "" "TIMEOUT" "LABELS;COMMAND" ${ARGN})
    set(labels unit ${T_LABELS})
    if(CMAKE_CROSSCOMPILING)
        string(PREPEND name ${CMAKE_SYSTEM_PROCESSOR}-)
        list(APPEND labels emulated)
    endif()
    add_test(NAME ${name} COMMAND ${T_COMMAND})
    set_tests_properties(${name} PROPERTIES LABELS "${labels}")
    if(T_TIMEOUT)
        set_tests_properties(${name} PROPERTIES TIMEOUT ${T_TIMEOUT})
    endif()
endfunction()

# cmocka where no distribution has it.
function(lfi_cmocka source)
    add_library(cmocka STATIC ${source}/src/cmocka.c)
    target_include_directories(cmocka SYSTEM PUBLIC ${source}/include)
    # Its header defines uintptr_t unless it knows the C library's macro for that.
    target_compile_definitions(cmocka PUBLIC _UINTPTR_T_DEFINED PRIVATE
        HAVE_CLOCK_REALTIME HAVE_GCC_THREAD_LOCAL_STORAGE HAVE_INTTYPES_H HAVE_MALLOC_H HAVE_SIGLONGJMP HAVE_SIGNAL_H HAVE_STRINGS_H HAVE_STRSIGNAL HAVE_STRUCT_TIMESPEC)
endfunction()
