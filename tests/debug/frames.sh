#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# frames.sh TRIPLE: unwinding is right at every instruction, those inside of rewritten ones too.
set -eu
# shellcheck source=common.sh disable=SC1091,SC2154
. "$(dirname "$0")/common.sh"
for flags in -O0 -O2 '-O2 -fno-omit-frame-pointer'; do
    # shellcheck disable=SC2086 # a list of words
    "$clang" $flags -g "$here/frames.c" -o program
    timeout 600 gdb -q -nx -batch -x "$here/frames.py" --args "$SDK/bin/lfi-run" --mode="$mode" ./program >out 2>&1 ||
        fail "$flags: gdb: $(tail -n 5 out)"
    steps=$(sed -n 's/^steps: \([0-9]*\) wrong: 0$/\1/p' out)
    [ "${steps:-0}" -ge 200 ] || fail "$flags: $(tail -n 20 out)"
done
