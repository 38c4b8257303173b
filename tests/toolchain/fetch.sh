#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# toolchain/fetch with a source list and package sources of its own; nothing here needs a network.
#   fetch.sh FETCH WORK-FOLDER CASE
set -eu
fetch=$1 work=$2/$3 case=$3
rm -rf "$work"
mkdir -p "$work/upstream" "$work/tree/thing-1/keep" "$work/tree/thing-1/drop"
cd "$work"
echo kept >tree/thing-1/keep/file
echo dropped >tree/thing-1/drop/file
head -c 300000 /dev/urandom >tree/thing-1/keep/noise
tar -C tree -czf upstream/thing-1.tar.gz thing-1
sum=$(sha256sum upstream/thing-1.tar.gz | cut -d' ' -f1)
export LFI_CACHE_DIR=$work/cache LFI_SOURCES_LOCK=$work/sources.lock LFI_APT_ETC=$work/apt
mkdir -p apt/sources.list.d

lock() { # SUM [LINE]...
    {
        printf 'Name: thing\nVersion: 1\nFile: thing_1.orig.tar.gz\nSha256: %s\nSize: %s\n' "$1" \
            "$(stat -c %s upstream/thing-1.tar.gz)"
        printf 'Package: thing bookworm\nUpstream: file://%s/upstream/thing-1.tar.gz\n' "$work"
        shift
        for line; do echo "$line"; done
    } >sources.lock
}
die() { echo "FAILED: $*" >&2; exit 1; }
has() { grep -qF -- "$1" "$2" || { cat "$2" >&2; die "'$1' is not in $2"; }; }
refused() { "$fetch" "$@" >out 2>err && die "fetch $* succeeded"; return 0; }

# A repository of source packages that apt reads from a folder.
repository() {
    mkdir -p repository/dists/bookworm/main/source repository/pool
    cp upstream/thing-1.tar.gz repository/pool/thing_1.orig.tar.gz
    size=$(stat -c %s upstream/thing-1.tar.gz)
    echo Format: 1.0 >repository/pool/thing_1-1.dsc
    {
        printf 'Package: thing\nBinary: thing\nVersion: 1-1\nDirectory: pool\nFormat: 1.0\n'
        printf 'Checksums-Sha256:\n %s %s thing_1.orig.tar.gz\n' "$sum" "$size"
        printf ' %s %s thing_1-1.dsc\n\n' "$(sha256sum repository/pool/thing_1-1.dsc | cut -d' ' -f1)" \
            "$(stat -c %s repository/pool/thing_1-1.dsc)"
    } >repository/dists/bookworm/main/source/Sources
    index=$(sha256sum repository/dists/bookworm/main/source/Sources | cut -d' ' -f1)
    {
        printf 'Suite: bookworm\nCodename: bookworm\nComponents: main\nArchitectures: all amd64\n'
        printf 'Date: %s\nSHA256:\n' "$(LC_ALL=C date -Ru)"
        printf ' %s %s main/source/Sources\n' "$index" \
            "$(stat -c %s repository/dists/bookworm/main/source/Sources)"
    } >repository/dists/bookworm/Release
}

case $case in
upstream)
    lock "$sum"
    folder=$("$fetch" --from=cache,upstream thing)
    cmp "$folder/keep/noise" tree/thing-1/keep/noise
    [ -f "$folder/drop/file" ] || die 'not all of it was unpacked'
    ;;
mismatch)
    wrong=$(printf '%064d' 7)
    lock "$wrong"
    refused --from=cache,upstream thing
    has thing-1.tar.gz err
    has "expected $wrong" err
    has "found    $sum" err
    [ ! -e cache/archives/"$wrong" ] || die 'the archive was kept'
    ;;
mismatch-in-cache)
    lock "$sum"
    archive=$("$fetch" --from=upstream --archive thing)
    echo more >>"$archive"
    refused --offline thing
    has "$archive" err
    has "expected $sum" err
    has "found    $(sha256sum "$archive" | cut -d' ' -f1)" err
    ;;
offline)
    lock "$sum"
    refused --offline thing
    has 'found in none of: cache' err
    "$fetch" --from=upstream --archive thing >/dev/null
    rm -r upstream
    folder=$("$fetch" --offline thing)
    [ -f "$folder/keep/file" ] || die "nothing in $folder"
    ;;
second-run)
    lock "$sum"
    folder=$("$fetch" --from=upstream thing)
    rm -r upstream cache/archives
    touch -d '2001-01-01' "$folder/keep/file"
    [ "$("$fetch" --offline thing)" = "$folder" ] || die 'another folder'
    [ "$(stat -c %Y "$folder/keep/file")" -lt 1000000000 ] || die 'unpacked again'
    ;;
resume)
    # The first half is there; the rest must be appended, not all loaded again: make the first half
    # of what upstream has now unlike it, and see that the sum then does not fit.
    lock "$sum"
    mkdir -p cache/partial/"$sum"
    head -c 100000 upstream/thing-1.tar.gz >cache/partial/"$sum"/thing-1.tar.gz
    cp upstream/thing-1.tar.gz saved
    head -c 100000 /dev/zero | dd of=upstream/thing-1.tar.gz conv=notrunc status=none
    folder=$("$fetch" --from=upstream thing)
    [ -f "$folder/keep/file" ] || die 'not unpacked'
    ;;
interrupted-unpacking)
    lock "$sum"
    mkdir -p cache/src/.unpacking-thing.1/keep
    folder=$("$fetch" --from=upstream thing)
    [ ! -e cache/src/.unpacking-thing.1 ] || die 'the remains of the interrupted run are there'
    cmp "$folder/keep/noise" tree/thing-1/keep/noise
    ;;
unpack-and-patch)
    cat >p.patch <<'END'
--- a/keep/file
+++ b/keep/file
@@ -1 +1 @@
-kept
+patched
END
    lock "$sum" 'Unpack: keep' 'Omit: noise' 'Patch: p.patch'
    key=$("$fetch" --key thing)
    folder=$("$fetch" --from=upstream thing)
    [ "$folder" = "$work/cache/src/$key" ] || die "$folder is not named by the key $key"
    [ "$(cat "$folder/keep/file")" = patched ] || die 'not patched'
    [ ! -e "$folder/drop" ] && [ ! -e "$folder/keep/noise" ] || die 'too much was unpacked'
    sed -i 's/+patched/+other/' p.patch
    [ "$("$fetch" --key thing)" != "$key" ] || die 'the key does not change with the patch'
    ;;
inner)
    # Debian's archive holds the source's archive; upstream's is the source.
    mkdir outer-1
    tar -C tree -cJf outer-1/thing.tar.xz thing-1
    tar -czf thing_1.orig.tar.gz outer-1
    outer=$(sha256sum thing_1.orig.tar.gz | cut -d' ' -f1)
    lock "$outer" "Upstream-Sha256: $sum" 'Inner: thing.tar.xz' 'Unpack: keep'
    folder=$("$fetch" --from=upstream thing)
    cp -r "$folder" from-upstream
    rm -r cache
    mkdir -p "cache/archives/$outer"
    mv thing_1.orig.tar.gz "cache/archives/$outer"
    folder=$("$fetch" --offline thing)
    diff -r "$folder" from-upstream
    cmp "$folder/keep/noise" tree/thing-1/keep/noise
    ;;
upstream-sum)
    # Upstream's archive is another one than Debian's.
    lock "$(printf '%064d' 7)" "Upstream-Sha256: $sum"
    "$fetch" --from=upstream thing >/dev/null
    rm -r cache/src upstream
    "$fetch" --offline thing >/dev/null
    ;;
packages | packages-one-line | packages-mismatch)
    command -v apt-get >/dev/null || exit 77
    repository
    if [ $case = packages-one-line ]; then
        printf 'deb [arch=amd64 trusted=yes] file:%s/repository bookworm main contrib\ndeb file:/none other main\n' \
            "$work" >apt/sources.list
    else
        printf 'Types: deb\nURIs: file:%s/repository\nSuites: bookworm bookworm-updates\nComponents: main\nTrusted: yes\n\nTypes: deb\nURIs: file:/none\nSuites: other\nComponents: main\n' \
            "$work" >apt/sources.list.d/debian.sources
    fi
    cp -r apt apt-before
    if [ $case = packages-mismatch ]; then
        lock "$(printf '%064d' 7)"
        refused --from=cache,packages,upstream thing
        has thing_1.orig.tar.gz err
        has "found    $sum" err
    else
        lock "$sum"
        folder=$("$fetch" --from=cache,packages thing)
        [ -f "$folder/keep/file" ] || die "nothing in $folder"
    fi
    diff -r apt apt-before || die "the machine's lists were changed"
    ;;
progress)
    lock "$sum"
    LFI_PROGRESS_SECONDS=0 "$fetch" --from=upstream thing >out 2>err
    has ' s' err
    ;;
usage)
    lock "$sum"
    "$fetch" --help | grep -q 'Usage: fetch' || die 'no help'
    status=0; "$fetch" --nonsense thing 2>/dev/null || status=$?
    [ $status = 2 ] || die "status $status"
    refused nothing
    has 'nothing is not in' err
    ;;
*) die "no such case: $case" ;;
esac
