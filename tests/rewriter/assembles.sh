#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Assembles every expected output of the golden tests in $1.
command -v clang-19 >/dev/null || { echo "skipped: no clang-19"; exit 77; }
status=0
count=0
for file in "$1"/*.expected.s; do
    count=$((count + 1))
    clang-19 -cc1as -triple x86_64-linux-musl -filetype obj -o /dev/null "$file" || {
        echo "does not assemble: $file"
        status=1
    }
done
echo "$count files"
[ "$count" -ge 20 ] || status=1
exit $status
