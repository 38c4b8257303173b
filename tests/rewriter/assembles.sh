#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Assembles every expected output of the golden tests in $2, of architecture $1.
command -v clang-19 >/dev/null || { echo "skipped: no clang-19"; exit 77; }
status=0
count=0
# shellcheck source=tests/arch/x86_64.sh disable=SC1091
. "$(dirname "$0")/../arch/$1.sh"
for file in "$2"/*.expected.s; do
    count=$((count + 1))
    # shellcheck disable=SC2086
    clang-19 -cc1as -triple "$1-linux-musl" $assembler -filetype obj -o /dev/null "$file" || {
        echo "does not assemble: $file"
        status=1
    }
done
echo "$count files"
[ "$count" -ge 20 ] || status=1
exit $status
