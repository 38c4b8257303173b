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

# copy FROM TO: a copy of an SDK. No hard links: a new link is a new time of change of a file that another test's
# compiler may be reading, and ccache does not trust headers that change meanwhile.
copy() {
    cp -a --reflink=auto "$1" "$2"
}

# A program that ends well in a box, ./check, and a host that runs it: runs_check COMMAND...
make_check() { # SDK
    "$1/bin/$host-lfi-linux-musl-clang" -I"$here/project" "$here/project/check.c" "$here/project/words.c" -o check
}
runs_check() {
    "$@" ./check 2>said || { cat said >&2 && die "$*"; }
    grep -q '^embed: the program ended with status 0$' said || die "$* says something else"
}
