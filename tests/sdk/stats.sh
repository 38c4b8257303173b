#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# stats.sh TRIPLE: what lfi-run --stats tells of a program whose calls are known. Environment: SDK. Exit
# status 77: TRIPLE has no sysroot in this SDK.
set -u
here=$(cd "$(dirname "$0")" && pwd)
set -- stats "$1"
# shellcheck source=tests/sdk/compiled.sh disable=SC1091
. "$here/compiled.sh"

"$lfi_run" --stats "$work/program" >"$work/out" 2>"$work/table" </dev/null
[ $? -eq 7 ] || { echo "FAILED: --stats changed the status"; failed=1; }
# row PATTERN: a line of the table
row()
{
    grep -q -e "^ *$1\$" "$work/table" || { echo "FAILED: no '$1' in:"; cat "$work/table"; failed=1; }
}
row '123 *0 .* getppid'
row '45 *45 .* dup'
row '6 *6 .* others'
row '[23] *0 .* clone'
row 'threads *3'
row 'calls *[0-9]*'

# The same with the second wall, as JSON.
"$lfi_run" --restricted --stats="$work/stats.json" "$work/program" >"$work/out" 2>"$work/err" </dev/null
if [ $? -ne 7 ] || [ -s "$work/err" ] || ! python3 - "$work/stats.json" <<'END'
import json, sys
stats = json.load(open(sys.argv[1]))
calls = {call['name']: call for call in stats['calls']}
def check(what, holds):
    if not holds:
        sys.exit(f'FAILED: {what}: {stats}')
check('status', stats['status'] == 7)
check('threads', stats['threads'] == 3)
check('getppid', calls['getppid']['count'] == 123 and calls['getppid']['failed'] == 0)
check('dup', calls['dup']['count'] == 45 and calls['dup']['failed'] == 45)
check('others', calls['others']['count'] == 6)
check('sum of counts', stats['call_count'] == sum(call['count'] for call in calls.values()))
check('sum of times', stats['calls_ns'] == sum(call['ns'] for call in calls.values()))
sleep = calls.get('nanosleep') or calls['clock_nanosleep']
check('two threads that sleep', sleep['ns'] >= 2 * 50_000_000)
check('three threads side by side', stats['box_ns'] + stats['calls_ns'] >= 3 * 50_000_000)
check('the loop', stats['box_ns'] > 1_000_000)
check('memory', 32 << 20 < stats['mapped_bytes'] < 64 << 20 and stats['resident_bytes'] > 32 << 20)
check('page faults', stats['minor_faults'] > 100)
END
then
    echo "FAILED: --stats=FILE"
    cat "$work/err"
    failed=1
fi

# The file has the mode that the user's mask leaves, whatever that of the program's files is.
(umask 027 && "$lfi_run" --stats="$work/masked.json" "$work/program" >"$work/out" 2>"$work/err" </dev/null)
mode=$(stat -c %a "$work/masked.json")
[ "$mode" = 640 ] || { echo "FAILED: --stats=FILE has mode $mode with umask 027"; failed=1; }

# Nothing is counted, and nothing printed, without it.
"$lfi_run" "$work/program" >"$work/out" 2>"$work/err" </dev/null
[ $? -eq 7 ] && [ ! -s "$work/err" ] || { echo "FAILED: without --stats"; cat "$work/err"; failed=1; }
exit $failed
