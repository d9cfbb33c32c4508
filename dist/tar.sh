#!/usr/bin/env bash
# An archive for any Linux with glibc 2.17 or later, with a script that installs it for one user. BIN=PATH packages a
# binary that is there already.
set -euo pipefail
. "$(dirname "$0")/common.sh"

need tar xz:xz-utils
linux_binary
name=socketlab-$version-linux-x86_64
rm -rf "$work/tar"
stage=$work/tar/$name
stage_linux "$stage/files"
install -m755 "$root/dist/linux/install.sh" "$root/dist/linux/uninstall.sh" "$stage"
install -m644 "$root/README.md" "$root/assets/icon.svg" "$stage"
licences "$stage/licences"

package=$out/$name.tar.xz
tar -C "$work/tar" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
    -cf - "$name" | xz -"$level" >"$package"
done_with "$package" "${BUDGET-10}"
