#!/usr/bin/env bash
# Looks at what is in the one file, and starts it in a bare Debian 11 (glibc 2.31) that has only the libraries of a desktop:
# no FUSE and no library of it, so a PC with any of them or none will do. Needs root.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/check.sh"

package=$out/Socketlab-$version-x86_64.AppImage
suite=${SUITE:-bullseye}
system=$work/$suite
need objdump:binutils unsquashfs:squashfs-tools
scratch=$(mktemp -d)
later rm -rf "$scratch"
# What it unpacks itself is what the tools of squashfs find in it.
unsquashfs -q -n -o "$("$package" --appimage-offset)" -d "$scratch/by-tool" "$package" >/dev/null
(cd "$scratch" && "$package" --appimage-extract >/dev/null)
places() { (cd "$1" && find . -printf '%p %m %l\n' | sort); }
diff -r --no-dereference "$scratch/by-tool" "$scratch/squashfs-root" >&2 || fail "it unpacks something else"
diff <(places "$scratch/by-tool") <(places "$scratch/squashfs-root") >&2 || fail "it unpacks with other permissions"
for file in AppRun socketlab.desktop socketlab.png .DirIcon usr/share/metainfo/$id.metainfo.xml; do
    [ -s "$scratch/squashfs-root/$file" ] || fail "$file is not in it"
done
for program in "$package" "$scratch/squashfs-root/usr/bin/socketlab"; do
    floor=$(glibc_floor "$program")
    say "needs glibc $floor"
    [ "$(printf '%s\n2.28\n' "$floor" | sort -V | tail -1)" = 2.28 ] || fail "more than 2.28"
done
# Half a download says so.
head -c 3000000 "$package" >"$scratch/half"
chmod +x "$scratch/half"
if "$scratch/half" --version 2>"$scratch/words"; then fail "half of it runs"; fi
grep -q 'not whole' "$scratch/words" || fail "half of it says: $(cat "$scratch/words")"

bare_system "$suite" "$system"
inside "$system" apt-get update -q >&2
inside "$system" apt-get install -qy --no-install-recommends "${desktop[@]}" >"$scratch/log"
if inside "$system" sh -c 'command -v fusermount fusermount3 || ls /lib/*/libfuse*' 2>/dev/null; then fail "there is FUSE"; fi
cp "$package" "$system/opt/Socketlab.AppImage"
run=(inside "$system" /opt/Socketlab.AppImage)
[ "$("${run[@]}" --version)" = "socketlab $version" ] || fail "another version"
[ "$("${run[@]}" --appimage-extract-and-run --version)" = "socketlab $version" ] || fail "no run when asked to unpack first"
talk "${run[@]}"
start_screen
"${run[@]}" >&2 &
later kill $!
window_seen appimage
say "all is well"
