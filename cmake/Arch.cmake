# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What the build knows of an architecture: arch/ARCH.cmake, which sets all of these, and arch/ARCH.flags.
#
#   ARCH_MACHINE       its number in ELF files (e_machine)
#   ARCH_POSTLINKS     whether lfi-postlink finishes programs; it then writes the mode into their note
#   ARCH_KERNEL        the kernel's name for it
#   ARCH_LLVM          LLVM's name for it (toolchain/llvm/targets.cmake)
#   ARCH_PAGE_SIZES    the sizes that the kernel's pages may have, in bytes, the smallest first
#   ARCH_EMULATOR      QEMU's program that runs programs of it on another processor
#   ARCH_EMULATED      whether boxes are known to work in the emulator: then other hosts build it, too
#   ARCH_COMPILER_RT   options for compiler-rt's CMake files
#   ARCH_LTO           ld.lld's options for the code that link-time optimization generates: what ARCH.flags says to
#                      the compiler. Functions that LLVM makes itself know no other features than these
#   ARCH_NASM          whether NASM assembly is for it
#   ARCH_GCC_FLAGS     what GCC must be told of a box (toolchain/gcc): words of its specs
#   ARCH_FLAGS         the contents of ARCH.flags: lines for the config file of clang that sandboxes
#
# Shell scripts get all but ARCH_FLAGS, as assignments for eval, from what
# `cmake -DARCH=ARCH -P cmake/Arch.cmake` writes to standard error; there a list is words.
set(LFI_ARCH_FACTS MACHINE POSTLINKS KERNEL LLVM PAGE_SIZES EMULATOR EMULATED COMPILER_RT LTO NASM GCC_FLAGS FLAGS)
set(LFI_ARCH_FOLDER ${CMAKE_CURRENT_LIST_DIR}/arch)

# lfi_known_archs(VAR): the architectures that there are, whether or not this build makes programs for them.
function(lfi_known_archs var)
    file(GLOB files RELATIVE ${LFI_ARCH_FOLDER} ${LFI_ARCH_FOLDER}/*.cmake)
    list(TRANSFORM files REPLACE "[.]cmake$" "")
    set(${var} ${files} PARENT_SCOPE)
endfunction()

# lfi_room_archs(VAR): those that the current room has a folder and a line in arch.def for.
function(lfi_room_archs var)
    set(table ${CMAKE_CURRENT_SOURCE_DIR}/arch.def)
    file(STRINGS ${table} lines REGEX "^ARCH[(]")
    list(TRANSFORM lines REPLACE "^ARCH[(]([a-z0-9_]+)[)].*" "\\1")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${table})
    set(${var} ${lines} PARENT_SCOPE)
endfunction()

# lfi_arch(ARCH): sets the variables above for ARCH.
function(lfi_arch arch)
    if(NOT EXISTS ${LFI_ARCH_FOLDER}/${arch}.cmake)
        lfi_known_archs(known)
        list(JOIN known " " known)
        message(FATAL_ERROR "There is no architecture '${arch}'; there are: ${known}")
    endif()
    foreach(fact IN LISTS LFI_ARCH_FACTS)
        unset(ARCH_${fact})
    endforeach()
    include(${LFI_ARCH_FOLDER}/${arch}.cmake)
    file(READ ${LFI_ARCH_FOLDER}/${arch}.flags ARCH_FLAGS)
    if(NOT CMAKE_SCRIPT_MODE_FILE)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${LFI_ARCH_FOLDER}/${arch}.flags)
    endif()
    foreach(fact IN LISTS LFI_ARCH_FACTS)
        if(NOT DEFINED ARCH_${fact})
            message(FATAL_ERROR "cmake/arch/${arch}.cmake does not set ARCH_${fact}")
        endif()
        set(ARCH_${fact} "${ARCH_${fact}}" PARENT_SCOPE)
    endforeach()
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
    lfi_arch(${ARCH})
    list(REMOVE_ITEM LFI_ARCH_FACTS FLAGS)
    set(assignments)
    foreach(fact IN LISTS LFI_ARCH_FACTS)
        list(JOIN ARCH_${fact} " " value)
        string(APPEND assignments "ARCH_${fact}='${value}'\n")
    endforeach()
    message(NOTICE "${assignments}")
endif()
