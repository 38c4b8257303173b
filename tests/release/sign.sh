#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# sign.sh SUMS: sums and their signature, with a key that lives as long as the test. Exit status 77: no gpg.
set -eu
sums=$1
command -v gpg >/dev/null || { echo "skipped: no gpg"; exit 77; }
work=$(mktemp -d)
export GNUPGHOME="$work/keys"
trap 'gpgconf --kill all 2>/dev/null; rm -rf "$work"' EXIT
die() { echo "FAILED: $*" >&2; exit 1; }
mkdir -m 700 "$GNUPGHOME"
mkdir "$work/dist"
gpg --batch --quiet --passphrase '' --quick-generate-key 'Test <test@example.org>' ed25519 sign never
cd "$work/dist"
echo one >x-clang-1.tar.gz
echo two >x-clang-1.deb
echo extras >lfi-extras-1.tar.gz
echo other >x-clang-2.deb

"$sums" . 1
sha256sum --check --quiet SHA256SUMS || die 'sums'
[ "$(wc -l <SHA256SUMS)" = 3 ] || die 'not the files of this version'
[ ! -e SHA256SUMS.asc ] || die 'signed without a key'
"$sums" --sign=test@example.org . 1
gpg --quiet --verify SHA256SUMS.asc SHA256SUMS 2>/dev/null || die 'the signature does not verify'
cp SHA256SUMS changed
echo >>changed
! gpg --quiet --verify SHA256SUMS.asc changed 2>/dev/null || die 'verifies other sums'
# A key that there is not: no sums that are not signed.
echo three >x-clang-1.deb
! "$sums" --sign=nobody@example.org . 1 2>/dev/null || die 'signed with no key'
! sha256sum --check --quiet SHA256SUMS 2>/dev/null || die 'new sums without a signature'
# Without a key the old signature goes.
"$sums" . 1
[ ! -e SHA256SUMS.asc ] || die 'an old signature stands beside new sums'
! "$sums" . 2>/dev/null || die 'no version'
! "$sums" . 3 2>/dev/null || die 'sums of no release'
