# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# shellcheck shell=sh
# Sourced by tests that run programs of more than one target.

# runner SDK TRIPLE: prints the command that runs a program of TRIPLE (of which two words are enough); nothing if it runs as it is.
# Programs of another processor run in an emulator.
runner() {
    case $2 in
    x86_64-native*) ;;
    x86_64-*) echo "$1/bin/lfi-run" ;;
    *-native*) echo "$1/bin/${2%%-*}-native-run" ;;
    *) echo "$1/bin/${2%%-*}-lfi-run" ;;
    esac
}

# emulated TRIPLE: whether programs of TRIPLE run in an emulator here, so that less is asked of them
emulated() {
    [ "${1%%-*}" != "$(uname -m)" ]
}
