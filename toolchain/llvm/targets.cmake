# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# TARGETS: the processors that clang, lld and the binary tools know, by LLVM's names. Those of the architectures
# (ARCH_LLVM, cmake/Arch.cmake), and RISC-V. Reads the lines only, because `cmake -C` uses it, too.
set(TARGETS RISCV)
file(GLOB archs ${CMAKE_CURRENT_LIST_DIR}/../../cmake/arch/*.cmake)
foreach(arch IN LISTS archs)
    file(STRINGS ${arch} line REGEX "^set[(]ARCH_LLVM ")
    string(REGEX REPLACE "^set[(]ARCH_LLVM ([A-Za-z0-9]+)[)].*" "\\1" target "${line}")
    list(APPEND TARGETS ${target})
endforeach()
list(REMOVE_DUPLICATES TARGETS)
