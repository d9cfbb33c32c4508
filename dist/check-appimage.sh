#!/usr/bin/env bash
# Runs the one file in a bare Debian 11 (glibc 2.31) that has only the libraries of a desktop, and looks at what its binary
# asks for. Needs root.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/check.sh"

package=$out/Socketlab-$version-x86_64.AppImage
suite=${SUITE:-bullseye}
system=$work/$suite
need objdump:binutils unsquashfs:squashfs-tools
scratch=$(mktemp -d)
later rm -rf "$scratch"
(cd "$scratch" && "$package" --appimage-extract >/dev/null)
floor=$(glibc_floor "$scratch/squashfs-root/usr/bin/socketlab")
say "needs glibc $floor"
[ "$(printf '%s\n2.28\n' "$floor" | sort -V | tail -1)" = 2.28 ] || fail "more than 2.28"
for file in AppRun socketlab.desktop socketlab.png .DirIcon usr/share/metainfo/$id.metainfo.xml; do
    [ -s "$scratch/squashfs-root/$file" ] || fail "$file is not in it"
done

bare_system "$suite" "$system"
inside "$system" apt-get update -q >&2
inside "$system" apt-get install -qy --no-install-recommends \
    libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libgl1 libegl1 >"$scratch/log"
cp "$package" "$system/opt/Socketlab.AppImage"
# There is no FUSE in a chroot: it unpacks itself, as it says itself where libfuse2 is missing.
run=(inside "$system" /opt/Socketlab.AppImage --appimage-extract-and-run)
[ "$("${run[@]}" --version)" = "socketlab $version" ] || fail "another version"
inside "$system" /opt/Socketlab.AppImage --appimage-extract >/dev/null
program=$system/squashfs-root/usr/bin/socketlab
talk inside "$system" /squashfs-root/AppRun
start_screen
later stop_program "$program"
inside "$system" /squashfs-root/AppRun >&2 &
window_seen appimage
stop_program "$program"
say "all is well"
