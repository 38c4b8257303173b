#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# TRIPLE-pkg-config sees the packages of its sysroot and none of the host.
#   pkg-config.sh SDK-FOLDER WORK-FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$2/pkg-config
# shellcheck source=tests/build-systems/common.sh
. "$here/common.sh"
triple=$host-lfi_stores-linux-musl
rm -rf "$work"
mkdir -p "$work"
cd "$work"
unset PKG_CONFIG_PATH PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR

# package NAME PREFIX FOLDER: a package that says it stands in PREFIX.
package() {
    mkdir -p "$3"
    # shellcheck disable=SC2016 # pkg-config's variables
    printf 'prefix=%s\nName: %s\nDescription: test\nVersion: 1\nCflags: -I${prefix}/include -D%s\nLibs: -L${prefix}/lib -l%s\n' \
        "$2" "$1" "$1" "$1" >"$3/$1.pc"
}
# says EXPECTED ARGUMENT...
says() {
    expected=$1
    shift
    found=$("$@" | sed 's/ *$//') || die "$*"
    [ "$found" = "$expected" ] || die "$*: '$found', not '$expected'"
}

# A folder of the SDK's form with only this program in it.
mkdir -p sdk/bin sdk/libexec/lfi "sdk/sysroot/$triple"
cp "$1/libexec/lfi/pkg-config" sdk/libexec/lfi/
cp -P "$1/bin/$triple-pkg-config" sdk/bin/
sysroot=$work/sdk/sysroot/$triple
package inside /usr "$sysroot/usr/lib/pkgconfig"
package aside /opt/a "$sysroot/usr/share/pkgconfig"
package host /usr "$work/host"

pc=$work/sdk/bin/$triple-pkg-config
says '-Dinside' "$pc" --cflags inside # the compiler knows the sysroot's own folders
says '-linside' "$pc" --libs inside
says "-I$sysroot/opt/a/include -Daside" "$pc" --cflags aside
says "-L$sysroot/opt/a/lib -laside" "$pc" --libs aside
"$pc" --list-all | awk '{ print $1 }' | sort >all
printf 'aside\ninside\n' | diff - all || die 'other packages'
! PKG_CONFIG_PATH=$work/host "$pc" --exists host || die 'a package of PKG_CONFIG_PATH'
PKG_CONFIG_PATH=$work/host pkg-config --exists host || die 'the test itself'

# Other places, as the user says.
package staged /usr "$work/stage/usr/lib/pkgconfig"
package private "$work/private" "$work/private/lib/pkgconfig"
says "-I$work/stage/usr/include -Dstaged" env PKG_CONFIG_SYSROOT_DIR="$work/stage" "$pc" --cflags staged
says "-L$work/private/lib -lprivate" env PKG_CONFIG_LIBDIR="$work/private/lib/pkgconfig" "$pc" --libs private

# Through a link.
mkdir links
ln -s "../sdk/bin/$triple-pkg-config" links/
says '-linside' "links/$triple-pkg-config" --libs inside

# What is wrong is said.
ln -s "../sdk/libexec/lfi/pkg-config" links/nosuch-pkg-config
! links/nosuch-pkg-config --version 2>err || die 'a name without a sysroot'
grep -q 'there is no sysroot' err || die 'the message'
mkdir programs
for program in sh readlink dirname basename env; do ln -s "$(command -v $program)" programs/; done
! PATH=$work/programs "links/$triple-pkg-config" --version 2>err || die 'without pkg-config'
grep -q 'there is no pkg-config in PATH' err || die 'the message'
