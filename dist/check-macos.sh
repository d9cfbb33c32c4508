#!/usr/bin/env bash
# On a Mac: opens the .dmg, reads its Info.plist, runs the program in it. Elsewhere: reads what the recipe would put in.
set -euo pipefail
. "$(dirname "$0")/common.sh"

if [ "$(uname)" != Darwin ]; then
    need python3 icns2png:icnsutils
    sed "s/@VERSION@/$version/" "$root/dist/macos/Info.plist" | python3 -c '
import plistlib, sys
info = plistlib.loads(sys.stdin.buffer.read())
for key in "CFBundleExecutable", "CFBundleIconFile", "NSLocalNetworkUsageDescription", "CFBundleDocumentTypes":
    assert info[key], key
kinds = {kind for entry in info["CFBundleDocumentTypes"] for kind in entry["LSItemContentTypes"]}
own = {entry["UTTypeIdentifier"] for entry in info["UTExportedTypeDeclarations"]}
assert own <= kinds, own
assert info["CFBundleShortVersionString"] == sys.argv[1], info["CFBundleShortVersionString"]
' "$version"
    icns2png -l "$root/assets/icons/socketlab.icns" | grep -q 1024x1024 || fail "the icon has no large size"
    say "Info.plist and icon are well; the program itself was not run"
    exit 0
fi

. "$(dirname "$0")/check.sh"
disk=$(mktemp -d)
later hdiutil detach -quiet "$disk"
# The one for this Mac; the other cannot be run here.
hdiutil attach -quiet -nobrowse -readonly -mountpoint "$disk" "$out/Socketlab-$version-macos-$(uname -m).dmg"
app=$disk/Socketlab.app
plutil -lint "$app/Contents/Info.plist" "$app/Contents/Resources/zh-Hans.lproj/InfoPlist.strings" >&2
codesign --verify --strict "$app"
[ "$("$app/Contents/MacOS/socketlab" --version)" = "socketlab $version" ] || fail "another version"
talk "$app/Contents/MacOS/socketlab"
# The window is ended after ten seconds, and must not have ended by itself.
"$app/Contents/MacOS/socketlab" &
window=$!
sleep 10
kill "$window" || fail "the window did not stay"
say "all is well"
