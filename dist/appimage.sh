#!/usr/bin/env bash
# One file that runs on any Linux with glibc 2.17 or later, with or without FUSE. BIN=PATH packages a binary that is there
# already.
set -euo pipefail
. "$(dirname "$0")/common.sh"

need mksquashfs:squashfs-tools
linux_binary
zig_build socketlab-appimage
stage=$work/appimage
rm -rf "$stage"
stage_linux "$stage/usr"
# Nobody looks for these in a file that is not installed.
rm -r "$stage"/usr/share/{man,bash-completion,zsh,fish}
licences "$stage/usr/share/doc/socketlab"
ln -s usr/bin/socketlab "$stage/AppRun"
cp "$root/dist/linux/socketlab.desktop" "$stage"
cp "$root/assets/icons/256.png" "$stage/socketlab.png"
ln -s socketlab.png "$stage/.DirIcon"

# AppImage type 2: a program with a mark in its head, and behind it the file system, in the form that dist/appimage/image.rs
# reads. SOURCE_DATE_EPOCH gives the times.
package=$out/Socketlab-$version-x86_64.AppImage
rm -f "$work/appimage.squashfs"
mksquashfs "$stage" "$work/appimage.squashfs" -comp xz -Xbcj x86 -b 1M -no-fragments -no-xattrs -root-owned -quiet \
    -no-progress >&2
cat "$built" "$work/appimage.squashfs" >"$package"
printf 'AI\2' | dd of="$package" bs=1 seek=8 conv=notrunc status=none
chmod +x "$package"
rm "$work/appimage.squashfs"
[ "$("$package" --appimage-offset)" = "$(wc -c <"$built")" ] || fail "the file system is not where it is looked for"
done_with "$package" "${BUDGET-10}"
