# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Target `llvm`: clang, lld and the binary tools in the SDK, by llvm/stage.

set(LFI_CLANG ${LFI_SDK_DIR}/bin/llvm)
file(GLOB_RECURSE recipe CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/llvm/*
     ${CMAKE_CURRENT_SOURCE_DIR}/patches/llvm-* ${CMAKE_CURRENT_SOURCE_DIR}/lfi-bind/*
     ${CMAKE_SOURCE_DIR}/common/*.[ch])
add_custom_command(OUTPUT ${LFI_CLANG}
    COMMAND ${CMAKE_COMMAND} -E env LFI_CACHE_DIR=${LFI_CACHE_DIR}
            ${CMAKE_CURRENT_SOURCE_DIR}/llvm/stage --provider=${LFI_LLVM_PROVIDER}
            --build=${CMAKE_CURRENT_BINARY_DIR}/llvm-${LFI_LLVM_PROVIDER} --into=${LFI_SDK_DIR}
    DEPENDS ${recipe} ${CMAKE_CURRENT_SOURCE_DIR}/sources.lock
    COMMENT "LLVM (provider ${LFI_LLVM_PROVIDER}; minutes, unless it is in the cache)"
    USES_TERMINAL VERBATIM)
add_custom_target(llvm DEPENDS ${LFI_CLANG})
