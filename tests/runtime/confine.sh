#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# confine.sh SOURCE LIBRARY COMPILER NM: each host call that the runtime makes stands in confine/host_calls.def: those of its sources
# (host(SYS_…), HOST_WAIT(SYS_…), linux_wait(…, SYS_…), syscall(SYS_…), linux_arch_call(SYS_…)), and the functions of the C library that its objects ask for and that have a system call's name.
set -u
source=$1 library=$2 compiler=$3 nm=$4
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

# Made before the wall is up, or to put it up.
printf '%s\n' seccomp capget capset unshare >"$work/before"
# Functions that make a call of another name, in glibc and in musl.
other_name()
{
    sed 's/^eventfd$/eventfd2/; s/^getrlimit$/prlimit64/'
}

sed -n 's/^ALLOWED([0-9]*, [0-9]*, \([a-z0-9_]*\),.*/\1/p; s/^ALLOWED_X86_64([0-9]*, \([a-z0-9_]*\),.*/\1/p' \
    "$source/runtime/confine/host_calls.def" | sort >"$work/allowed"
[ "$(wc -l <"$work/allowed")" -gt 100 ] || {
    echo "FAILED: only $(wc -l <"$work/allowed") calls found in host_calls.def"
    exit 1
}

# check WHERE: names on standard input
check()
{
    while read -r name; do
        grep -qx "$name" "$work/allowed" || grep -qx "$name" "$work/before" || {
            echo "FAILED: $1 makes the host call $name, which is not in runtime/confine/host_calls.def"
            failed=1
        }
    done
}

grep -rhoE '(host|HOST_WAIT|syscall|linux_arch_call|linux_wait)\([a-z>-]*,? ?SYS_[a-z0-9_]+' "$source"/runtime/core "$source"/runtime/linux \
    "$source"/runtime/confine --include=*.c --include=*.h | sed 's/.*SYS_//' | sort -u >"$work/sources"
[ "$(wc -l <"$work/sources")" -gt 20 ] || {
    echo "FAILED: only $(wc -l <"$work/sources") calls found in the sources"
    exit 1
}
check runtime/ <"$work/sources"

echo '#include <sys/syscall.h>' | "$compiler" -E -dM - |
    sed -n 's/^#define SYS_\([a-z0-9_]*\) .*/\1/p' | sort -u >"$work/known"
"$nm" -u "$library" | sed -n 's/^ *U \([a-z0-9_]*\).*/\1/p' | sort -u >"$work/functions"
comm -12 "$work/known" "$work/functions" | other_name >"$work/called"
[ "$(wc -l <"$work/called")" -gt 20 ] || {
    echo "FAILED: only $(wc -l <"$work/called") calls found in $library"
    exit 1
}
check liblfi <"$work/called"
exit $failed
