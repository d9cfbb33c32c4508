#!/usr/bin/env bash
# Installs the package with apt in a bare Debian 12 (or SUITE, with its MIRROR) that has nothing else, starts the program
# from its menu entry, and removes it: nothing is left. Needs root.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/check.sh"

package=$out/socketlab_${version}_amd64.deb
suite=${SUITE:-bookworm}
system=$work/$suite
need lintian objdump:binutils
lintian --fail-on error --info --tag-display-limit 0 "$package" >&2
scratch=$(mktemp -d)
later rm -rf "$scratch"
dpkg-deb -x "$package" "$scratch"
floor=$(glibc_floor "$scratch/usr/bin/socketlab")
[ "$(printf '%s\n2.35\n' "$floor" | sort -V | tail -1)" = 2.35 ] || fail "needs glibc $floor, Ubuntu 22.04 has 2.35"

bare_system "$suite" "$system"
cp "$package" "$system/tmp/socketlab.deb"
inside "$system" apt-get update -q >&2
# What a desktop has and a bare system has not: a way to start menu entries, and caches of icons and menus.
inside "$system" apt-get install -qy --no-install-recommends libglib2.0-bin desktop-file-utils shared-mime-info >&2
everything "$system" >"$scratch/before"
# Without what is only recommended: what is declared must be enough.
inside "$system" apt-get install -qy --no-install-recommends /tmp/socketlab.deb >"$scratch/log"
grep -E '^(The following NEW|Need to get|After this)' "$scratch/log" >&2
[ "$(inside "$system" socketlab --version)" = "socketlab $version" ] || fail "another version"
talk inside "$system" socketlab

start_screen
later stop_program "$system/usr/bin/socketlab"
inside "$system" gio launch /usr/share/applications/socketlab.desktop
window_seen deb
stop_program "$system/usr/bin/socketlab"

inside "$system" sh -c 'apt-get purge -qy socketlab && apt-get autoremove -qy --purge' >"$scratch/log"
everything "$system" >"$scratch/after"
# What other packages write about themselves while they come and go is not ours.
left=$(comm -13 "$scratch/before" "$scratch/after" |
    grep -vE '^\./(var/(cache|log|lib/(apt|dpkg|systemd)/)|root|tmp|run|etc/ld\.so\.cache|proc|dev)' || true)
[ -z "$left" ] || fail "left behind: $left"
say "all is well"
