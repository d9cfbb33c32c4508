#!/usr/bin/env bash
# Programs that nobody here wrote as the other side: Python, ncat, socat, curl, Python's http.server, Chromium.
# Usage: tests/peers.sh path/to/socketlab        FULL=1 adds a gibibyte.
# Each check prints `ok NAME` or `FAILED NAME`. Everything stays on this machine.
set -uo pipefail

bin=$(realpath "${1:?usage: tests/peers.sh path/to/socketlab}")
work=$(mktemp -d)
passed=0
failed=0
background=()

finish() {
    for process in "${background[@]}"; do kill "$process" 2>/dev/null; done
    wait 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT
cd "$work" || exit 1

missing=
need() { command -v "$1" >/dev/null || missing+=" $2"; }
need python3 python3
need ncat ncat
need socat socat
need curl curl
need chromium chromium
need cmp diffutils
if [ -n "$missing" ]; then
    echo "FAILED: programs are missing; install the Debian packages:$missing" >&2
    exit 1
fi

check() { # NAME COMMAND…
    local name=$1
    shift
    if "$@" >"$work/output" 2>&1; then
        passed=$((passed + 1))
        echo "ok $name"
    else
        failed=$((failed + 1))
        echo "FAILED $name"
        tail -n 5 "$work/output" | sed 's/^/    /'
    fi
}

# Starts a listener of ours; its name is in $local and its port in $port.
log=0
listen() { # ARGUMENTS…
    launch listen "$@"
}

launch() { # COMMAND ARGUMENTS…
    log=$((log + 1))
    records=$work/listener-$log.jsonl
    : >"$records"
    "$bin" "$@" --json >"$records" 2>"$records.err" &
    background+=("$!")
    listener=$!
    until_there 'head -n 1 "$records" | grep -q listening' || { cat "$records.err" >&2; return 1; }
    local=$(head -n 1 "$records" | sed 's/.*"local":"\([^"]*\)".*/\1/')
    port=${local##*:}
}

# Starts another program that says its port on a line `port N`.
serve() { # COMMAND…
    log=$((log + 1))
    said=$work/server-$log
    : >"$said"
    PYTHONUNBUFFERED=1 "$@" >"$said" 2>&1 &
    background+=("$!")
    server=$!
    until_there 'grep -qE "port [0-9]+|listening on AF=.*:[0-9]+" "$said"' || return 1
    port=$(grep -oE 'port [0-9]+|AF=.*:[0-9]+' "$said" | head -n 1 | grep -oE '[0-9]+$')
}

until_there() { # CONDITION
    local tries
    for tries in $(seq 600); do
        eval "$1" && return 0
        sleep 0.05
    done
    echo "waited too long: $1" >&2
    return 1
}

all() { timeout 180 "$@"; }
# What came holds the pattern. Reads all of it first: whoever still writes while `grep -q` ends would fail for that.
holds() { cat >held && grep -q "$@" held; }

# --- data -----------------------------------------------------------------------------------------------------------
sizes=(1 1023 1024 1025 1048576 268435456)
[ "${FULL:-}" = 1 ] && sizes+=(1073741824)
for size in "${sizes[@]}"; do
    python3 - "$size" >"data-$size" <<'PY'
import random, sys
left, source = int(sys.argv[1]), random.Random(1)
while left:
    piece = source.randbytes(min(left, 1 << 20))
    sys.stdout.buffer.write(piece)
    left -= len(piece)
PY
done
python3 - <<'PY'
text = "不要回答! Do not answer! " * 50
open("text-utf8", "wb").write(text.encode("utf-8"))
open("text-gbk", "wb").write(text.encode("gbk"))
open("text-utf8-upper", "wb").write(text.encode("utf-8").upper())
open("text-gbk-upper", "wb").write(text.encode("gbk").upper())
import struct, zlib
def chunk(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
rows = b"".join(b"\0" + bytes((x * y) & 255 for x in range(64 * 3)) for y in range(64))
open("picture.png", "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
PY

# --- Python's socket module, as the tutorials have it -----------------------------------------------------------------
cat >client.py <<'PY'
# python3 client.py HOST:PORT FILE-TO-SEND FILE-FOR-THE-ANSWER
import socket, sys, threading
host, port = sys.argv[1].rsplit(":", 1)
client = socket.socket()
client.settimeout(120)
client.connect((host, int(port)))
def send():
    with open(sys.argv[2], "rb") as file:
        client.sendfile(file)
    client.shutdown(socket.SHUT_WR)
sender = threading.Thread(target=send)
sender.start()
with open(sys.argv[3], "wb") as answer:
    while data := client.recv(1024 if len(sys.argv) < 5 else 65536):
        answer.write(data)
sender.join()
client.close()
PY
cat >server.py <<'PY'
# python3 server.py upper|yes|echo|save FILE
import socket, sys
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", 0))
server.listen(5)
print("port", server.getsockname()[1], flush=True)
while True:
    conn, addr = server.accept()
    file = open(sys.argv[2], "wb") if len(sys.argv) > 2 else None
    while data := conn.recv(1024 if sys.argv[1] != "save" else 65536):
        if file: file.write(data)
        if sys.argv[1] == "upper": conn.sendall(data.upper())
        if sys.argv[1] == "yes": conn.sendall("Yes 是的".encode("utf-8"))
        if sys.argv[1] == "echo": conn.sendall(data)
    if file: file.close()
    conn.close()
PY

python_client() { # SIZE
    all python3 client.py "$local" "data-$1" answer big && cmp "data-$1" answer
}
python_text() { # RESPONDER ENCODING EXPECTED
    all python3 client.py "$local" "text-$2" answer && cmp "$3" answer
}
listen echo --port 0 --payload none --recv-size 65536
for size in "${sizes[@]}"; do check "python client, echo, $size bytes" python_client "$size"; done
check "python client, echo, UTF-8" python_text echo utf8 text-utf8
check "python client, echo, GBK" python_text echo gbk text-gbk
listen upper --port 0
check "python client, upper, UTF-8" python_text upper utf8 text-utf8-upper
check "python client, upper, GBK" python_text upper gbk text-gbk-upper

python_picture() {
    all python3 client.py "$local" picture.png answer && cmp picture.png answer
}
listen echo --port 0
check "python client, echo, a picture" python_picture

pipe_to_python() { # INPUT EXPECTED
    all "$bin" connect "127.0.0.1:$port" <"$1" >answer && cmp "$2" answer
}
serve python3 server.py upper
check "connect to a python server, upper, UTF-8" pipe_to_python text-utf8 text-utf8-upper
check "connect to a python server, upper, GBK" pipe_to_python text-gbk text-gbk-upper
serve python3 server.py echo
for size in 1 1024 1048576; do
    check "connect to a python server, echo, $size bytes" pipe_to_python "data-$size" "data-$size"
done
check "connect to a python server, echo, a picture" pipe_to_python picture.png picture.png
serve python3 server.py yes
yes_reply() {
    [ "$(all "$bin" connect "127.0.0.1:$port" --send '能听到吗?' --close-after-reply)" = "Yes 是的" ]
}
check "connect to a python server, yes" yes_reply

send_files() { # SIZE
    all "$bin" connect "127.0.0.1:$port" --send 'first ' --send-file "data-$1" --send-file picture.png &&
        { printf 'first '; cat "data-$1" picture.png; } | cmp - saved
}
serve python3 server.py save saved
for size in "${sizes[@]}"; do check "files sent to a python server, $size bytes" send_files "$size"; done

python_reset() {
    python3 - "$local" <<'PY' && until_there 'grep -q "\"event\":\"reset\".*\"by\":\"peer\"" "$records"'
import socket, struct, sys
host, port = sys.argv[1].rsplit(":", 1)
client = socket.create_connection((host, int(port)))
client.sendall(b"x")
client.recv(1)
client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
client.close()
PY
}
listen echo --port 0
check "a reset by a python client is the peer's" python_reset

# --- ncat -------------------------------------------------------------------------------------------------------------
ncat_client() { # SIZE
    all ncat 127.0.0.1 "$port" <"data-$1" >answer && cmp "data-$1" answer
}
listen echo --port 0 --payload none --recv-size 65536
for size in 1 1024 1048576; do check "ncat client, echo, $size bytes" ncat_client "$size"; done
# ncat says its port on -v only, and wants to know it: the one that was free a moment ago.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
start_ncat() { # INPUT OUTPUT ARGUMENTS…
    port=$(free_port)
    : >"$work/ncat.err"
    ncat -v -l 127.0.0.1 "$port" "${@:3}" <"$1" >"$2" 2>"$work/ncat.err" &
    background+=("$!")
    server=$!
    until_there 'grep -q "Listening on 127" "$work/ncat.err"'
}
ncat_receives() { # SIZE
    start_ncat /dev/null saved --recv-only && all "$bin" connect "127.0.0.1:$port" --send-file "data-$1" && wait "$server" &&
        cmp "data-$1" saved
}
for size in 1 1048576 268435456; do check "ncat server takes a file, $size bytes" ncat_receives "$size"; done
ncat_takes_pipe() { # SIZE
    start_ncat /dev/null saved --recv-only && all "$bin" connect "127.0.0.1:$port" <"data-$1" && wait "$server" &&
        cmp "data-$1" saved
}
check "ncat server takes a pipe, 268435456 bytes" ncat_takes_pipe 268435456
ncat_sends() { # SIZE
    start_ncat "data-$1" /dev/null --send-only && all "$bin" connect "127.0.0.1:$port" </dev/null >answer && cmp "data-$1" answer
}
for size in 1 1048576 268435456; do check "ncat server sends a file, $size bytes" ncat_sends "$size"; done

# --- socat ------------------------------------------------------------------------------------------------------------
socat_client() { # ADDRESS SIZE
    all socat -t 60 - "$1" <"data-$2" >answer && cmp "data-$2" answer
}
listen echo --port 0 --payload none --recv-size 65536
for size in "${sizes[@]}"; do check "socat client, echo, $size bytes" socat_client "TCP:127.0.0.1:$port" "$size"; done
listen echo --port 0 --bind ::1 --payload none
check "socat client, echo, IPv6" socat_client "TCP6:[::1]:$port" 1048576
listen echo --unix "$work/echo.sock" --payload none
check "socat client, echo, Unix path" socat_client "UNIX-CONNECT:$work/echo.sock" 1048576
unix_gone() { kill -INT "$listener" && until_there '! [ -e "$work/echo.sock" ]'; }
check "the Unix path is gone with the listener" unix_gone
through_socat() { # SIZE ARGUMENTS…
    local size=$1
    shift
    all "$bin" connect "$@" <"data-$size" >answer && cmp "data-$size" answer
}
for size in "${sizes[@]}"; do
    serve socat -d -d TCP-LISTEN:0,bind=127.0.0.1 EXEC:cat
    check "connect to a socat server, $size bytes" through_socat "$size" "127.0.0.1:$port"
done
socat UNIX-LISTEN:"$work/socat.sock" EXEC:cat &
background+=("$!")
until_there '[ -S "$work/socat.sock" ]'
check "connect to a socat server, Unix path" through_socat 1048576 --unix "$work/socat.sock"
socat_datagram() {
    [ "$(printf '不要回答' | all socat -t 2 - "UDP:127.0.0.1:$port")" = '不要回答' ]
}
listen echo --port 0 --udp
check "socat client, UDP echo" socat_datagram

# --- curl and http.server ---------------------------------------------------------------------------------------------
mkdir -p served/sub
cp picture.png "served/a picture.png"
cp data-268435456 served/sub/large
listen http --port 0 --folder served --payload none
curl_same() { # URL-PATH FILE
    all curl -sSf "http://127.0.0.1:$port$1" -o answer && cmp "$2" answer
}
check "curl, a picture of a folder" curl_same /a%20picture.png picture.png
check "curl, 268435456 bytes of a folder" curl_same /sub/large data-268435456
curl_list() { all curl -sSfL "http://127.0.0.1:$port/sub" | holds 'href="large"'; }
check "curl, the list of a folder" curl_list
curl_range() { all curl -sSf -r 1000-1999 "http://127.0.0.1:$port/sub/large" | cmp - <(tail -c +1001 data-268435456 | head -c 1000); }
check "curl, a range" curl_range
curl_head() { all curl -sSfI "http://127.0.0.1:$port/a%20picture.png" | holds -i "^content-length: $(stat -c %s picture.png)"; }
check "curl, HEAD" curl_head
curl_outside() {
    local path
    for path in /../picture.png /..%2fpicture.png /%2e%2e/picture.png /sub/../../picture.png; do
        [ "$(all curl -s --path-as-is -o answer -w '%{http_code}' "http://127.0.0.1:$port$path")" = 404 ] || return 1
    done
}
check "curl, nothing outside the folder" curl_outside

cat >http_server.py <<'PY'
import functools, http.server
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory="served")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
print("port", server.server_address[1], flush=True)
server.serve_forever()
PY
serve python3 http_server.py
get_same() { # URL-PATH FILE
    all "$bin" get --max 1G "http://127.0.0.1:$port$1" >answer && cmp "$2" answer
}
check "get from http.server, a picture" get_same /a%20picture.png picture.png
check "get from http.server, 268435456 bytes" get_same /sub/large data-268435456
get_file() { all "$bin" get "127.0.0.1:$port/sub/large" -o saved && cmp data-268435456 saved; }
check "get from http.server into a file" get_file
get_include() { all "$bin" get "http://127.0.0.1:$port/" --include | holds '^HTTP/1.0 200 OK'; }
check "get from http.server, the head" get_include
get_missing() {
    local code=0
    all "$bin" get "http://127.0.0.1:$port/nothing" --include >answer || code=$?
    [ "$code" = 4 ] && holds ' 404 ' <answer
}
check "get from http.server, what is not there" get_missing
by_hand() {
    printf 'GET /a%%20picture.png HTTP/1.0\r\n\r\n' | all "$bin" connect "127.0.0.1:$port" >answer &&
        tail -c "$(stat -c %s picture.png)" answer | cmp - picture.png && head -c 15 answer | grep -q '^HTTP/1.0 200 OK'
}
check "a request to http.server by hand" by_hand
python3 -m http.server 0 --bind 127.0.0.1 --directory served >module.out 2>&1 &
background+=("$!")
module() {
    PORT=$(python3 - "$!" <<'PY'
import glob, os, sys, time
# The module does not say its port when its output is no terminal: look it up by its socket.
pid = sys.argv[1]
for _ in range(400):
    sockets = {os.readlink(link) for link in glob.glob(f"/proc/{pid}/fd/*") if os.path.exists(link) or os.path.islink(link)}
    for line in open("/proc/net/tcp").readlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
            print(int(fields[1].split(":")[1], 16))
            sys.exit()
    time.sleep(0.05)
sys.exit(1)
PY
    ) && all "$bin" get "http://127.0.0.1:$PORT/a%20picture.png" >answer && cmp picture.png answer
}
check "get from python3 -m http.server" module

# --- uploads and the board --------------------------------------------------------------------------------------------
mkdir inbox
listen http --port 0 --folder inbox --upload inbox --board --payload none
curl_token() { all curl -sSf "http://127.0.0.1:$port/" | sed -n 's/.*data-token="\([0-9a-f]*\)".*/\1/p' | sed -n 1p; }
curl_upload() {
    token=$(curl_token) && [ -n "$token" ] || return 1
    all curl -sSf -T picture.png -H "X-Socketlab-Token: $token" "http://127.0.0.1:$port/one.png" >answer || return 1
    all curl -sSf -F "file=@picture.png;filename=one.png" "http://127.0.0.1:$port/.socketlab/upload?token=$token" >answer || return 1
    cmp picture.png inbox/one.png && cmp picture.png "inbox/one (2).png" && [ "$(ls -A inbox | wc -l)" = 2 ]
}
check "curl, uploads by PUT and by form" curl_upload
curl_no_token() {
    [ "$(all curl -s -o answer -w '%{http_code}' -T picture.png "http://127.0.0.1:$port/x.png")" = 403 ] &&
        [ "$(all curl -s -o answer -w '%{http_code}' -T picture.png -H "X-Socketlab-Token: $(curl_token)" -H 'Origin: http://evil.example' "http://127.0.0.1:$port/x.png")" = 403 ]
}
check "curl, no upload without the token or from another page" curl_no_token
curl_board() {
    "$(type -P curl)" -sSN --max-time 60 "http://127.0.0.1:$port/.socketlab/board/events" >events.out &
    background+=("$!")
    all curl -sSf --data-binary 'from curl' -H 'Content-Type: text/plain' -H "X-Socketlab-Token: $(curl_token)" \
        "http://127.0.0.1:$port/.socketlab/board" && until_there 'grep -q "from curl" events.out'
}
check "curl, a message and its event" curl_board

# --- other protocols at an HTTP listener ------------------------------------------------------------------------------
curl_h2() {
    # curl shows what it did not expect as it came.
    all curl -s --http2-prior-knowledge -o answer "http://127.0.0.1:$port/" && return 1
    until_there 'grep -q "beginning of HTTP/2.*Answered with 505" "$records"'
}
check "curl that speaks HTTP/2 from the start is refused in words" curl_h2
curl_tls() {
    all curl -sk -o answer "https://127.0.0.1:$port/" && return 1
    until_there 'grep -q "beginning of TLS.*Answered with 400" "$records"'
}
check "curl with https at a plain listener is refused in words" curl_tls
ncat_garbage() { printf '\0\1\2 garbage\n' | all ncat 127.0.0.1 "$port" | holds '^HTTP/1.1 400 '; }
check "ncat, garbage gets its 400" ncat_garbage

# --- Chromium ---------------------------------------------------------------------------------------------------------
listen http --port 0 --picture picture.png
chromium=("$(type -P chromium)" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run
    --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage)
browser() {
    all "${chromium[@]}" --user-data-dir="$work/chromium-plain" --virtual-time-budget=10000 --dump-dom \
        "http://127.0.0.1:$port/" >page.html 2>chromium.err || { tail -3 chromium.err; return 1; }
    grep -q '<img src="/picture"' page.html || { cat page.html; return 1; }
    until_there 'grep -q "\"event\":\"recv\".*\"text\":\"GET / HTTP/1.1" "$records"' &&
        until_there 'grep -q "\"event\":\"recv\".*\"text\":\"GET /picture HTTP/1.1" "$records"'
}
check "Chromium asks for the page and the picture" browser

launch lab http-page --side listener --bind 127.0.0.1 --port 0 --picture picture.png
three_requests() {
    # It stays open: one that only prints the page may end before it asks for the icon.
    "${chromium[@]}" --user-data-dir="$work/chromium-lab" --remote-debugging-port=0 \
        "http://127.0.0.1:$port/" >/dev/null 2>chromium.err &
    local browser=$!
    background+=("$browser")
    until_there 'grep -q "\"event\":\"recv\".*GET /favicon.ico" "$records"' || tail -3 chromium.err
    kill "$browser"
    # Each request is in one record with all of its text, and the record has the browser's address.
    python3 - "$records" <<'PY'
import json, sys
received = [row for row in map(json.loads, open(sys.argv[1])) if row["event"] == "recv"]
paths = [row["text"].split(" ")[1] for row in received]
assert paths == ["/", "/test.jpg", "/favicon.ico"], paths
for row in received:
    assert row["text"].endswith("\r\n\r\n") and "User-Agent: Mozilla/5.0" in row["text"], row["text"]
    assert row["length"] == len(row["text"]) and row["peer"].startswith("127.0.0.1:"), row
PY
}
check "Chromium makes three requests at the lab http-page" three_requests

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
