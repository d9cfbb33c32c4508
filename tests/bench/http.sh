#!/usr/bin/env bash
# The HTTP listener, started as a person starts it with standard output to nowhere, beside other servers, all serving the
# same files in one run on this machine.
# Usage: tests/bench/http.sh path/to/socketlab [SECONDS]      Builds nothing; says what is missing.
# Every figure is the median of ROUNDS (3) alternating rounds of wrk -t2 -c32; below it processor time a request.
set -uo pipefail

bin=$(realpath "${1:?usage: tests/bench/http.sh path/to/socketlab [SECONDS]}")
seconds=${2:-5}
rounds=${ROUNDS:-3}
work=$(mktemp -d)
background=()
finish() {
    for process in "${background[@]}"; do kill "$process" 2>/dev/null; done
    wait 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT

missing=
command -v wrk >/dev/null || { echo "MISSING wrk (Debian package wrk): nothing can be measured" >&2; exit 1; }
command -v python3 >/dev/null || { echo "MISSING python3" >&2; exit 1; }

files=$work/files
mkdir "$files"
python3 - "$files" <<'PYTHON'
import os, random, struct, sys, zlib
folder = sys.argv[1]
random.seed(1)
def png(name, size):
    # A whole picture of about so many bytes: noise does not become smaller.
    width = 1024
    height = max(1, size // (width * 3))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = zlib.compressobj(0)
    data = b"".join(rows.compress(b"\0" + random.randbytes(width * 3)) for _ in range(height)) + rows.flush()
    with open(os.path.join(folder, name), "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)))
        file.write(chunk(b"IDAT", data) + chunk(b"IEND", b""))
open(os.path.join(folder, "600.html"), "w").write("<!doctype html>" + "x" * 585)
png("60k.png", 60_000)
png("1m.png", 1 << 20)
png("100m.png", 100 << 20)
PYTHON

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
there() { # PORT
    for _ in $(seq 200); do
        curl -fso /dev/null "http://127.0.0.1:$1/600.html" && return 0
        sleep 0.05
    done
    return 1
}

names=()
ports=()
processes=()
ready() { # NAME PORT PROCESS
    if there "$2"; then
        names+=("$1")
        ports+=("$2")
        processes+=("$3")
    else
        echo "MISSING $1: it did not start" >&2
    fi
}
start() { # NAME PROGRAM ARGUMENTS… with @ for the port
    local name=$1 program=$2 port words=()
    shift 2
    command -v "$program" >/dev/null || { missing+=" $name"; return; }
    port=$(free_port)
    for word in "$@"; do words+=("${word//@/$port}"); done
    "$program" "${words[@]}" >/dev/null 2>"$work/$name.err" &
    background+=("$!")
    [ "$name" = socketlab ] && ours=$!
    ready "$name" "$port" "$!"
}

start socketlab "$bin" listen http --folder "$files" --port @
if nginx=$(PATH=$PATH:/usr/sbin command -v nginx); then
    port=$(free_port)
    cat >"$work/nginx.conf" <<NGINX
worker_processes 2;
daemon off;
pid $work/nginx.pid;
error_log $work/nginx.log;
events { worker_connections 1024; }
http {
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    types { text/html html; image/png png; }
    client_body_temp_path $work/n1; proxy_temp_path $work/n2; fastcgi_temp_path $work/n3;
    uwsgi_temp_path $work/n4; scgi_temp_path $work/n5;
    server { listen 127.0.0.1:$port; root $files; }
}
NGINX
    chmod 755 "$work"
    "$nginx" -c "$work/nginx.conf" >"$work/nginx.out" 2>&1 &
    background+=("$!")
    ready nginx "$port" "$!"
else
    missing+=" nginx"
fi
if lighttpd=$(PATH=$PATH:/usr/sbin command -v lighttpd); then
    port=$(free_port)
    cat >"$work/lighttpd.conf" <<LIGHTTPD
server.document-root = "$files"
server.bind = "127.0.0.1"
server.port = $port
server.max-keep-alive-requests = 1000000000
mimetype.assign = (".html" => "text/html", ".png" => "image/png")
LIGHTTPD
    "$lighttpd" -D -f "$work/lighttpd.conf" >"$work/lighttpd.out" 2>&1 &
    background+=("$!")
    ready lighttpd "$port" "$!"
else
    missing+=" lighttpd"
fi
start static-web-server static-web-server --host 127.0.0.1 --port @ --root "$files" --log-level error
start miniserve miniserve --interfaces 127.0.0.1 --port @ "$files"
start dufs dufs --bind 127.0.0.1 --port @ "$files"
[ -n "$missing" ] && echo "MISSING, so not compared:$missing" >&2

# Processor time of a process and its children so far, in microseconds.
used() {
    local total=0 child
    for child in "$1" $(pgrep -P "$1"); do
        total=$((total + $(awk '{ print $14 + $15 }' "/proc/$child/stat" 2>/dev/null || echo 0)))
    done
    echo $((total * 1000000 / $(getconf CLK_TCK)))
}
memory() { awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$ours/status"; }
printf '%-9s' file
printf '%20s' "${names[@]}"
printf '\n'
for file in 600.html 60k.png 1m.png 100m.png; do
    declare -A figures=() work_of=() done_of=()
    for _ in $(seq "$rounds"); do
        for at in "${!names[@]}"; do
            before=$(used "${processes[$at]}")
            read -r figure count < <(wrk -t2 -c32 -d"${seconds}s" "http://127.0.0.1:${ports[$at]}/$file" | python3 -c '
import re, sys
text = sys.stdin.read()
failed = re.search(r"Socket errors: .*|Non-2xx.*", text)
if failed: print(failed.group(0), file=sys.stderr)
kind = sys.argv[1]
rate = re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)
moved = re.search(r"Transfer/sec:\s+([\d.]+)(\w+)", text)
unit = {"B": 1e-6, "KB": 1.024e-3, "MB": 1.048576, "GB": 1073.741824}[moved.group(2)]
count = re.search(r"(\d+) requests in", text).group(1)
print(rate if kind in ("600.html", "60k.png") else float(moved.group(1)) * unit, count)' "$file")
            figures[$at]+=" $figure"
            work_of[$at]=$((${work_of[$at]:-0} + $(used "${processes[$at]}") - before))
            done_of[$at]=$((${done_of[$at]:-0} + count))
        done
    done
    medians=()
    for at in "${!names[@]}"; do
        medians+=("$(tr ' ' '\n' <<<"${figures[$at]}" | sed '/^$/d' | sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }')")
    done
    printf '%-9s' "$file"
    printf '%20.0f' "${medians[@]}"
    case $file in 600.html | 60k.png) echo '  requests/s' ;; *) echo '  MB/s' ;; esac
    printf '%-9s' '  ratio'
    for median in "${medians[@]}"; do printf '%20s' "$(awk "BEGIN { printf \"%.2f\", ${medians[0]} / $median }")"; done
    echo "  ours / theirs; our memory $(memory) MB"
    printf '%-9s' '  work'
    for at in "${!names[@]}"; do
        printf '%20s' "$(awk "BEGIN { printf \"%.1f\", ${work_of[$at]} / (${done_of[$at]} + !${done_of[$at]}) }")"
    done
    echo "  microseconds of processor a request"
done
