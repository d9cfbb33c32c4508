#!/usr/bin/env bash
# Inspects the package, installs it into an empty root with rpm itself, runs the program from there, and removes it.
# Dependencies are only read: their packages exist on Fedora and openSUSE, not here.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/check.sh"

package=$out/socketlab-$version-1.x86_64.rpm
need rpm rpmlint objdump:binutils
rpm -K --nosignature "$package" >&2
[ -z "$(rpm -qp --scripts --triggers "$package")" ] || fail "there are scriptlets"
rpm -qpl "$package" >"$work/rpm/files"
for file in /usr/bin/socketlab /usr/share/applications/socketlab.desktop /usr/share/metainfo/$id.metainfo.xml \
    /usr/share/man/man1/socketlab.1.gz /usr/share/mime/packages/socketlab.xml \
    /usr/share/icons/hicolor/scalable/apps/socketlab.svg /usr/share/icons/hicolor/256x256/apps/socketlab.png \
    /usr/share/bash-completion/completions/socketlab /usr/share/zsh/site-functions/_socketlab \
    /usr/share/fish/vendor_completions.d/socketlab.fish /usr/share/licenses/socketlab/LICENSE-MIT; do
    grep -qx "$file" "$work/rpm/files" || fail "$file is not in it"
done
if grep -vE '^/usr/(bin|share)/' "$work/rpm/files"; then fail "files outside /usr/bin and /usr/share"; fi
rpm -qpR "$package" >"$work/rpm/needs"
for library in libX11.so.6 libGL.so.1 libEGL.so.1 libXcursor.so.1 libXi.so.6 libxkbcommon-x11.so.0 libc.so.6; do
    grep -q "^$library" "$work/rpm/needs" || fail "$library is not required"
done
say "needs $(grep -o 'GLIBC_2[0-9.]*' "$work/rpm/needs" | sort -uV | tail -1)"
rpmlint "$package" >"$work/rpm/lint" 2>&1 || true
grep -E ': E: |errors' "$work/rpm/lint" >&2 || true

system=$(mktemp -d)
later rm -rf "$system"
rpm --root "$system" --initdb
rpm --root "$system" -i --nodeps --noscripts "$package"
rpm --root "$system" -V --nodeps socketlab
[ "$("$system/usr/bin/socketlab" --version)" = "socketlab $version" ] || fail "another version"
talk "$system/usr/bin/socketlab"
apt "${desktop[@]}"
start_screen
LIBGL_ALWAYS_SOFTWARE=1 XDG_DATA_HOME=$system/home XDG_CONFIG_HOME=$system/home "$system/usr/bin/socketlab" >&2 &
later stop_program "$system/usr/bin/socketlab"
window_seen rpm
stop_program "$system/usr/bin/socketlab"
rpm --root "$system" -e socketlab
left=$(find "$system/usr" ! -type d ! -path '*/lib/sysimage/*' 2>/dev/null || true)
[ -z "$left" ] || fail "left behind: $left"
say "all is well"
