#!/bin/sh
# Removes what install.sh installed, below ~/.local or PREFIX. Settings stay.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
case $here in
*/lib/socketlab) prefix=${here%/lib/socketlab} ;;
*) prefix=${PREFIX:-$HOME/.local} ;;
esac
list=$prefix/lib/socketlab/installed
[ -f "$list" ] || { echo "Socketlab is not installed below $prefix" >&2; exit 1; }

while IFS= read -r file; do
    rm -f "$prefix/$file"
    folder=$(dirname "$file")
    # Folders that were there for this program alone go as well.
    while [ "$folder" != . ] && rmdir "$prefix/$folder" 2>/dev/null; do folder=$(dirname "$folder"); done
done <"$list"
rm -f "$list" "$prefix/lib/socketlab/uninstall.sh"
rmdir "$prefix/lib/socketlab" 2>/dev/null || true

# What the desktop keeps about the folders, gone as well where there is nothing else in them.
alone() { [ "$(ls -A "$1" 2>/dev/null)" = "$2" ] && rm "$1/$2" && rmdir "$1" || true; }
[ -d "$prefix/share/mime/packages" ] || rm -rf "$prefix/share/mime"
alone "$prefix/share/applications" mimeinfo.cache
alone "$prefix/share/icons/hicolor" icon-theme.cache
refresh() { # COMMAND FOLDER
    command -v "${1%% *}" >/dev/null && [ -d "$2" ] || return 0
    # shellcheck disable=SC2086
    $1 "$2" >/dev/null 2>&1 || true
}
refresh update-desktop-database "$prefix/share/applications"
refresh update-mime-database "$prefix/share/mime"
refresh "gtk-update-icon-cache -qtf" "$prefix/share/icons/hicolor"
echo "Removed."
