# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# lfi_source(NAME VAR): the source NAME of toolchain/sources.lock. VAR becomes the folder where it is
# unpacked once target `fetch-NAME` is built; the folder's name changes with the contents. Whatever
# reads the folder depends on the target.
function(lfi_source name var)
    set(fetch ${CMAKE_SOURCE_DIR}/toolchain/fetch)
    set(with_cache ${CMAKE_COMMAND} -E env LFI_CACHE_DIR=${LFI_CACHE_DIR})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
        ${fetch} ${CMAKE_SOURCE_DIR}/toolchain/sources.lock)
    execute_process(COMMAND ${with_cache} ${fetch} --key ${name}
        OUTPUT_VARIABLE key OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    set(${var} ${LFI_CACHE_DIR}/src/${key} PARENT_SCOPE)
    if(NOT TARGET fetch-${name})
        # Always out of date: looking takes a moment, and the cache folder may have been emptied.
        add_custom_target(fetch-${name} COMMAND ${with_cache} ${fetch} ${name}
            COMMENT "Fetching ${name}" USES_TERMINAL VERBATIM)
    endif()
endfunction()
