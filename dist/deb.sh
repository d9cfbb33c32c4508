#!/usr/bin/env bash
# A package for Debian 12, Ubuntu 22.04 and later. BIN=PATH packages a binary that is there already.
set -euo pipefail
. "$(dirname "$0")/common.sh"

need dpkg-deb:dpkg objdump:binutils
linux_binary
stage=$work/deb
rm -rf "$stage"
stage_linux "$stage/usr"
mkdir -p "$stage/usr/share/zsh"
mv "$stage/usr/share/zsh/site-functions" "$stage/usr/share/zsh/vendor-completions"

# A text as the field of a control file, without its first lines up to a pattern.
field() { sed "1,/$2/d; s/^[[:space:]]*$/./; s/^/ /" "$1"; }
font() { # FILES HOLDER LICENCE
    printf 'Files: assets/fonts/%s\nCopyright: %s\nLicense: %s\n\n' "$@"
}
copyright() {
    cat <<END
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Socketlab
Comment: The licences of the Rust libraries that are compiled in stand in licences.txt.gz.

Files: *
Copyright: 2026 The Socketlab developers
License: Expat or Apache-2.0

END
    font 'Inter-*' '2016-2022 The Inter Project Authors' OFL-1.1
    font 'JetBrainsMono-*' '2020 The JetBrains Mono Project Authors' OFL-1.1
    font 'NotoSansSC-*' '2014-2021 Adobe' OFL-1.1
    font 'Phosphor-*' '2020-2021 Phosphor Icons' Expat
    printf 'License: Expat\n%s\n\n' "$(field "$root/LICENSE-MIT" '^Copyright')"
    printf 'License: OFL-1.1\n%s\n\n' "$(field "$root/assets/fonts/Inter-OFL.txt" '^Copyright')"
    printf 'License: Apache-2.0\n The text is in /usr/share/common-licenses/Apache-2.0 on Debian systems.\n'
}

docs=$stage/usr/share/doc/socketlab
mkdir -p "$docs" "$stage/DEBIAN"
when=$(date -u -R -d "@$SOURCE_DATE_EPOCH")
people='The Socketlab developers <socketlab-maintainers@users.noreply.github.com>'
gzip -9n <"$root/CHANGELOG.md" >"$docs/NEWS.md.gz"
gzip -9n >"$docs/changelog.gz" <<END
socketlab ($version) unstable; urgency=medium

  * What is new stands in NEWS.md.gz.

 -- $people  $when
END
copyright >"$docs/copyright"
gzip -9n <"$root/assets/licences.txt" >"$docs/licences.txt.gz"

# The libraries of X11 and GL are loaded when the window opens, so no tool finds them: they are written by hand, and
# check-deb.sh opens the window on a system that has nothing else.
cat >"$stage/DEBIAN/control" <<END
Package: socketlab
Version: $version
Architecture: amd64
Section: net
Priority: optional
Maintainer: $people
Installed-Size: $(du -sk --apparent-size "$stage/usr" | cut -f1)
Depends: libc6 (>= $(glibc_floor "$BIN")), libgcc-s1, libx11-6, libx11-xcb1, libxcursor1, libxi6, libxkbcommon-x11-0, libgl1, libegl1
Recommends: libwayland-client0, libwayland-egl1, mesa-vulkan-drivers, xdg-desktop-portal
Description: socket playground that shows every byte
 Start a listener or connect to a host and port, exchange text and pictures
 over raw sockets or HTTP, and read for every socket what happened, when, and
 between which two names.
 .
 It has responders (echo, chat, web pages, rules), labs for learning, and the
 same engine on the command line.
END
(cd "$stage" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
find "$stage" -type d -exec chmod 755 {} +
find "$stage/usr/share" -type f -exec chmod 644 {} +

package=$out/socketlab_${version}_amd64.deb
dpkg-deb --root-owner-group -Zxz -z"$level" --build "$stage" "$package" >&2
done_with "$package" "${BUDGET-10}"
