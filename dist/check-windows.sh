#!/usr/bin/env bash
# Runs the program and its installer under Wine: output into a pipe and onto a terminal, a listener and a client, a window
# that is drawn, installed and started from the Start menu, removed.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/check.sh"

apt wine wine64 libgl1-mesa-dri
need wine unzip script:bsdutils objdump:binutils wrestool:icoutils x86_64-w64-mingw32-gcc:gcc-mingw-w64-x86-64
scratch=$(mktemp -d)
later rm -rf "$scratch"
unzip -q "$out/socketlab-$version-windows-x86_64.zip" -d "$scratch"
folder=$scratch/socketlab-$version-windows-x86_64
program=$folder/socketlab.exe
objdump -p "$program" >"$scratch/headers"
grep -q '^Subsystem.*Windows GUI' "$scratch/headers" || fail "a double click would open a console"
# Only what every Windows has: nothing of the compiler's own.
foreign=$(sed -n 's/.*DLL Name: //p' "$scratch/headers" | grep -iE 'libgcc|libstdc|winpthread|libunwind' || true)
[ -z "$foreign" ] || fail "needs $foreign"
wrestool -l "$program" >"$scratch/resources"
for type in 3 14 16 24; do grep -q -- "--type=$type " "$scratch/resources" || fail "resource $type is missing"; done
wrestool -x --raw --type=16 "$program" | tr -d '\0' | grep -aq "ProductVersion$version" || fail "another version inside"

export WINEPREFIX=$scratch/wine WINEDEBUG=-all WINEDLLOVERRIDES='mscoree=;mshtml=' LIBGL_ALWAYS_SOFTWARE=1
start_screen
later wineserver -k
wine wineboot -i >/dev/null 2>&1
if [ ! -f "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" ]; then
    x86_64-w64-mingw32-gcc -shared -O2 "$root/dist/windows/bcryptprimitives.c" -ladvapi32 \
        -o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll"
    WINEDLLOVERRIDES="$WINEDLLOVERRIDES;bcryptprimitives=n"
fi

[ "$(wine "$program" --version </dev/null 2>/dev/null | tr -d '\r')" = "socketlab $version" ] || fail "nothing in the pipe"
wine "$program" nonsense >"$scratch/answer" 2>"$scratch/words" </dev/null && fail "nonsense was understood"
grep -q nonsense "$scratch/words" && [ ! -s "$scratch/answer" ] || fail "standard error is not where it should be"
code=0
wine "$folder/socketlab.com" connect 127.0.0.1:1 </dev/null >/dev/null 2>"$scratch/words" || code=$?
[ $code = 1 ] && [ -s "$scratch/words" ] || fail "socketlab.com does not wait for what the program says ($code)"
# On a terminal: cmd starts it without handles, as a person does.
for name in socketlab.exe socketlab.com; do
    (cd "$folder" && script -qec "wine cmd /c $(printf %q "$name") --version" /dev/null </dev/null) >"$scratch/terminal" 2>&1
    grep -aq "socketlab $version" "$scratch/terminal" || fail "$name: nothing on the terminal: $(cat "$scratch/terminal")"
done
talk wine "$program"

wine "$program" >/dev/null 2>&1 &
window_seen windows 120
wineserver -k || true

programs=$WINEPREFIX/drive_c/users/$(id -un)/AppData/Local/Programs/Socketlab
link="$WINEPREFIX/drive_c/users/$(id -un)/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Socketlab.lnk"
key='HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Socketlab'
wine "$out/Socketlab-$version-setup.exe" /S >/dev/null 2>&1
[ -f "$programs/socketlab.exe" ] && [ -f "$link" ] || fail "not installed: $(find "$WINEPREFIX/drive_c/users" -iname '*socketlab*')"
wine reg query "$key" /v DisplayVersion 2>/dev/null | grep -q "$version" || fail "not among the installed programs"
size=$(($(wine reg query "$key" /v EstimatedSize 2>/dev/null | tr -d '\r' | awk '/EstimatedSize/ { print $3 }')))
[ "$size" -gt 10000 ] || fail "Windows would show a size of $size KB"
wine start /unix "$link" >/dev/null 2>&1
window_seen windows-installed 120
wineserver -k || true
wine "$programs/uninstall.exe" /S >/dev/null 2>&1
for _ in $(seq 100); do # It goes on as a copy of itself.
    [ -e "$programs" ] || [ -e "$link" ] || break
    sleep 0.2
done
wineserver -w
[ ! -e "$programs" ] && [ ! -e "$link" ] || fail "left behind: $(find "$programs" "$link" 2>/dev/null)"
! wine reg query "$key" >/dev/null 2>&1 || fail "still among the installed programs"
! wine reg query 'HKCU\Software\Classes\socketlab' >/dev/null 2>&1 || fail "socketlab:// is still there"
say "all is well"
