#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# elsewhere.sh UNPACKED VERSION CACHE: the unpacked releases in a minimal Debian 12 of their own, in
# folders with a space, read-only, for a user who is not root. Nothing else of this machine is seen.
set -eu
here=$(dirname "$(readlink -f "$0")")
if [ $# -eq 3 ]; then
    root=$("$here/debian-root" "$3")
    unshare -m true 2>/dev/null || { echo 'elsewhere: no mount namespaces here' >&2; exit 77; }
    exec unshare -m --propagation private "$0" "$@" "$root"
fi
unpacked=$1 version=$2 root=$4

cd "$root"
mount --bind "$root" "$root" && mount -o remount,bind,ro "$root"
cd "$root"
mount -t proc proc proc
mount -t tmpfs tmpfs opt
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs tmpfs dev
mknod -m 666 dev/null c 1 3
mkdir opt/sources 'opt/two words'
cp "$here/elsewhere/"* opt/sources/
mount --bind "$unpacked" 'opt/two words'
mount -o remount,bind,ro "$root/opt/two words"
mkdir -m 777 tmp/work
# What a user may do is not more than in a login shell.
exec env -i PATH=/usr/sbin:/usr/bin:/bin HOME=/nonexistent \
    chroot --userspec=65534:65534 . /bin/sh -c 'cd /tmp/work && exec "$@"' sh /opt/sources/run /opt/sources \
    "/opt/two words/x86_64-lfi-clang-$version" "/opt/two words/x86_64-native-clang-$version"
