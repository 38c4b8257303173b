#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# elsewhere.sh UNPACKED VERSION CACHE ARCH: the unpacked releases for ARCH in a minimal Debian 12 of their
# own, in folders with a space, read-only, for a user who is not root. Nothing else of this machine is
# seen, but for another architecture than the host's QEMU, which is one program with its libraries.
set -eu
here=$(dirname "$(readlink -f "$0")")
if [ $# -eq 4 ]; then
    root=$("$here/debian-root" "$3")
    unshare -m true 2>/dev/null || { echo 'elsewhere: no mount namespaces here' >&2; exit 77; }
    exec unshare -m --propagation private "$0" "$@" "$root"
fi
unpacked=$1 version=$2 arch=$4 root=$5 host=''
[ "$arch" = "$(uname -m)" ] || host=host-$(uname -m)-

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
if [ "$host" ]; then
    qemu=$(command -v "qemu-$arch") || { echo "elsewhere: no qemu-$arch here" >&2; exit 77; }
    mkdir opt/qemu
    cp "$qemu" opt/qemu/qemu
    ldd "$qemu" | grep -o '/[^ ]*' | xargs -I{} cp -L {} opt/qemu/
    qemu="/$(echo opt/qemu/ld-linux-*) --library-path /opt/qemu /opt/qemu/qemu"
fi
# What a user may do is not more than in a login shell.
exec env -i PATH=/usr/sbin:/usr/bin:/bin HOME=/nonexistent ${host:+LFI_QEMU="$qemu"} \
    chroot --userspec=65534:65534 . /bin/sh -c 'cd /tmp/work && exec "$@"' sh /opt/sources/run /opt/sources "$arch" \
    "/opt/two words/$arch-lfi-clang-$host$version" "/opt/two words/$arch-native-clang-$host$version"
