# What the checks share. To be sourced after common.sh. A Mac's bash is of 2007: no newer words here.
# shellcheck shell=bash disable=SC2154

tidy=
# later COMMAND…: runs it when the script ends, whatever happens; the last one first.
later() { tidy="$(printf '%q ' "$@") || true
$tidy"; }
run_tidy() { eval "$tidy"; }
trap run_tidy EXIT

# What every desktop has and a bare Debian has not: the program loads it when its window opens.
desktop=(libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libgl1 libegl1)

# A screen of its own; DISPLAY is set.
start_screen() {
    need Xvfb:xvfb xwininfo:x11-utils import:imagemagick
    local number
    number=$(mktemp)
    later rm "$number"
    Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp -ac 3>"$number" 2>/dev/null &
    later kill $!
    for _ in $(seq 300); do
        [ ! -s "$number" ] || break
        sleep 0.1
    done
    [ -s "$number" ] || fail "Xvfb did not start"
    DISPLAY=:$(cat "$number")
    export DISPLAY
}

# window_seen NAME [SECONDS]: waits until a window of Socketlab is on the screen and has something drawn in it; a picture
# of it is left in dist/out.
window_seen() {
    local shot=$out/seen-$1.png colours=0 id='' deadline=$((SECONDS + ${2:-60}))
    while [ $SECONDS -lt $deadline ]; do
        id=$(xwininfo -root -tree 2>/dev/null | awk '/"Socketlab"/ && !/1x1/ { print $1; exit }')
        if [ -n "$id" ] && import -silent -window root "$shot" 2>/dev/null; then
            colours=$(identify -format %k "$shot")
            # An empty window has one colour, its frame and a gradient a few more; text has hundreds of shades.
            if [ "$colours" -gt 200 ]; then
                say "a window is seen ($colours colours): $shot"
                return 0
            fi
        fi
        sleep 0.3
    done
    fail "no window was drawn (window ${id:-none}, $colours colours)"
}

# stop_program PATH: ends what runs from this file.
stop_program() {
    local process
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/exe")" != "$1" ] || kill "${process#/proc/}" 2>/dev/null || true
    done
}

# bare_system SUITE FOLDER: a system with nothing but what must be there, by debootstrap; kept between runs as an archive.
bare_system() {
    local keep=$work/$1.tar
    [ "$(id -u)" = 0 ] || fail "this check needs root, for its chroot"
    need debootstrap tar
    local options=(--variant=minbase --include=ca-certificates)
    # Debian has no keys of Ubuntu; the system is thrown away after the check.
    case ${MIRROR:-} in *ubuntu*) options+=(--no-check-gpg) ;; esac
    if [ ! -f "$keep" ]; then
        local archive
        archive=$(mirror "$1")
        say "making a bare $1 from $archive"
        rm -rf "$2.new"
        debootstrap "${options[@]}" "$1" "$2.new" "$archive" >&2
        tar -C "$2.new" --one-file-system -cf "$keep.new" .
        mv "$keep.new" "$keep"
        rm -rf "$2.new"
    fi
    rm -rf --one-file-system "$2"
    mkdir -p "$2"
    tar -C "$2" -xf "$keep"
    later rm -rf --one-file-system "$2"
}

# inside FOLDER COMMAND…: runs it in that system. Its mounts are its own, and end with it; the network is this one's.
inside() {
    local system=$1
    shift
    # shellcheck disable=SC2016
    unshare --mount --propagation private sh -ec '
        system=$1; shift
        mount -t proc proc "$system/proc"
        mount --rbind /dev "$system/dev"
        mkdir -p "$system/tmp/.X11-unix" /tmp/.X11-unix
        mount --bind /tmp/.X11-unix "$system/tmp/.X11-unix"
        cp -L /etc/resolv.conf "$system/etc/resolv.conf" 2>/dev/null || true
        exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
            ${DISPLAY:+DISPLAY="$DISPLAY"} LIBGL_ALWAYS_SOFTWARE=1 chroot "$system" "$@"' sh "$system" "$@"
}

# everything FOLDER: every path in it, for a comparison before and after. Not what packages of the system write.
everything() { (cd "$1" && find . -xdev | sort); }

# talk PROGRAM…: a listener and a client of this program exchange a word.
talk() {
    local log line port
    log=$(mktemp)
    "$@" listen echo --port 0 --json --max-seconds 60 >"$log" 2>/dev/null &
    local listener=$!
    for _ in $(seq 100); do
        line=$(grep -m1 '"listening"' "$log") && break
        sleep 0.1
    done
    port=$(sed -n 's/.*"listening".*"local":"127\.0\.0\.1:\([0-9]*\)".*/\1/p' <<<"$line")
    [ -n "$port" ] || { kill $listener; fail "no listener: $(cat "$log")"; }
    line=$("$@" connect "127.0.0.1:$port" --send 'can you hear me?' --close-after-reply </dev/null 2>/dev/null | tr -d '\r')
    kill $listener 2>/dev/null || true
    wait $listener 2>/dev/null || true
    rm "$log"
    [ "$line" = 'can you hear me?' ] || fail "the echo was: $line"
    say "listener and client talk"
}
