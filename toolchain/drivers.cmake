# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Target `drivers`: for each target a config file, the names that people and build systems call
# (TRIPLE-clang, TRIPLE-ar, ...), and the folder where clang finds the assembler and the linker.

# gcc and g++: the names that Autoconf and many makefiles look for first; all of these are clang.
set(prefixed clang clang++ clang-cpp cc c++ cpp gcc g++)
# The same for the user's own GCC.
set(wrapped gcc g++ gfortran)
set(binary_tools ar ranlib nm objcopy strip objdump readelf size strings addr2line)

set(stamps)

# lfi_driver(ARCH VENDOR TEMPLATE): the VENDOR says the mode. It and lfi_note() want lfi_arch(ARCH) before.
function(lfi_driver arch vendor template)
    set(TRIPLE ${arch}-${vendor}-linux-musl)
    configure_file(config/${template}.cfg.in ${LFI_SDK_DIR}/bin/${TRIPLE}.cfg @ONLY)
    set(commands)
    foreach(name ${prefixed})
        list(APPEND commands COMMAND ${CMAKE_COMMAND} -E create_symlink llvm bin/${TRIPLE}-${name})
    endforeach()
    foreach(name ${binary_tools})
        list(APPEND commands COMMAND ${CMAKE_COMMAND} -E create_symlink llvm bin/${TRIPLE}-${name})
    endforeach()
    list(APPEND commands COMMAND ${CMAKE_COMMAND} -E make_directory libexec/lfi/${TRIPLE})
    set(own ld)
    if(NOT vendor STREQUAL native)
        list(APPEND own as)
        list(JOIN ARCH_GCC_FLAGS " " ARCH_GCC_FLAGS)
        configure_file(gcc/gcc.specs.in ${LFI_LIBEXEC}/${TRIPLE}/gcc.specs @ONLY)
        foreach(name ${wrapped})
            list(APPEND commands COMMAND ${CMAKE_COMMAND} -E create_symlink
                ../libexec/lfi/gcc/gcc-wrapper bin/${TRIPLE}-${name}-wrapper)
        endforeach()
    endif()
    foreach(name ${own})
        list(APPEND commands
            COMMAND ${CMAKE_COMMAND} -E create_symlink ../lfi-${name} libexec/lfi/${TRIPLE}/${name}
            COMMAND ${CMAKE_COMMAND} -E create_symlink ../libexec/lfi/${TRIPLE}/${name}
                    bin/${TRIPLE}-${name})
    endforeach()
    if(ARCH_NASM)
        foreach(name ${TRIPLE}-nasm lfi-nasm)
            list(APPEND commands
                COMMAND ${CMAKE_COMMAND} -E create_symlink ../libexec/lfi/lfi-nasm bin/${name})
        endforeach()
    endif()
    set(stamp ${CMAKE_CURRENT_BINARY_DIR}/${TRIPLE}.stamp)
    add_custom_command(OUTPUT ${stamp} ${commands} COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
        DEPENDS ${CMAKE_CURRENT_LIST_FILE} ${CMAKE_CURRENT_SOURCE_DIR}/drivers.cmake
        WORKING_DIRECTORY ${LFI_SDK_DIR} COMMENT "Drivers of ${TRIPLE}" VERBATIM)
    list(APPEND stamps ${stamp})
    set(stamps ${stamps} PARENT_SCOPE)
endfunction()

# The note that lfi-ld links into programs. Where there is a postlinker, it writes the mode.
function(lfi_note arch vendor mode)
    set(note ${LFI_LIBEXEC}/${arch}-${vendor}-linux-musl/note.o)
    if(ARCH_POSTLINKS)
        set(mode LFI_MODE_UNSET)
    endif()
    add_custom_command(OUTPUT ${note}
        COMMAND ${LFI_SDK_DIR}/bin/clang --target=${arch}-linux-musl -c
                -DLFI_MACHINE=${ARCH_MACHINE} -DLFI_MODE=${mode} -I${CMAKE_SOURCE_DIR}/include
                ${CMAKE_CURRENT_SOURCE_DIR}/note/note.S -o ${note}
        DEPENDS ${LFI_CLANG} note/note.S ${CMAKE_SOURCE_DIR}/include/lfi/abi.h drivers.cmake VERBATIM)
    set(stamps ${stamps} ${note} PARENT_SCOPE)
endfunction()

foreach(arch IN LISTS LFI_ARCHS)
    lfi_arch(${arch})
    foreach(mode IN ITEMS 0:full:lfi 1:stores:lfi_stores 2:jumps:lfi_jumps)
        string(REPLACE ":" ";" mode ${mode})
        list(POP_FRONT mode MODE_NUMBER MODE vendor)
        lfi_driver(${arch} ${vendor} lfi)
        lfi_note(${arch} ${vendor} ${MODE_NUMBER})
    endforeach()
    lfi_driver(${arch} native native)
endforeach()

file(GLOB_RECURSE gcc_files RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS
    gcc/gcc-wrapper gcc/c++/* gcc/lib/*)
foreach(name IN LISTS gcc_files)
    configure_file(${name} ${LFI_LIBEXEC}/${name} COPYONLY)
endforeach()
add_custom_target(drivers DEPENDS ${stamps})
