#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# limits.sh TRIPLE: a program reaches each limit that lfi-run sets. Environment: SDK. Exit status 77:
# TRIPLE has no sysroot in this SDK.
set -u
here=$(cd "$(dirname "$0")" && pwd)
set -- limits "$1"
# shellcheck source=tests/sdk/compiled.sh disable=SC1091
. "$here/compiled.sh"

# expect STATUS PATTERN LIMIT: the name of the limit is what the program uses up
expect()
{
    printed=$("$lfi_run" -r --limit "$3" "$work/program" "${3%%=*}" 2>&1 </dev/null)
    got=$?
    if [ $got -ne "$1" ] || ! printf '%s\n' "$printed" | grep -qx -e "$2"; then
        echo "FAILED: --limit $3: status $got (expected $1): '$printed' (expected '$2')"
        failed=1
    fi
}

expect 0 'memory: Out of memory after [4-5][0-9]' memory=64M
expect 137 'lfi-run: .*: limit resident (64M) reached' resident=64M
expect 0 'descriptors: .* after 17' descriptors=20 # "No file descriptors available"
expect 0 'threads: Resource temporarily unavailable after 7' threads=8
expect 152 'lfi-run: .*: limit processor (300ms) reached' processor=300ms
exit $failed
