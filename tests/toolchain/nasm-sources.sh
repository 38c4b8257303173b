#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The self-check of lfi-nasm over the NASM assembly of real projects: each file is the same as in nasm's
# own object, or is among those that are known to be refused.
#   nasm-sources.sh SDK-FOLDER WORK-FOLDER sample|all ARCH
# shellcheck source=tests/toolchain/common.sh
. "$(dirname "$0")/common.sh"
command -v nasm >/dev/null || { echo 'SKIPPED: there is no nasm'; exit 77; }
fetch=$here/../../toolchain/fetch
nasm=$sdk/bin/$arch-lfi-linux-musl-nasm

dav1d=$("$fetch" dav1d) jpeg=$("$fetch" libjpeg-turbo)
mkdir dav1d vpx
printf '%%define %s\n' 'ARCH_X86_32 0' 'ARCH_X86_64 1' 'PIC 1' 'STACK_ALIGNMENT 16' 'FORCE_VEX_ENCODING 0' \
    'private_prefix dav1d' >dav1d/config.asm
files() { # OUTPUT-NAME FILE... -- OPTION...: a line for each file
    project=$1 list=''
    shift
    while [ "$1" != -- ]; do
        list="$list $1"
        shift
    done
    shift
    for file in $list; do
        echo "$project $file $*"
    done
}
{
    # filmgrain_common.asm and the *ext-* are included by others.
    # shellcheck disable=SC2046
    files dav1d $(ls "$dav1d"/src/x86/*.asm "$dav1d"/tests/checkasm/x86/*.asm | grep -v filmgrain_common) -- \
        -I"$work/dav1d/" -I"$dav1d/src/" -I"$dav1d/src/x86/"
    # shellcheck disable=SC2046
    files jpeg $(ls "$jpeg"/simd/"$arch"/*.asm | grep -v ext-) -- -DELF -D__x86_64__ -DPIC -I"$jpeg/simd/nasm/" \
        -I"$jpeg/simd/$arch/"
} >list
if [ "$case" = all ]; then
    x264=$("$fetch" x264) vpx=$("$fetch" libvpx)
    printf '%s equ %s\n' VPX_ARCH_X86 0 VPX_ARCH_X86_64 1 CONFIG_PIC 1 CONFIG_VP9_HIGHBITDEPTH 1 CONFIG_POSTPROC 1 \
        CONFIG_VP9_POSTPROC 1 >vpx/vpx_config.asm # as its configure writes it
    for bits in 8 10; do
        # shellcheck disable=SC2046
        files x264-$bits $(ls "$x264"/common/x86/*.asm | grep -v -e '-32' -e x86inc -e x86util) -- -I"$x264/common/x86/" \
            -DARCH_X86_64=1 -DPIC -DSTACK_ALIGNMENT=16 -DHIGH_BIT_DEPTH=$((bits > 8)) -DBIT_DEPTH=$bits \
            -Dprivate_prefix=x264_$bits
    done >>list
    # shellcheck disable=SC2046
    files vpx $(find "$vpx" -name '*.asm' -path '*/x86/*' | grep -v x86inc | LC_ALL=C sort) -- -I"$work/vpx/" -I"$vpx/" \
        >>list
else
    grep -e 'jpeg.*/jchuff' -e 'jpeg.*/jdcolor-avx2' -e 'dav1d.*/msac' -e 'dav1d.*/refmvs' -e 'dav1d.*/ipred_avx2' \
        list >some
    mv some list
fi

# They jump to addresses that they compute with the length of nasm's code.
cat >known <<'END'
x264-8 mc-a.asm
x264-8 sad-a.asm
x264-10 sad-a.asm
END

# shellcheck disable=SC2016 # the inner shell expands it
xargs -P 2 -L 1 sh -c '
    project=$1 file=$2 result=same
    shift 2
    errors=$project-${file##*/}.err
    "$0" --check --translate -f elf64 "$@" "$file" -o /dev/null 2>"$errors" || {
        result=differs
        grep -q "an expression of addresses that no relocation can hold" "$errors" && result=refused
    }
    echo "$project ${file##*/} $result"' "$nasm" <list >results
sed -n 's/ refused$//p' results | LC_ALL=C sort >refused
LC_ALL=C sort known >expected
[ "$case" = all ] || : >expected
cmp -s refused expected || { diff expected refused >&2 || :; die 'others are refused'; }
! grep ' differs$' results >wrong || { cat wrong >&2; head -n 3 ./*.err >&2; die 'other code than nasm has'; }
[ "$(wc -l <results)" -eq "$(wc -l <list)" ] || die 'files are missing'
echo "$(grep -c ' same$' results) files are the same as in nasm's objects, $(wc -l <refused) are refused"
