# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# shellcheck shell=sh
# Sourced by tests that run programs of more than one target.

# runner SDK TRIPLE: prints the command that runs a program of TRIPLE (of which two words are enough); nothing if it runs as it is.
# Programs of another processor run in an emulator.
runner() {
    case $2 in
    "$(uname -m)-native"*) ;;
    "$(uname -m)-lfi" | "$(uname -m)-lfi-"*) echo "$1/bin/lfi-run" ;;
    *) echo "$1/bin/$(echo "$2" | cut -d- -f1,2)-run" ;;
    esac
}

# host_compiler SDK ARCH: prints the C compiler for hosts of ARCH
host_compiler() {
    if emulated "$2"; then echo "$1/bin/$2-native-linux-musl-clang"; else echo cc; fi
}

# host_flags SDK ARCH: prints what such a host needs to find liblfi, on one line
host_flags() {
    libraries=$1/lib
    ! emulated "$2" || libraries=$1/targets/$2/lib
    echo "-I$1/include -L$libraries -l:liblfi.a -l:liblfi-verifier.a -pthread"
}

# mode_of TRIPLE: prints the mode of its programs, for --mode of lfi-verify and lfi-run
mode_of() {
    case $1 in
    *-lfi_*) echo "$1" | sed 's/.*-lfi_\([a-z]*\).*/\1/' ;;
    *) echo full ;;
    esac
}

# emulated TRIPLE: whether programs of TRIPLE run in an emulator here, so that less is asked of them
emulated() {
    [ "${1%%-*}" != "$(uname -m)" ]
}
