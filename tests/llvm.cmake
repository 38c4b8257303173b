# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# lfi_llvm_test(NAME SOURCES ... LIBS ...): a unit test in C++ that asks LLVM's libraries.
find_program(LFI_LLVM_CONFIG llvm-config-19 REQUIRED)
foreach(what includedir ldflags libs)
    execute_process(COMMAND ${LFI_LLVM_CONFIG} --${what} OUTPUT_VARIABLE llvm_${what}
                    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
endforeach()

function(lfi_llvm_test name)
    lfi_unit_test(${name} ${ARGN})
    target_include_directories(test-${name} SYSTEM PRIVATE ${llvm_includedir})
    # GCC 12 with sanitizers sees something uninitialized in its own <regex>.
    target_compile_options(test-${name} PRIVATE -Wall -Wextra -Werror
                           $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    target_link_libraries(test-${name} PRIVATE ${llvm_ldflags} ${llvm_libs})
endfunction()
