#!/usr/bin/env bash
# Socketlab.app in a .dmg, one for each kind of Mac. On a Mac; elsewhere nothing can be linked for it, and the code is only
# checked for it.
set -euo pipefail
. "$(dirname "$0")/common.sh"

triples=(aarch64-apple-darwin x86_64-apple-darwin)
if [ "$(uname)" != Darwin ]; then
    say "this is no Mac: checking the code for ${triples[0]}, making nothing"
    (cd "$root" && CARGO_TARGET_DIR=$target/rust-web \
        cargo_web check --locked -Zbuild-std=std,panic_unwind --target "${triples[0]}" >&2)
    exit 0
fi

export MACOSX_DEPLOYMENT_TARGET=11.0
# One .dmg for each kind of Mac: both in one would be twice as big.
for triple in "${triples[@]}"; do
    rustup target add "$triple" >&2
    (cd "$root" && cargo build --locked --profile dist --target "$triple" >&2)
    program=$target/$triple/dist/socketlab
    done_with "$program" 25

    disk=$work/macos
    app=$disk/Socketlab.app
    resources=$app/Contents/Resources
    rm -rf "$disk"
    mkdir -p "$app/Contents/MacOS" "$resources/en.lproj" "$resources/zh-Hans.lproj"
    cp "$program" "$app/Contents/MacOS"
    sed "s/@VERSION@/$version/" "$root/dist/macos/Info.plist" >"$app/Contents/Info.plist"
    cp "$root/dist/macos/zh-Hans.strings" "$resources/zh-Hans.lproj/InfoPlist.strings"
    cp "$root/assets/icons/socketlab.icns" "$resources"
    licences "$resources/licences"
    # Signed by nobody ("-") unless IDENTITY names a certificate: a Mac with Apple's own processor runs nothing that is
    # not signed at all.
    codesign --force --options runtime --sign "${IDENTITY:--}" "$app" >&2
    ln -s /Applications "$disk/Applications"
    arch=${triple%%-*}
    package=$out/Socketlab-$version-macos-${arch/aarch64/arm64}.dmg
    hdiutil create -quiet -ov -fs HFS+ -format ULMO -volname Socketlab -srcfolder "$disk" "$package"
    done_with "$package" "${BUDGET-10}"
done
