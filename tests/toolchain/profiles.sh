#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Coverage and profiles of a program in the box, read by the SDK's tools.
#   profiles.sh SDK-FOLDER WORK-FOLDER CASE ARCH
# shellcheck source=tests/toolchain/common.sh
. "$(dirname "$0")/common.sh"

cat >covered.c <<'END'
#include <stdio.h>
int half(int x)
{
    if (x > 100)
        return -1;
    return x / 2;
}
int main(void)
{
    int sum = 0;
    for (int i = 0; i < 7; i++)
        sum += half(i);
    printf("%d\n", sum);
}
END

case $case in
coverage)
    for confined in "" -r; do
        rm -f ./*.profraw
        "$cc" -O1 -fprofile-instr-generate -fcoverage-mapping covered.c -o covered
        verified covered
        # shellcheck disable=SC2086 # an option or none
        "$run" $confined --dir /out="$PWD" --wd /out --env LLVM_PROFILE_FILE=/out/%p.profraw ./covered >out
        has '^9$' out
        set -- ./*.profraw
        [ $# = 1 ] && [ -s "$1" ] || die "no profile: $*"
        "$sdk/bin/llvm-profdata" merge "$1" -o covered.profdata
        "$sdk/bin/llvm-cov" show covered -instr-profile=covered.profdata >out
        has ' 4\| *7\|' out
        has ' 5\| *0\|' out
        has ' 12\| *7\|' out
        "$sdk/bin/llvm-cov" report covered -instr-profile=covered.profdata >out
        has '^TOTAL ' out
    done
    ;;
gcov)
    "$cc" -O0 --coverage covered.c -o covered
    verified covered
    "$run" ./covered >out
    "$sdk/bin/llvm-cov" gcov covered-covered.c >out
    has ' 7: *4:' covered.c.gcov
    has '#####: *5:' covered.c.gcov
    ;;
guided)
    for how in -fprofile-instr-generate -fprofile-generate; do
        rm -f ./*.prof*
        "$cc" -O2 $how covered.c -o covered
        verified covered
        "$run" --env LLVM_PROFILE_FILE=guided.profraw ./covered >out
        "$sdk/bin/llvm-profdata" merge guided.profraw -o guided.profdata
        "$sdk/bin/llvm-profdata" show --all-functions guided.profdata >out
        has 'half' out
        use=-fprofile-use
        [ $how = -fprofile-generate ] || use=-fprofile-instr-use
        "$cc" -O2 $use=guided.profdata covered.c -o used
        "$run" ./used >out
        has '^9$' out
    done
    ;;
*) die "no such case: $case" ;;
esac
