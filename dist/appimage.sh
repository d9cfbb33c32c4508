#!/usr/bin/env bash
# One file that runs on any Linux with glibc 2.17 or later. BIN=PATH packages a binary that is there already;
# RUNTIME=PATH takes another runtime (see dist/README.md).
set -euo pipefail
. "$(dirname "$0")/common.sh"

need mksquashfs:squashfs-tools
linux_binary
# The present runtime reads zstd and no xz, which packs a tenth better.
compression=(-comp zstd -Xcompression-level 22 -b 1M)
limit=12
if [ -z "${RUNTIME:-}" ]; then
    # This one is older than zstd.
    compression=(-comp xz -Xbcj x86 -b 1M)
    limit=10
    # The runtime comes with a crate, checked as all crates are.
    find_cargo
    say "fetching the AppImage runtime from the crate appimage 0.4.0"
    (cd "$work" && cargo info appimage@0.4.0 >/dev/null 2>&1) || true
    for RUNTIME in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/appimage-0.4.0/assets/runtime-x86_64; do break; done
    echo "328e0d745c5c6817048c27bc3e8314871703f8f47ffa81a37cb06cd95a94b323  $RUNTIME" | sha256sum --quiet -c >&2 ||
        fail "the runtime is not the one it was"
fi
stage=$work/appimage
rm -rf "$stage"
stage_linux "$stage/usr"
licences "$stage/usr/share/doc/socketlab"
ln -s usr/bin/socketlab "$stage/AppRun"
cp "$root/dist/linux/socketlab.desktop" "$stage"
cp "$root/assets/icons/256.png" "$stage/socketlab.png"
ln -s socketlab.png "$stage/.DirIcon"

package=$out/Socketlab-$version-x86_64.AppImage
# The runtime is followed by the file system: AppImage type 2. SOURCE_DATE_EPOCH gives the times.
mksquashfs "$stage" "$work/appimage.squashfs" "${compression[@]}" -root-owned -noappend -quiet -no-progress >&2
cat "$RUNTIME" "$work/appimage.squashfs" >"$package"
chmod +x "$package"
rm "$work/appimage.squashfs"
done_with "$package" "${BUDGET-$limit}"
