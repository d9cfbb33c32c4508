#!/usr/bin/env bash
# dist/build.sh TARGET…: makes packages in dist/out. See dist/README.md for what each is.
set -euo pipefail
here=$(dirname "$0")

targets=(tar deb rpm appimage windows macos)
[ $# -gt 0 ] || { echo "usage: dist/build.sh ${targets[*]} | all" >&2; exit 2; }
[ "$*" != all ] || set -- "${targets[@]}"
for target in "$@"; do
    [[ " ${targets[*]} " == *" $target "* ]] || { echo "no target $target; there are ${targets[*]}" >&2; exit 2; }
done
for target in "$@"; do "$here/$target.sh"; done
