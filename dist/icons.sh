#!/usr/bin/env bash
# Draws assets/icons again from assets/icon.svg. Only after the drawing has changed: the results are in git.
set -euo pipefail
. "$(dirname "$0")/common.sh"

need rsvg-convert:librsvg2-bin convert:imagemagick png2icns:icnsutils
out=$root/assets/icons
for size in 16 24 32 48 64 128 256 512 1024; do
    rsvg-convert -w $size -h $size "$root/assets/icon.svg" -o "$out/$size.png"
done
convert "$out"/{16,24,32,48,64,256}.png "$out/socketlab.ico"
png2icns "$out/socketlab.icns" "$out"/{16,32,48,128,256,512,1024}.png
rm "$out/1024.png"
