# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2154,SC2164,SC2086,SC2034 # variables come from build-sysroot, which runs it with -e
#
# What the recipes share. Sourced by sysroot/build-sysroot, which sets:
#
#   triple   the target, for example x86_64-lfi-linux-musl      sdk       the SDK being filled
#   prefix   where its sysroot goes: $sdk/sysroot/$triple       work      scratch folder of this triple
#   jobs     parallel jobs                                      here      the folder sysroot/
#
# `runtime` is where clang looks for compiler-rt: its resource folder, lib/$triple.
# A recipe is a function of shell commands; `step` runs it, writes what it says to a log and shows
# only a line with the time it took, or the log's end when it failed.

start=$(date +%s)

say() {
    printf '[%3ds] %s: %s\n' $(($(date +%s) - start)) "$triple" "$*"
}

# step NAME COMMAND...
step() {
    step_name=$1
    shift
    step_log=$work/$step_name.log
    say "$step_name"
    # A subshell of its own, so that `set -e` stops the recipe at its first failing command.
    set +e
    (
        set -e
        "$@"
    ) >"$step_log" 2>&1 </dev/null
    step_status=$?
    set -e
    if [ $step_status -ne 0 ]; then
        say "$step_name failed; the end of $step_log:" >&2
        tail -n 30 "$step_log" >&2
        exit 1
    fi
}

# The folder of a fetched source.
source_of() {
    "$here/../toolchain/fetch" --offline "$1"
}
