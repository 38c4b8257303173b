#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# session.sh TRIPLE: what a person does in gdb. Breakpoints by name and by line before the program
# is there, backtraces, arguments, variables; then the same attached to a running program.
set -eu
# shellcheck source=common.sh disable=SC1091,SC2154
. "$(dirname "$0")/common.sh"
gdb='timeout 600 gdb -q -nx -batch -ex "set debuginfod enabled off" -ex "set pagination off"'

# expect PATTERN: the next line of the session that fits; sessions are read once, in order
expect() {
    number=$(tail -n +$((seen + 1)) session | grep -nE -m 1 -e "$1" | cut -d : -f 1)
    [ -n "$number" ] || fail "$what: no '$1' after line $seen of: $(cat session)"
    seen=$((seen + number))
}

line_of() {
    grep -nF "$1" "$here/session.c" | head -n 1 | cut -d : -f 1
}

"$clang" -O0 -g "$here/session.c" -o program
innermost=$(line_of 'the innermost')
visits=$(line_of 'here += visit')

what="gdb starts lfi-run" seen=0
eval "$gdb" -ex '"set breakpoint pending on"' -ex '"break visit if depth == 2"' \
    -ex "'break session.c:$innermost'" -ex run -ex bt -ex '"print *item"' -ex '"print total"' \
    -ex continue -ex bt -ex '"up 2"' -ex '"info args"' \
    -ex '"break linux_serve_light"' -ex continue -ex bt -ex delete -ex continue \
    --args "$SDK/bin/lfi-run" --mode="$mode" ./program >session 2>&1 || fail "$what: $(cat session)"
expect '^Breakpoint 1 \(visit if depth == 2\) pending'
expect '^Breakpoint 1, visit \(item=0x[0-9a-f]+, depth=2\) at .*session\.c:'
expect '^#0 +visit .*depth=2'
expect "^#1 +0x[0-9a-f]+ in visit .*depth=1\) at .*session\.c:$visits"
expect '^#2 +0x[0-9a-f]+ in main .*at .*session\.c:'
expect 'number = 22, name = 0x[0-9a-f]+ "second"'
expect ' = 1000$'
expect "^Breakpoint 2, .*visit .*depth=3\) at .*session\.c:$innermost"
expect "^#1 +0x[0-9a-f]+ in visit .*depth=2"
expect "^#3 +0x[0-9a-f]+ in main "
expect '^depth = 1'
expect 'linux_serve_light'
expect '^#0 .*linux_serve_light'
expect "^#[0-9]+ +0x[0-9a-f]+ in call_host \(number=110\) at .*session\.c:"
expect "^#[0-9]+ +0x[0-9a-f]+ in visit .*depth=3\) at .*session\.c:$innermost"
expect "^#[0-9]+ +0x[0-9a-f]+ in main "
expect '^154 1'
expect 'exited normally'

what="a backtrace ends" seen=0
eval "$gdb" -ex '"set breakpoint pending on"' -ex '"tbreak visit"' -ex run -ex '"bt -1"' \
    --args "$SDK/bin/lfi-run" --mode="$mode" ./program >session 2>&1 || fail "$what: $(cat session)"
expect '^Temporary breakpoint 1, visit '
expect '^#[0-9]+ +0x[0-9a-f]+ in _start '

what="gdb steps" seen=0
eval "$gdb" -ex '"set breakpoint pending on"' -ex '"tbreak visit"' -ex run -ex next -ex next \
    -ex step -ex next -ex finish -ex next -ex next -ex next \
    --args "$SDK/bin/lfi-run" --mode="$mode" ./program >session 2>&1 || fail "$what: $(cat session)"
expect '^Temporary breakpoint 1, visit \(.*depth=1\)'
expect "^$visits	"
expect '^visit \(item=0x[0-9a-f]+, depth=2\)'
expect '^0x[0-9a-f]+ in visit \(.*depth=1\)'
expect '^Value returned is .* = 143'
expect '	 +total \+= here'
expect '	 +return here'
expect '^main \(argc=1.*session\.c:'

what="gdb attaches" seen=0
rm -f pipe
mkfifo pipe
"$SDK/bin/lfi-run" --mode="$mode" --debug ./program wait <pipe >output 2>&1 &
running=$!
exec 3>pipe
tries=0
until grep -q read "/proc/$running/wchan" 2>/dev/null || [ $tries -ge 600 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
eval "$gdb" -p $running -ex bt -ex '"break visit"' -ex '"shell echo >&3"' -ex continue -ex bt \
    -ex '"print item->name"' -ex delete -ex detach >session 2>&1 || fail "$what: $(cat session)"
exec 3>&-
wait $running || fail "$what: the program: $(cat output)"
if grep -q 'ptrace: Operation not permitted' session; then
    echo "$what: this system does not let gdb attach" >&2
    exit 77
fi
expect '^#[0-9]+ .*in read \(\)'
expect '^#[0-9]+ .*wait_for_byte \(\) at .*session\.c:'
expect '^#[0-9]+ .*in main \(argc=2.*session\.c:'
expect '^Breakpoint 1 at 0x[0-9a-f]+: file .*session\.c, line'
expect '^Breakpoint 1, visit \(item=0x[0-9a-f]+, depth=1\)'
expect '^#1 +0x[0-9a-f]+ in main \(argc=2'
expect '"first"'
grep -q '^154 ' output || fail "$what: the program then printed: $(cat output)"
