#!/usr/bin/env bash
# A zip with the program for Windows 10 and later, and an installer for one user. Cross-built; BIN=PATH packages an .exe
# that is there already.
set -euo pipefail
. "$(dirname "$0")/common.sh"

need makensis:nsis 7z:p7zip-full x86_64-w64-mingw32-gcc:gcc-mingw-w64-x86-64
if [ -z "${BIN:-}" ]; then
    triple=x86_64-pc-windows-gnu
    # Where rustup has the standard library for Windows that one is taken; otherwise it is built from Debian's source.
    if [ -d "$(rustc --print sysroot 2>/dev/null)/lib/rustlib/$triple" ]; then
        (cd "$root" && cargo build --locked --profile dist --target $triple >&2)
        BIN=$target/$triple/dist/socketlab.exe
    else
        say "building the standard library as well: this takes a while"
        (cd "$root" && CARGO_TARGET_DIR=$target/rust-web \
            cargo_web build --locked --profile dist -Zbuild-std=std,panic_unwind --target $triple >&2)
        BIN=$target/rust-web/$triple/dist/socketlab.exe
    fi
fi
done_with "$BIN" "${BUDGET-25}"

name=socketlab-$version-windows-x86_64
rm -rf "$work/windows"
stage=$work/windows/$name
mkdir -p "$stage"
cp "$BIN" "$stage/socketlab.exe"
x86_64-w64-mingw32-gcc -Os -s -Wall -Wextra -Werror "$root/dist/windows/terminal.c" -o "$stage/socketlab.com"
cp "$root/README.md" "$stage"
licences "$stage/licences"
rm -f "$out/$name.zip"
# The plain kind of zip that every Windows opens, packed as small as that goes.
(cd "$work/windows" && 7z a -bd -tzip -mm=Deflate -mx="$level" -mtc=off "$out/$name.zip" "$name" >&2)
done_with "$out/$name.zip" "${BUDGET-10}"

installer=$out/Socketlab-$version-setup.exe
makensis -V2 -INPUTCHARSET UTF8 -DVERSION="$version" -DSTAGE="$stage" -DROOT="$root" -DOUT="$installer" \
    "$root/dist/windows/installer.nsi" >&2
done_with "$installer" "${BUDGET-10}"
