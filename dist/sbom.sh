#!/usr/bin/env bash
# The list of everything that is compiled in (CycloneDX), and checksums of all packages.
set -euo pipefail
. "$(dirname "$0")/common.sh"

find_cargo
if [ ! -x "$work/tools/bin/cargo-cyclonedx" ]; then
    say "installing cargo-cyclonedx from crates.io"
    cargo install --quiet --locked --root "$work/tools" --target-dir "$work/tools-target" cargo-cyclonedx@0.5.9 >&2
    rm -rf "$work/tools-target"
fi
(cd "$root" && PATH=$work/tools/bin:$PATH cargo cyclonedx --format json --target all --override-filename socketlab.cdx >&2)
# One beside each Cargo.toml.
mv "$root/socketlab.cdx.json" "$out/socketlab-$version.cdx.json"
mv "$root/dist/appimage/socketlab.cdx.json" "$out/socketlab-appimage-$version.cdx.json"
done_with "$out/socketlab-$version.cdx.json"
(cd "$out" && find . -maxdepth 1 -type f ! -name 'SHA256SUMS' ! -name 'seen-*' -printf '%P\0' | sort -z |
    xargs -0 sha256sum >SHA256SUMS)
say "$(wc -l <"$out/SHA256SUMS") checksums in $out/SHA256SUMS"
