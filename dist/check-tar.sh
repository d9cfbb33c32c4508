#!/usr/bin/env bash
# Installs the archive into an empty home, starts the program from its menu entry, removes it: nothing is left.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/check.sh"

need xz:xz-utils desktop-file-validate:desktop-file-utils appstreamcli:appstream man:man-db zsh fish update-mime-database:shared-mime-info
place=$(mktemp -d)
later rm -rf "$place"
export HOME="$place/home with a blank"
mkdir "$HOME"
unset XDG_DATA_HOME XDG_CONFIG_HOME PREFIX
tar -C "$place" -xf "$out/socketlab-$version-linux-x86_64.tar.xz"
package=$place/socketlab-$version-linux-x86_64
# shellcheck disable=SC2154
for file in README.md icon.svg licences/LICENSE-MIT licences/LICENSE-APACHE licences/Inter-OFL.txt; do
    [ -s "$package/$file" ] || fail "$file is missing"
done

"$package/install.sh"
"$package/install.sh" >/dev/null # over itself
files=$HOME/.local
[ "$("$files/bin/socketlab" --version)" = "socketlab $version" ] || fail "another version"
desktop-file-validate "$files/share/applications/socketlab.desktop"
appstreamcli validate --no-net "$files/share/metainfo/$id.metainfo.xml" >&2
grep -q "release version=\"$version\"" "$files/share/metainfo/$id.metainfo.xml" || fail "the metadata know no $version"
for page in "$files"/share/man/man1/*; do
    [ -z "$(man --warnings -l "$page" 2>&1 >/dev/null)" ] || fail "$page has faults"
done
bash -n "$files/share/bash-completion/completions/socketlab"
zsh -n "$files/share/zsh/site-functions/_socketlab"
fish -n "$files/share/fish/vendor_completions.d/socketlab.fish"
offered=$(bash -c '. "$1"; COMP_WORDS=(socketlab li) COMP_CWORD=1; _socketlab socketlab li socketlab; echo "${COMPREPLY[@]}"' \
    bash "$files/share/bash-completion/completions/socketlab")
[ "$offered" = listen ] || fail "bash completes li to: $offered"
talk "$files/bin/socketlab"

apt "${desktop[@]}"
start_screen
later stop_program "$files/bin/socketlab"
need gio:libglib2.0-bin
LIBGL_ALWAYS_SOFTWARE=1 gio launch "$files/share/applications/socketlab.desktop"
window_seen tar
stop_program "$files/bin/socketlab"

"$files/lib/socketlab/uninstall.sh"
# Settings and what the desktop itself keeps for a user are the user's.
left=$(find "$files" ! -type d ! -path "$files/share/socketlab/*" ! -path "$files/state/*" 2>/dev/null || true)
[ -z "$left" ] || fail "left behind: $left"
say "all is well"
