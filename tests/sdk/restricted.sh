#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# restricted.sh TRIPLE: what a program sees of the host's files and environment under each option of
# lfi-run. Environment: SDK. Exit status 77: TRIPLE has no sysroot in this SDK.
set -u
here=$(cd "$(dirname "$0")" && pwd)
set -- restricted "$1"
# shellcheck source=tests/sdk/compiled.sh disable=SC1091
. "$here/compiled.sh"
mkdir -p "$work/shown/sub" "$work/other" "$work/hidden"
echo inside >"$work/shown/file"
echo other >"$work/other/file"
echo hidden >"$work/hidden/file"
ln -s "$work/hidden/file" "$work/shown/absolute"
ln -s ../hidden/file "$work/shown/relative"
ln -s /data/file "$work/shown/box"

# expect STATUS OUTPUT ARGUMENT...: of lfi-run, but for its warning of the mode
expect()
{
    status=$1 output=$2
    shift 2
    HOST_VARIABLE=host "$lfi_run" "$@" >"$work/output" 2>&1 </dev/null
    got=$?
    printed=$(sed '/^lfi-run: warning: --restricted .*--mode=/d' "$work/output")
    if [ $got -ne "$status" ] || [ "$printed" != "$output" ]; then
        echo "FAILED: lfi-run $*: status $got (expected $status): '$printed' (expected '$output')"
        failed=1
    fi
}

p=$work/program
box="-r --dir /data=$work/shown"
# shellcheck disable=SC2086 # lists of words
{
    expect 0 inside $box "$p" cat /data/file
    expect 0 inside $box "$p" cat data/sub/../file
    expect 0 inside $box "$p" cat /data/box
    expect 0 inside $box --wd /data "$p" cat file
    expect 0 /data/sub $box --wd /data/sub "$p" pwd
    expect 0 / $box "$p" pwd
    expect 1 "/data/absolute: No such file or directory" $box "$p" cat /data/absolute
    expect 1 "/data/relative: No such file or directory" $box "$p" cat /data/relative
    expect 1 "/data/../hidden/file: No such file or directory" $box "$p" cat /data/../hidden/file
    expect 1 "$work/hidden/file: No such file or directory" $box "$p" cat "$work/hidden/file"
    expect 1 "/etc/passwd: No such file or directory" $box "$p" cat /etc/passwd
    expect 1 "/proc/self/maps: No such file or directory" $box "$p" cat /proc/self/maps
    expect 1 "/new: No such file or directory" $box "$p" write /new
    expect 0 other $box --dir /data/deep/er="$work/other" "$p" cat /data/deep/er/file
    expect 0 "" $box "$p" write /data/made
    expect 0 "written in the box" $box "$p" cat /data/made
    expect 0 "not set" $box "$p" env HOST_VARIABLE
    expect 0 box $box --env HOST_VARIABLE=first --env HOST_VARIABLE=box "$p" env HOST_VARIABLE
}
[ "$(cat "$work/shown/made")" = "written in the box" ] || failed=1
expect 0 host "$p" env HOST_VARIABLE
expect 0 box --env HOST_VARIABLE=box "$p" env HOST_VARIABLE
expect 0 hidden "$p" cat "$work/shown/relative"
expect 0 hidden "$p" cat "$work/shown/absolute"
expect 0 "$p" "$p" exe
expect 1 "/proc/self/mem: Permission denied" "$p" cat /proc/self/mem
expect 1 "/proc/self/mem: Permission denied" "$p" write /proc/self/mem
expect 1 "/p/self/mem: Permission denied" -r --dir /p=/proc "$p" write /p/self/mem
expect 0 host --huge-pages "$p" env HOST_VARIABLE

# closed STATUS ARGUMENT...: what of 0, 1 and 2 is closed stays so, and is the first to be opened
closed()
{
    [ "$got" -eq "$1" ] && return
    shift
    echo "FAILED: lfi-run $*: status $got"
    failed=1
}

# shellcheck disable=SC2086 # a list of words
for options in "--dir /data=$work/shown" "$box"; do
    "$lfi_run" $options "$p" closed /data/file <&- >/dev/null 2>&1
    got=$?
    closed 1 "$options <&-"
    "$lfi_run" $options "$p" closed /data/file 2>/dev/null </dev/null >&-
    got=$?
    closed 12 "$options >&-"
    "$lfi_run" $options "$p" closed /data/file </dev/null >/dev/null 2>&-
    got=$?
    closed 24 "$options 2>&-"
    "$lfi_run" $options "$p" closed /data/file </dev/null >/dev/null 2>&1
    got=$?
    closed 30 "$options"
done

# shellcheck disable=SC2086 # a list of words
"$lfi_run" -V $box "$p" pwd 2>&1 | grep -q 'second wall: ' || {
    echo "FAILED: -V -r says nothing of the second wall"
    failed=1
}
! "$lfi_run" -V "$p" pwd 2>&1 | grep -q 'second wall: ' || failed=1

# inherited ARGUMENT...: does lfi-run keep a descriptor that it was given while the program runs?
mkfifo "$work/shown/pipe"
inherited()
{
    "$lfi_run" --dir /data="$work/shown" "$@" "$p" cat /data/pipe >/dev/null 9<"$work/hidden/file" &
    exec 8>"$work/shown/pipe" # waits until the program opens it
    ls -l "/proc/$!/fd" >"$work/descriptors"
    exec 8>&-
    wait $! || failed=1
    grep -q hidden/file "$work/descriptors"
}
inherited || {
    echo "FAILED: what lfi-run was given is not open"
    failed=1
}
! inherited -r || {
    echo "FAILED: -r leaves a descriptor open that lfi-run was given"
    failed=1
}

"$lfi_run" --perf "$p" pwd >/dev/null &
pid=$!
wait $pid || failed=1
grep -q '^[0-9a-f]* [0-9a-f]* main$' "/tmp/perf-$pid.map" || {
    echo "FAILED: no main in the perf map"
    failed=1
}
rm -f "/tmp/perf-$pid.map"
exit $failed
