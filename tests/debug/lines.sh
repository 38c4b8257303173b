#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# lines.sh TRIPLE: line tables, after rewriter, linker and postlinker.
#   - Running code says the address that it is at, and its line; llvm-symbolizer must say the same.
#   - lfi-run names the address of a fault.
#   - The address that the line table has for each of these lines leads back to it.
#   - Code is the same without -g.
#   - llvm-dwarfdump finds nothing wrong.
set -eu
# shellcheck source=common.sh disable=SC1091,SC2154
. "$(dirname "$0")/common.sh"
symbolizer=$SDK/bin/llvm-symbolizer
here_lines='HERE|__LINE__'

# Reads "ADDRESS LINE" (hexadecimal without 0x); each address must be of that line.
check_pairs() {
    sort -u >pairs
    sed 's/ .*//; s/^/0x/' pairs | "$symbolizer" --obj="$1" --output-style=GNU --no-demangle \
        --functions=none --no-inlines >places
    paste -d ' ' pairs places | while read -r address line place; do
        place=${place%% (discriminator*}
        case ${place##*/} in
        lines*.*:"$line" | fault.c:"$line" | generated.inc:"$line") ;;
        *) fail "$2: address 0x$address is of line $line, llvm-symbolizer says $place" ;;
        esac
    done
}

for level in -O0 -O2; do
    build_lines program $level -g
    "$run" ./program >here
    [ "$(wc -l <here)" -ge 40 ] || fail "$level: only $(wc -l <here) places"
    # the byte in front of the return address belongs to the call
    awk '{ printf "%s %s\n", $1, $2 }' here |
        while read -r address line; do printf '%x %s\n' $((0x$address - 1)) "$line"; done |
        check_pairs program "$level, running code"
    reached=$(cut -d ' ' -f 2 pairs | sort -u | wc -l)
    [ "$reached" -ge 20 ] || fail "$level: only $reached lines"

    # rows of the table, of lines.c; of one address the last counts (the rewriter can have moved the code of another away)
    grep -nE "$here_lines" "$here/lines.c" | cut -d : -f 1 | sort >wanted
    llvm-dwarfdump-19 --debug-line=0 --debug-line program >table
    awk '/^debug_line\[/ { delete named }
         /^file_names\[/ { file = $0; gsub(/[^0-9]/, "", file) }
         /name: ".*lines\.c"/ { named[file] }
         /^0x/ { if (row && $1 != address) print row
                 address = $1
                 row = $4 in named && !/end_sequence/ ? substr($1, 3) " " $2 : "" }' table |
        awk 'NR == FNR { wanted[$1]; next } $2 in wanted' wanted - >rows
    [ "$(cut -d ' ' -f 2 rows | sort -u | wc -l)" -ge 20 ] || fail "$level: too few rows"
    check_pairs program "$level, line table" <rows

    for file in program-*.o program; do
        llvm-dwarfdump-19 --verify "$file" >verdict || fail "$level: $file: $(grep error verdict)"
    done

    "$clang" $level -g "$here/fault.c" -o fault
    for which in $faults; do
        "$run" ./fault "$which" 2>report && fail "$level: no fault $which"
        line=$(grep -n "/\* line $which \*/" "$here/fault.c" | cut -d : -f 1)
        sed -n 's/.*(file 0x\([0-9a-f]*\)).*/\1/p' report | sed "s/\$/ $line/" |
            check_pairs fault "$level, fault $which"
        [ -s pairs ] || fail "$level: no address in: $(cat report)"
    done

    build_lines bare $level
    for object in program-*.o; do
        for file in "$object" "bare${object#program}"; do
            "$SDK/bin/llvm-objcopy" --strip-debug "$file" "stripped-$file"
            "$SDK/bin/llvm-objdump" -d -r "stripped-$file" | sed 1,3d >"code-$file"
        done
        cmp "code-$object" "code-bare${object#program}" || fail "$level: -g changes the code of $object"
    done
done
