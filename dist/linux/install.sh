#!/bin/sh
# Installs Socketlab for one user, below ~/.local or PREFIX; nothing needs root. uninstall.sh removes it again.
set -eu
cd "$(dirname "$0")"
prefix=${PREFIX:-$HOME/.local}
case $prefix in /*) ;; *) echo "PREFIX must begin with a slash" >&2; exit 2 ;; esac

list=$prefix/lib/socketlab/installed
[ ! -f "$list" ] || ./uninstall.sh
mkdir -p "$prefix/lib/socketlab"
(cd files && find . -type f) | while IFS= read -r file; do
    file=${file#./}
    mkdir -p "$(dirname "$prefix/$file")"
    cp "files/$file" "$prefix/$file"
    echo "$file" >>"$list"
done
cp uninstall.sh "$prefix/lib/socketlab/uninstall.sh"
# ~/.local/bin is not in everybody's PATH: the menu starts the program by its place. In quotes only where it must be:
# xdg-open does not read them.
entry=$prefix/share/applications/socketlab.desktop
case $prefix in *[!A-Za-z0-9/._-]*) quote='"' ;; *) quote= ;; esac
sed "s|^Exec=socketlab|Exec=$quote$prefix/bin/socketlab$quote|" files/share/applications/socketlab.desktop >"$entry"

refresh() { # COMMAND FOLDER
    command -v "${1%% *}" >/dev/null && [ -d "$2" ] || return 0
    # shellcheck disable=SC2086
    $1 "$2" >/dev/null 2>&1 || true
}
refresh update-desktop-database "$prefix/share/applications"
refresh update-mime-database "$prefix/share/mime"
refresh "gtk-update-icon-cache -qtf" "$prefix/share/icons/hicolor"
echo "Installed: start Socketlab from the menu, or $prefix/bin/socketlab"
echo "To remove it: $prefix/lib/socketlab/uninstall.sh"
