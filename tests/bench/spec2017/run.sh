#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# bench/spec2017 with a stand-in for SPEC CPU 2017 (suite/, README.md here): builds, runs, checks and tables; and
# that it notices what goes wrong.
#   run.sh ARCH SDK WORK
set -eu
arch=$1 sdk=$(readlink -f "$2") work=$3/$1
here=$(dirname "$(readlink -f "$0")")
run=$here/../../../bench/spec2017/run

fail() {
    echo "FAILED: $*" >&2
    tail -n 40 "$work/out" >&2
    exit 1
}

measure() { "$run" --spec="$work/spec" --sdk="$work/sdk" --work="$work/result" --arch="$arch" --size=test "$@" >"$work/out" 2>&1; }

rm -rf "$work"
mkdir -p "$work/sdk"
cp -r "$here/suite" "$work/spec"
mkdir -p "$work/spec/config" "$work/spec/result"

# The SDK, with runners that say how they were called.
for part in "$sdk"/*; do
    ln -s "$part" "$work/sdk/"
done
rm "$work/sdk/bin"
mkdir "$work/sdk/bin"
for program in "$sdk"/bin/*; do
    ln -s "$program" "$work/sdk/bin/"
done
for vendor in native lfi lfi_stores lfi_jumps; do
    runner=$work/sdk/bin/$arch-$vendor-run
    rm "$runner"
    printf '#!/bin/sh\necho "%s $*" >>%s\nexec %s "$@"\n' $vendor "$work/calls" "$sdk/bin/$arch-$vendor-run" >"$runner"
    chmod +x "$runner"
done

# In an emulator not the one whose input is made by a program that runs directly.
all='500.perlbench_r 502.gcc_r 520.omnetpp_r 526.blender_r'
[ "$arch" != "$(uname -m)" ] || all="$all 510.parest_r 523.xalancbmk_r 525.x264_r"
# shellcheck disable=SC2086 # names without spaces
measure --rounds=1 $all || fail 'it does not run'
for benchmark in $all; do
    for configuration in native 'native again' full 'full, high' 'full, restricted' stores jumps; do
        grep -q "^SPECrate [a-z]*,$benchmark,\"\?$configuration\"\?,0,0.000000,[0-9.]*\$" "$work/result/runs.csv" ||
            fail "$benchmark: no run of $configuration"
    done
    grep -q "^| $benchmark | [0-9]* |" "$work/result/results.md" || fail "$benchmark: no code size"
    grep -q ">$benchmark<" "$work/result/run-time-full-high.svg" || fail "$benchmark: not in the plot"
done
grep -q '^| \*\*geometric mean, SPECrate fp\*\* ' "$work/result/results.md" || fail 'no mean of a suite'

# Each configuration had its runner and options, and so had the programs that compare.
called() { grep -qE -- "$1" "$work/calls" || fail "not called: $1"; }
called "^lfi \.\./run_base_testrate_$arch-full\.0000/perlbench_r_base\.$arch-full the two words\$"
if [ "$arch" = "$(uname -m)" ]; then
    ! grep '^native ' "$work/calls" || fail 'a native program does not run directly'
else
    called "^native \.\./[^ ]*/perlbench_r_base\.$arch-native of\$"
fi
called "^lfi --high \.\./[^ ]*/cpugcc_r_base\.$arch-full "
called "^lfi --restricted --dir $work/spec=$work/spec --wd [^ ]* \.\./[^ ]*/blender_r_base\.$arch-full cube"
called "^lfi_stores \.\./[^ ]*/omnetpp_r_base\.$arch-stores "
called "^lfi_jumps \.\./[^ ]*/omnetpp_r_base\.$arch-jumps "
case $all in
*525*) called "^lfi_stores \.\./[^ ]*/imagevalidate_525_base\.$arch-stores " ;;
esac
# Nothing was built twice: runcpu's record of what it built stayed.
cp "$work/spec/config/lfi-$arch-full.cfg" "$work/before"
measure --action=run --rounds=2 --only=full 502.gcc_r || fail 'not a second time'
grep -q ',502.gcc_r,full,1,' "$work/result/runs.csv" || fail 'no second round'
cmp "$work/before" "$work/spec/config/lfi-$arch-full.cfg" || fail 'built again'
# Other options are another file, which forgets what was built.
measure --action=build --only=full --optimize='-O1 -g' 502.gcc_r || fail 'not with other options'
grep -q 'optimize "-O1 -g"' "$work/spec/config/lfi-$arch-full.cfg" || fail 'the options are not in the file'

# What goes wrong is said, the benchmark is left out, and the exit status is not 0.
failing() {
    text=$1
    shift
    ! measure --rounds=1 --only=full "$@" || fail "not noticed: $text"
    grep -qF -- "$text" "$work/out" || fail "not said: $text"
}
failing "548.exchange2_r: cannot be built for 'native'" 548.exchange2_r 502.gcc_r
grep -q ',502.gcc_r,full,0,' "$work/result/runs.csv" || fail 'the others are not measured'
echo '43 -O2' >"$work/spec/benchspec/CPU/502.gcc_r/data/test/output/sum.s"
failing "502.gcc_r left out: 'native' ended with VE" 502.gcc_r
rm "$work/spec/benchspec/CPU/500.perlbench_r/data/test/input/text.in"
failing "500.perlbench_r left out: 'native' ended with RE" 500.perlbench_r
# A program that is not the one that runcpu built does not run.
program=$work/spec/benchspec/CPU/520.omnetpp_r/exe/omnetpp_r_base.$arch-full
measure --action=build --only=full 520.omnetpp_r || fail 'not built'
cp "$work/spec/benchspec/CPU/520.omnetpp_r/exe/omnetpp_r_base.$arch-native" "$program"
# shellcheck disable=SC1091 # made above
(cd "$work/spec" && . ./shrc && runcpu --config="lfi-$arch-full.cfg" --nobuild --size=test 520.omnetpp_r) >"$work/out" 2>&1 &&
    fail 'a replaced program ran'
grep -q 'compile error' "$work/out" || fail 'the replaced program failed for another reason'
# Without `submit` no program for a box runs: the test above would not notice if it were not used.
sed -i 's/^submit .*/submit =/' "$work/spec/config/lfi-$arch-full.cfg"
rm "$program"
# shellcheck disable=SC1091 # made above
(cd "$work/spec" && . ./shrc && runcpu --config="lfi-$arch-full.cfg" --size=test 520.omnetpp_r) >"$work/out" 2>&1 &&
    fail 'it runs without submit'
grep -q 'runtime error' "$work/out" || fail 'without submit it failed for another reason'
echo 'spec2017: all as expected'
