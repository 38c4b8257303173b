# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# LLVM provider `source`: the settings of a build of LLVM from the patched tree, given to its own CMake
# as an initial cache (cmake -C). It makes what Debian's packages hold for provider `distro`: the
# libraries and headers; CMakeLists.txt beside this file then makes the program of both in the same way.
set(CMAKE_BUILD_TYPE Release CACHE STRING "")
set(LLVM_ENABLE_PROJECTS "clang;lld" CACHE STRING "")
include(${CMAKE_CURRENT_LIST_DIR}/targets.cmake)
set(LLVM_TARGETS_TO_BUILD "${TARGETS}" CACHE STRING "")
# As Debian's are built.
set(hardening "-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2")
set(CMAKE_C_FLAGS "${hardening}" CACHE STRING "")
set(CMAKE_CXX_FLAGS "${hardening}" CACHE STRING "")
set(LLVM_DISTRIBUTION_COMPONENTS
    llvm-libraries llvm-headers llvm-config llvm-tblgen
    clang-libraries clang-headers clang-resource-headers
    CACHE STRING "")
set(LLVM_ENABLE_ZLIB FORCE_ON CACHE STRING "")
set(LLVM_ENABLE_ZSTD FORCE_ON CACHE STRING "")
foreach(off CURL HTTPLIB LIBXML2 LIBEDIT LIBPFM Z3_SOLVER BINDINGS PLUGINS)
    set(LLVM_ENABLE_${off} OFF CACHE BOOL "")
endforeach()
foreach(off TESTS BENCHMARKS EXAMPLES DOCS)
    set(LLVM_INCLUDE_${off} OFF CACHE BOOL "")
    set(CLANG_INCLUDE_${off} OFF CACHE BOOL "")
endforeach()
set(CLANG_ENABLE_STATIC_ANALYZER OFF CACHE BOOL "")
set(CLANG_ENABLE_ARCMT OFF CACHE BOOL "")
set(CLANG_PLUGIN_SUPPORT OFF CACHE BOOL "")
