#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# perf.sh TRIPLE map|report: lfi-run --perf.
#   map      the map says for each function of the symbol table where it is, and how large
#   report   perf report names the program's functions (exit status 77 where perf cannot record)
set -eu
# shellcheck source=common.sh disable=SC1091,SC2154
. "$(dirname "$0")/common.sh"
"$clang" -O2 -g "$here/perf.c" -o program

case $2 in
map)
    "$SDK/bin/lfi-run" --perf --verbose ./program 1000 2>messages &
    pid=$!
    wait $pid || fail "lfi-run: $(cat messages)"
    mv "/tmp/perf-$pid.map" map || fail "no /tmp/perf-$pid.map"
    base=$(sed -n 's/.*file at 0x//p' messages)
    "$SDK/bin/llvm-nm" --defined-only --print-size program | awk '$3 ~ /^[tTwW]$/' >symbols
    "$SDK/bin/llvm-readelf" --symbols --wide program | awk '$4 == "FUNC" && $7 != "UND" { print $8 }' |
        sort >functions
    awk '{ print $3 }' map | sort | diff functions - >differences ||
        fail "the map's names are not the file's: $(head differences)"
    for name in main busy_most busy_some; do
        read -r address size rest <<-end
		$(awk -v name=$name '$4 == name { print $1, $2 }' symbols)
		end
        wanted=$(printf '%x %x %s' $((0x$base + 0x$address)) "0x$size" $name)
        grep -qx "$wanted" map || fail "no '$wanted' but: $(grep " $name\$" map)$rest"
    done
    ;;
report)
    event=cpu-clock
    perf record -q -e $event -F 999 -o data true >messages 2>&1 || {
        echo "perf cannot record here: $(head -n 3 messages)" >&2
        exit 77
    }
    perf record -q -e $event -F 999 -o data "$SDK/bin/lfi-run" --perf ./program 3000000 \
        >messages 2>&1 || fail "perf record: $(cat messages)"
    # shellcheck disable=SC2094 # messages are read after the pipeline
    perf report -i data --stdio --sort symbol >report 2>messages ||
        fail "perf report: $(cat messages)"
    map=$(perf script -i data -F pid 2>/dev/null | sort -u | tail -n 1 | tr -d ' ')
    rm -f "/tmp/perf-$map.map"
    awk '/busy_most/ { most = $1 + 0 } /busy_some/ { some = $1 + 0 }
         END { exit !(most > some && some > 2 && most + some > 60) }' report ||
        fail "perf report: $(grep -v '^#' report | head)"
    ;;
esac
