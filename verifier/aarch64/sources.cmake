# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The table is made by a program that runs here, whatever the verifier is built for.
set(table ${CMAKE_CURRENT_BINARY_DIR}/aarch64-table.c)
if(CMAKE_CROSSCOMPILING)
    find_program(LFI_BUILD_CC NAMES cc gcc clang NO_CMAKE_FIND_ROOT_PATH REQUIRED
                 DOC "A C compiler for programs that run during the build")
    set(make_table ${CMAKE_CURRENT_BINARY_DIR}/make-table)
    add_custom_command(OUTPUT ${make_table}
        COMMAND ${LFI_BUILD_CC} -std=gnu11 -I${CMAKE_SOURCE_DIR}/include -o ${make_table}
                ${CMAKE_CURRENT_SOURCE_DIR}/aarch64/make-table.c
        DEPENDS aarch64/make-table.c aarch64/forms.h aarch64/insns.def aarch64/simd.def arch.def arch.h rules.def x86_64/rules.def
        VERBATIM)
else()
    add_executable(make-table aarch64/make-table.c)
    lfi_room_target(make-table)
    set(make_table make-table)
endif()
add_custom_command(OUTPUT ${table} COMMAND ${make_table} ${table} DEPENDS ${make_table} VERBATIM)
list(APPEND sources ${table})
