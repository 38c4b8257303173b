# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh
# What the scripts of this folder share.
host=$(uname -m)

die() {
    echo "FAILED: $*" >&2
    exit 1
}

# Runs a command; what it says goes to the file `log`, and is shown where it fails.
run() {
    "$@" >log 2>&1 </dev/null || { cat log >&2 && die "$*"; }
}
