# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# CMake package for programs of the host that embed the sandbox: find_package(lfi), with the SDK in
# CMAKE_PREFIX_PATH.
#   lfi::lfi        runs boxes (<lfi/lfi.h>, <lfi/linux.h>); brings lfi::verifier
#   lfi::verifier   verifies code and files (<lfi/verifier.h>)
#   lfi::rewriter   rewrites assembly (<lfi/rewriter.h>)
include(CMakeFindDependencyMacro)
find_dependency(Threads)

get_filename_component(lfi_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
foreach(lfi_pair IN ITEMS lfi:lfi verifier:lfi-verifier rewriter:lfi-rewriter)
    string(REPLACE ":" ";" lfi_pair ${lfi_pair})
    list(GET lfi_pair 0 lfi_target)
    list(GET lfi_pair 1 lfi_library)
    if(NOT TARGET lfi::${lfi_target})
        add_library(lfi::${lfi_target} STATIC IMPORTED)
        set_target_properties(lfi::${lfi_target} PROPERTIES
            IMPORTED_LOCATION "${lfi_prefix}/lib/lib${lfi_library}.a"
            INTERFACE_INCLUDE_DIRECTORIES "${lfi_prefix}/include")
    endif()
endforeach()
set_property(TARGET lfi::lfi PROPERTY INTERFACE_LINK_LIBRARIES lfi::verifier Threads::Threads)
