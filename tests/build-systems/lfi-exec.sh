#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Under lfi-exec the programs that scripts and build tools start run in a box, whatever way they are started.
#   lfi-exec.sh SDK-FOLDER WORK-FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sdk=$1 work=$2/lfi-exec exec=$1/bin/lfi-exec
# shellcheck source=tests/build-systems/common.sh
. "$here/common.sh"
rm -rf "$work"
mkdir -p "$work"
cd "$work"

cat >prog.c <<'EOF'
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
    printf("%d <%s> <%s> %s\n", argc - 1, argc > 1 ? argv[1] : "", argc > 2 ? argv[2] : "", getenv("VARIABLE"));
    return 3;
}
EOF
"$sdk/bin/$host-lfi-linux-musl-clang" -O2 prog.c -o prog
"$sdk/bin/$host-native-linux-musl-clang" -O2 prog.c -o native
export VARIABLE=value
! ./prog 'a b' 2>err || die 'the program runs without a box'

# says NAME: the last command ended with status 3 and printed what prog prints.
says() {
    printf "2 <a b> <> value\n" | diff - out >&2 || die "$1: printed something else"
    [ "$status" = 3 ] || die "$1: status $status"
}
# starts NAME COMMAND...
starts() {
    how=$1 status=0
    shift
    "$exec" "$@" >out || status=$?
    says "$how"
}

starts 'directly' ./prog 'a b' ''
starts 'by its whole path' "$work/prog" 'a b' ''
starts 'from PATH' env PATH="$work:$PATH" prog 'a b' ''
starts 'sh' sh -c "./prog 'a b' ''"
starts 'bash' bash -c "./prog 'a b' '' | cat; exit \${PIPESTATUS[0]}"
starts 'python, exec' python3 -c 'import subprocess, sys; sys.exit(subprocess.call(["./prog", "a b", ""]))'
starts 'python, spawn' python3 -c '
import os, sys
pid = os.posix_spawn("./prog", ["prog", "a b", ""], os.environ)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))'
starts 'python, spawn from PATH' env PATH="$work:$PATH" python3 -c '
import os, sys
pid = os.posix_spawnp("prog", ["prog", "a b", ""], os.environ)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))'
starts 'a program of the host' ./native 'a b' ''
# Each target's by its own runner, whatever its mode.
for compiler in "$sdk/bin"/*-lfi*-linux-musl-clang; do
    "$compiler" -O2 prog.c -o other
    starts "${compiler##*/}" ./other 'a b' ''
done

printf 'all:\n\t@./prog "a b" ""\n' >Makefile
"$exec" make >out 2>err && die 'make: no failure'
grep -q 'Error 3' err || die 'make: the status'
status=3
says make
printf 'rule r\n command = ./prog "a b" "" >out\nbuild out: r\n' >build.ninja
"$exec" ninja >log && die 'ninja: no failure'
says ninja
# ctest, by a script that CMake knows nothing of
cat >CMakeLists.txt <<'EOF'
cmake_minimum_required(VERSION 3.16)
project(scripted NONE)
enable_testing()
add_test(NAME script COMMAND sh -c "./prog 'a b' '' >out; test $? = 3")
EOF
run cmake -S . -B .
run "$exec" ctest --output-on-failure
says ctest

# What is wrong is said.
status=0
"$exec" >out 2>err || status=$?
[ $status = 2 ] || die 'without a command'
grep -q '^lfi-exec: no command given' err || die 'the message'
"$exec" --help | grep -q '^Usage: lfi-exec' || die '--help'
! "$exec" --help >/dev/full 2>err || die 'help that cannot be printed'
! "$exec" --version >/dev/full 2>err || die 'a version that cannot be printed'
for name in 'a:sdk' 'a;sdk'; do
    mkdir -p "$name/bin"
    cp "$exec" "$name/bin/"
    ! "$name/bin/lfi-exec" ./prog 2>err || die "$name: no failure"
    grep -q 'with a colon or semicolon' err || die "$name: the message"
done
# A space in the path is nothing special, and the host's own search path stays.
mkdir -p 'an sdk/bin' 'an sdk/libexec'
cp "$exec" 'an sdk/bin/'
ln -s "$sdk/libexec/lfi" 'an sdk/libexec/lfi'
for runner in "$sdk"/bin/*-run; do
    ln -s "$runner" 'an sdk/bin/'
done
exec="an sdk/bin/lfi-exec"
starts 'a space in the path' sh -c "./prog 'a b' ''"
LD_LIBRARY_PATH=/nowhere "$exec" sh -c 'printf %s "$LD_LIBRARY_PATH"' >out
grep -q ':/nowhere$' out || die 'the search path of the host'
