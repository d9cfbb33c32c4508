#!/usr/bin/env python3
"""What `--json` says, against what was on the wire and what the system has: tshark and ss in two network namespaces.

Usage: tests/wire.py path/to/socketlab
Each check prints `ok NAME` or `FAILED NAME`. Needs iproute2 and tshark, and root or a kernel that lets users make namespaces;
without those it says `NOT TESTED`. All of it stays in the two namespaces, which end with this program.
"""

import ctypes
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

PATIENCE = 20
A4, B4 = "10.77.0.1", "10.77.0.2"


def into_namespaces():
    """Runs this program again in a network of its own."""
    if os.environ.get("SOCKETLAB_WIRE") == "inside":
        return
    missing = [name for name in ("ip", "ss", "tshark", "dumpcap", "unshare", "nsenter") if not which(name)]
    if missing:
        sys.exit(f"FAILED: programs are missing: {' '.join(missing)}; install iproute2, tshark and util-linux")
    how = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    refused = subprocess.run([*how, "true"], capture_output=True, text=True)
    if refused.returncode != 0:
        # Such as a container without the right to make any: that is nothing about the program.
        print(f"NOT TESTED: this system gives no namespaces: {refused.stderr.strip()}")
        sys.exit(0)
    os.environ["SOCKETLAB_WIRE"] = "inside"
    os.execvp(how[0], [*how, sys.executable, *sys.argv])


def which(name):
    import shutil

    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def end_with_us():
    """The kernel ends a child when this program ends, however that is: PR_SET_PDEATHSIG."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def start(*command, **how):
    return subprocess.Popen(command, preexec_fn=end_with_us, **how)


def until(what, condition):
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited too long: {what}")


class Network:
    """Ours is `a` with the adapter va; `b`, at the other end of the cable, is a namespace of its own."""

    def __init__(self):
        self.other = start("unshare", "--net", "sleep", "infinity")
        ours = os.readlink("/proc/self/ns/net")
        until("namespace b", lambda: os.readlink(f"/proc/{self.other.pid}/ns/net") != ours)
        run("ip", "link", "add", "va", "type", "veth", "peer", "name", "vb", "netns", str(self.other.pid))
        for side, device, address in ((run, "va", A4), (self.there, "vb", B4)):
            side("ip", "link", "set", "lo", "up")
            side("ip", "addr", "add", f"{address}/24", "dev", device)
            side("ip", "link", "set", device, "up")
        self.a6 = until("an IPv6 address of va", lambda: self.link_local(run, "va"))
        self.b6 = until("an IPv6 address of vb", lambda: self.link_local(self.there, "vb"))

    def at_b(self, *command):
        return ("nsenter", "--target", str(self.other.pid), "--net", *command)

    def there(self, *command):
        return run(*self.at_b(*command))

    @staticmethod
    def link_local(side, device):
        for link in json.loads(side("ip", "-j", "addr", "show", "dev", device)):
            for address in link.get("addr_info", []):
                if address.get("scope") == "link" and not address.get("tentative"):
                    return address["local"]
        return None


class Program:
    """Socketlab with `--json`, in one of the namespaces."""

    def __init__(self, binary, *args, prefix=(), stdin=subprocess.DEVNULL):
        command = [*prefix, binary, *args, "--json", "--payload", "hex"]
        self.process = start(*command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.rows, self.errors = [], b""
        threading.Thread(target=self.read, daemon=True).start()
        threading.Thread(target=self.read_errors, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.rows.append(json.loads(line))

    def read_errors(self):
        self.errors = self.process.stderr.read()

    def row(self, event, count=1):
        def found():
            rows = [row for row in list(self.rows) if row["event"] == event]
            return rows[count - 1] if len(rows) >= count else None

        return until(f"{event} number {count} in {self.rows} {self.errors}", found)

    def address(self):
        return self.row("listening")["local"]

    def port(self):
        return int(self.address().rsplit(":", 1)[1])

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)
        until("the last record", lambda: any(row["event"] == "stopped" for row in list(self.rows)))
        return self.rows


# What runs at the other end: Python's own sockets, which nobody here wrote.
PEER = """
import socket, struct, sys, time
def line(text): print(text, flush=True)
def told(): return sys.stdin.readline().strip()
family, kind = (socket.AF_INET6 if ":" in HOST else socket.AF_INET), socket.SOCK_STREAM
where = socket.getaddrinfo(HOST, PORT, type=kind)[0][4]
"""


def peer(network, text, host, port):
    program = PEER.replace("HOST", repr(host)).replace("PORT", repr(port)) + text
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return start(*network.at_b(sys.executable, "-c", program), **pipes)


def tell(process, word="go"):
    process.stdin.write(word + "\n")
    process.stdin.flush()


CLIENT = "client = socket.socket(family, kind); client.connect(where); line(client.getsockname()[1])\n"
SERVER = (
    "server = socket.socket(family, kind); server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
    "server.bind(where); server.listen(5); line(server.getsockname()[1])\n"
    "conn, peer = server.accept(); line(peer[1])\n"
)


class Capture:
    """Every packet of va."""

    def __init__(self, folder):
        self.file = os.path.join(folder, "wire.pcapng")
        self.process = start("dumpcap", "-q", "-B", "64", "-i", "va", "-w", self.file, stderr=subprocess.PIPE, text=True)
        for said in self.process.stderr:
            if said.startswith("File:"):
                break
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        time.sleep(0.3)

    def end(self):
        # A busy machine writes late: what was on the wire before this datagram is in the file when it is.
        mark = os.urandom(32)

        def written():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as marking:
                marking.sendto(mark, (B4, 9))
            with open(self.file, "rb") as file:
                return mark in file.read()

        until("the end of the capture", written)
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)
        fields = (
            "frame.number ip.src ip.dst ipv6.src ipv6.dst tcp.srcport tcp.dstport udp.srcport udp.dstport "
            "tcp.flags.syn tcp.flags.fin tcp.flags.reset tcp.seq_raw tcp.payload udp.payload udp.length"
        ).split()
        command = ["tshark", "-n", "-r", self.file, "-T", "fields", "-E", "occurrence=f"]
        # What ICMP quotes is no packet of its own.
        command += ["-Y", "not icmp and not icmpv6"]
        command += [part for field in fields for part in ("-e", field)]
        lines = run(*command).splitlines()
        self.packets = [Packet(dict(zip(fields, line.split("\t")))) for line in lines]

    def between(self, kind, local, peer):
        """Packets of one conversation, outbound ones first named so by `local`."""
        ends = {local, peer}
        return [packet for packet in self.packets if packet.kind == kind and {packet.source, packet.target} == ends]


class Packet:
    def __init__(self, fields):
        get = fields.get
        self.kind = "tcp" if get("tcp.srcport") else "udp" if get("udp.srcport") else ""
        source, target = get("ip.src") or get("ipv6.src"), get("ip.dst") or get("ipv6.dst")
        self.source = end_of(source, get(f"{self.kind}.srcport"))
        self.target = end_of(target, get(f"{self.kind}.dstport"))
        is_set = lambda name: get(name) in ("1", "True")
        self.syn, self.fin, self.rst = is_set("tcp.flags.syn"), is_set("tcp.flags.fin"), is_set("tcp.flags.reset")
        self.seq = int(get("tcp.seq_raw") or 0)
        self.payload = bytes.fromhex((get("tcp.payload") or get("udp.payload") or "").replace(":", ""))


def end_of(host, port):
    return (host, int(port or 0))


def parsed(name):
    """An end of a socket as the records write it, without its zone: packets have none."""
    host, port = name.rsplit(":", 1)
    return (host.strip("[]").split("%")[0], int(port))


def stream(packets, source):
    """What one end sent, each byte once."""
    sent = [packet for packet in packets if packet.source == source]
    first = next((packet.seq for packet in sent if packet.syn), None)
    out = b""
    for packet in sorted((packet for packet in sent if packet.payload), key=lambda packet: (packet.seq - first) % 2**32):
        at = (packet.seq - first - 1) % 2**32
        assert at <= len(out), "a gap on the wire"
        out += packet.payload[len(out) - at :]
    return out


def bytes_of(rows, event):
    return b"".join(bytes.fromhex(row["hex"]) for row in rows if row["event"] == event)


def of_connection(rows, number=1):
    """The records of the `number`th connection."""
    begun = [row for row in rows if row["event"] in ("accepted", "connected")]
    return [row for row in rows if row["connection"] == begun[number - 1]["connection"]]


def compare(capture, rows, all_received=True):
    """Names, bytes, their order, FIN and RST of one TCP connection."""
    names = {(row["local"], row["peer"]) for row in rows}
    assert len(names) == 1, names
    local, other = map(parsed, names.pop())
    packets = capture.between("tcp", local, other)
    syn = [packet for packet in packets if packet.syn]
    assert syn, f"no such connection on the wire: {local} {other}"
    begun = "connected" if syn[0].source == local else "accepted"
    assert rows[0]["event"] == begun, rows[0]
    sequence = [row["seq"] for row in rows]
    assert sequence == sorted(sequence) and [row["time"] for row in rows] == sorted(row["time"] for row in rows)

    sent, received = stream(packets, local), stream(packets, other)
    assert bytes_of(rows, "send") == sent, (len(bytes_of(rows, "send")), len(sent))
    got = bytes_of(rows, "recv")
    assert (got == received) if all_received else received.startswith(got), (len(got), len(received))
    over = rows[-1]
    if over["event"] in ("closed", "reset"):
        assert over["sent"] == len(sent) and over["received"] == len(got), over

    # Each end once: one that is not acknowledged at once is sent again.
    who = lambda flag: list(
        dict.fromkeys("local" if packet.source == local else "peer" for packet in packets if getattr(packet, flag))
    )
    fins, resets = who("fin"), who("rst")
    halves = [row["by"] for row in rows if row["event"] == "half_closed"]
    assert halves == fins[: len(halves)], (halves, fins)
    for row in rows:
        if row["event"] == "closed":
            assert fins and fins[0] == row["by"], (row, fins)
        if row["event"] == "reset":
            assert row["by"] in resets, (row, resets)
    if over["event"] == "closed":
        # Who closes in order sends FIN; a RST after the last byte of a connection that both have closed is no reset.
        assert "local" in fins, fins
    return fins, resets


def system_has(network, side, kind, local, other, state):
    """The socket is in the table of the system, with these names and in this state."""

    def there():
        table = side("ss", "-nH", "-a", f"--{kind}").splitlines()
        rows = [line.split() for line in table]
        rows = [(row[0], row[3], row[4]) for row in rows if len(row) > 4]
        name = lambda text: text.replace("%va]", "]").replace("%vb]", "]").replace("%va:", ":").replace("%vb:", ":")
        wanted = (state, name(bracketed(local)), name(bracketed(other)))
        return wanted in [(row[0], name(bracketed(row[1])), name(bracketed(row[2]))) for row in rows] or (
            setattr(there, "seen", rows) and False
        )

    try:
        until("ss", there)
    except AssertionError:
        raise AssertionError(f"no {state} {local} {other} in {getattr(there, 'seen', None)}") from None


def bracketed(name):
    """`ss` writes the zone of an address behind its brackets or within them, by its version."""
    host, port = name.rsplit(":", 1)
    host = host.strip("[]").replace("]%", "%")
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


# Each check is a generator: it acts up to its `yield`, and compares when everything is captured.


@check
def a_listener_and_a_client_in_turns(lab):
    listener = lab.listen("echo", A4)
    client = lab.peer(CLIENT + "for n in range(5): client.sendall(b'message %d ' % n * 50); client.recv(65536); told()\nclient.close()", A4, listener.port())
    name = f"{B4}:{int(client.stdout.readline())}"
    accepted = listener.row("accepted")
    assert (accepted["local"], accepted["peer"]) == (listener.address(), name)
    lab.has("tcp", accepted["local"], accepted["peer"], "ESTAB")
    for count in range(1, 6):
        listener.row("send", count)
        tell(client)
    listener.row("closed")
    rows = of_connection(listener.end())
    yield
    fins, resets = compare(lab.capture, rows)
    assert fins == ["peer", "local"] and not resets, (fins, resets)
    local, other = parsed(rows[0]["local"]), parsed(rows[0]["peer"])
    data = [packet for packet in lab.capture.between("tcp", local, other) if packet.payload]
    wire = ["recv" if packet.source == other else "send" for packet in data]
    said = [row["event"] for row in rows if row["event"] in ("recv", "send")]
    assert said == wire == ["recv", "send"] * 5, (said, wire)


@check
def a_megabyte_both_ways(lab):
    listener = lab.listen("echo", A4)
    client = lab.peer(
        CLIENT + "import threading\ndata = bytes(range(256)) * 4096\n"
        "def send(): client.sendall(data); client.shutdown(socket.SHUT_WR)\n"
        "threading.Thread(target=send).start()\ngot = b''\n"
        "while piece := client.recv(65536): got += piece\nline(got == data)",
        A4,
        listener.port(),
    )
    client.stdout.readline()
    same = client.stdout.readline()
    assert same == "True\n", f"the bytes came back: {same}"
    listener.row("closed")
    rows = of_connection(listener.end())
    yield
    fins, resets = compare(lab.capture, rows)
    length = sum(row["length"] for row in rows if row["event"] == "recv")
    assert length == 1 << 20, length
    assert fins == ["peer", "local"] and not resets, (fins, resets)


@check
def a_peer_that_half_closes_at_once_gets_all(lab):
    path = os.path.join(lab.folder, "input")
    with open(path, "wb") as file:
        file.write(bytes(range(256)) * 16384)
    with open(path, "rb") as file:
        listener = lab.listen("none", A4, stdin=file)
    client = lab.peer(
        CLIENT + "client.shutdown(socket.SHUT_WR); told(); length = 0\n"
        "while piece := client.recv(65536): length += len(piece)\nline(length)",
        A4,
        listener.port(),
    )
    client.stdout.readline()
    row = listener.row("half_closed")
    lab.has("tcp", row["local"], row["peer"], "CLOSE-WAIT")
    tell(client)
    assert client.stdout.readline() == f"{256 * 16384}\n"
    listener.row("closed")
    rows = of_connection(listener.end())
    yield
    assert compare(lab.capture, rows) == (["peer", "local"], [])


@check
def a_half_close_of_ours(lab):
    server = lab.peer(SERVER + "while conn.recv(100): pass\ntold(); conn.sendall(b'late words'); conn.close()", B4, 0)
    port = int(server.stdout.readline())
    client = lab.run("connect", f"{B4}:{port}", "--send", "question")
    server.stdout.readline()
    row = client.row("half_closed")
    assert row["by"] == "local"
    lab.has("tcp", row["local"], row["peer"], "FIN-WAIT-2")
    tell(server)
    rows = of_connection(client.end_by_itself())
    yield
    fins, resets = compare(lab.capture, rows)
    assert fins == ["local", "peer"] and not resets, (fins, resets)


@check
def a_reset_by_the_peer(lab):
    listener = lab.listen("echo", A4)
    client = lab.peer(
        CLIENT + "client.sendall(b'x'); client.recv(1)\n"
        "client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); client.close()",
        A4,
        listener.port(),
    )
    client.stdout.readline()
    assert listener.row("reset")["by"] == "peer"
    rows = of_connection(listener.end())
    yield
    fins, resets = compare(lab.capture, rows)
    assert not fins and resets == ["peer"], (fins, resets)


@check
def a_peer_that_closes_with_unread_bytes(lab):
    server = lab.peer(SERVER + "told(); conn.close()", B4, 0)
    port = int(server.stdout.readline())
    client = lab.run("connect", f"{B4}:{port}", "--send", "nobody reads this", "--receive-first", stdin=subprocess.PIPE)
    server.stdout.readline()
    client.row("connected")
    client.end_after(lambda: tell(server))
    rows = client.rows
    yield
    fins, resets = compare(lab.capture, of_connection(rows))
    # With nothing unread the peer's close is in order, with something it is a reset.
    last = of_connection(rows)[-1]
    assert (last["event"] == "reset") == ("peer" in resets), (last, fins, resets)


@check
def a_close_of_ours_with_unread_bytes(lab):
    listener = lab.listen("reply", A4, "--reply", "enough", "--close-after", "1")
    client = lab.peer(
        CLIENT + "client.setblocking(False); left = 1 << 20\n"
        "try:\n  while left > 0:\n    try: left -= client.send(bytes(65536))\n    except BlockingIOError: time.sleep(.001)\n"
        "except OSError: pass\nline('end')",
        A4,
        listener.port(),
    )
    client.stdout.readline()
    client.stdout.readline()
    until("the end", lambda: any(row["event"] in ("reset", "closed") for row in list(listener.rows)))
    rows = of_connection(listener.end())
    yield
    fins, resets = compare(lab.capture, rows, all_received=False)
    # FIN comes first; what is unread then, or comes later, is answered with RST.
    assert fins[:1] == ["local"], (rows[-1], fins, resets)


@check
def nobody_listens(lab):
    client = lab.run("connect", f"{B4}:9", "--send", "x")
    rows = client.end_by_itself()
    failed = [row for row in rows if row["event"] == "failed"]
    assert [row["error"] for row in failed] == ["ECONNREFUSED"], rows
    yield
    packets = [packet for packet in lab.capture.packets if packet.kind == "tcp" and (B4, 9) in (packet.source, packet.target)]
    assert [(packet.source[0], packet.syn, packet.rst) for packet in packets] == [(A4, True, False), (B4, False, True)]
    assert parsed(failed[0]["peer"]) == (B4, 9)


@check
def an_address_with_a_zone(lab):
    listener = lab.listen("echo", f"{lab.network.a6}%va")
    client = lab.peer(CLIENT + "client.sendall(b'six'); client.recv(3); client.close()", f"{lab.network.a6}%vb", listener.port())
    client.stdout.readline()
    closed = listener.row("closed")
    assert closed["local"] == listener.address() and "%va]:" in closed["local"] and "%va]:" in closed["peer"], closed
    rows = of_connection(listener.end())
    yield
    assert compare(lab.capture, rows) == (["peer", "local"], [])


@check
def datagrams(lab):
    for_both = []
    for bind, host in ((A4, A4), ("*", A4), (f"{lab.network.a6}%va", f"{lab.network.a6}%vb")):
        listener = lab.listen("echo", bind, "--udp")
        client = lab.peer(
            "client = socket.socket(family, socket.SOCK_DGRAM); client.bind(('::' if ':' in HOST else '', 0))\n".replace("HOST", repr(host))
            + "sizes = [1, 0, 700, 1400]\nfor size in sizes:\n  client.sendto(bytes(size), where)\n"
            "  answer, source = client.recvfrom(2000); assert len(answer) == size and source[:2] == where[:2], source\nline('done')",
            host,
            listener.port(),
        )
        assert client.stdout.readline() == "done\n"
        first = listener.row("recv")
        assert parsed(first["local"]) == (host.split("%")[0], listener.port()), first
        lab.has("udp", listener.address(), "*", "UNCONN")
        for_both.append(listener.end())
    yield
    for rows in for_both:
        calls = [row for row in rows if row["event"] in ("recv", "send")]
        local, other = parsed(calls[0]["local"]), parsed(calls[0]["peer"])
        packets = lab.capture.between("udp", local, other)
        wire = [("recv" if packet.source == other else "send", len(packet.payload)) for packet in packets]
        assert [(row["event"], row["length"]) for row in calls] == wire, (calls, wire)
        assert wire == [(way, size) for size in (1, 0, 700, 1400) for way in ("recv", "send")], wire


@check
def a_datagram_that_nobody_takes(lab):
    client = lab.run("connect", f"{B4}:9", "--udp", "--send", "x")
    rows = client.end_by_itself()
    failed = [row for row in rows if row["event"] == "failed"]
    assert [row["error"] for row in failed] == ["ECONNREFUSED"], rows
    yield
    sent = [packet for packet in lab.capture.packets if packet.kind == "udp" and packet.target == (B4, 9)]
    assert len(sent) >= 1 and sent[0].source == parsed(failed[0]["local"]), sent


@check
def an_address_that_goes_and_comes_back(lab):
    run("ip", "addr", "add", "10.77.0.7/24", "dev", "va")
    listener = lab.listen("echo", "10.77.0.7")
    client = lab.peer(CLIENT + "client.sendall(b'x'); client.recv(1); told(); client.close()", "10.77.0.7", listener.port())
    client.stdout.readline()
    listener.row("send")
    everywhere = lab.listen("echo", "*")
    run("ip", "addr", "del", "10.77.0.7/24", "dev", "va")
    gone = [listener.row("address", count) for count in (1, 2)]
    assert sorted(row["connection"] is None for row in gone) == [False, True], gone
    for row in gone:
        assert (row["presence"], row["error"], row["errno"]) == ("lost", "EADDRNOTAVAIL", 99), row
        assert row["message"] == "this PC has lost 10.77.0.7", row
    run("ip", "addr", "add", "10.77.0.7/24", "dev", "va")
    assert [listener.row("address", count)["presence"] for count in (3, 4)] == ["here", "here"]
    run("ip", "link", "set", "va", "down")
    assert [listener.row("address", count)["presence"] for count in (5, 6)] == ["no_link", "no_link"]
    run("ip", "link", "set", "va", "up")
    assert [listener.row("address", count)["presence"] for count in (7, 8)] == ["here", "here"]
    lab.network.there("ip", "link", "set", "vb", "down")
    assert [listener.row("address", count)["presence"] for count in (9, 10)] == ["no_link", "no_link"]
    lab.network.there("ip", "link", "set", "vb", "up")
    assert [listener.row("address", count)["presence"] for count in (11, 12)] == ["here", "here"]
    tell(client)
    assert not [row for row in everywhere.rows if row["event"] == "address"], "a listener on all addresses loses nothing"
    listener.end()
    everywhere.end()
    run("ip", "addr", "del", "10.77.0.7/24", "dev", "va")
    yield


class Lab:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.network = Network()
        self.capture = Capture(folder)

    def run(self, *args, stdin=subprocess.DEVNULL):
        return Ours(self.binary, *args, stdin=stdin)

    def listen(self, responder, bind, *args, stdin=subprocess.DEVNULL):
        program = self.run("listen", responder, "--bind", bind, "--port", "0", *args, stdin=stdin)
        program.address()
        return program

    def peer(self, text, host, port):
        return peer(self.network, text, host, port)

    def has(self, kind, local, other, state):
        if other == "*":
            host = local.rsplit(":", 1)[0]
            other = "[::]:*" if "[" in host else "0.0.0.0:*"
            local = local.replace("[::]", "*") if host == "[::]" else local
            other = "*:*" if host == "[::]" else other
        system_has(self.network, run, kind, local, other, state)


class Ours(Program):
    def end_by_itself(self):
        self.process.wait(PATIENCE)
        until("the last record", lambda: any(row["event"] == "stopped" for row in list(self.rows)))
        return self.rows

    def end_after(self, act):
        act()
        return self.end_by_itself()


def main():
    into_namespaces()
    binary = os.path.realpath(sys.argv[1])
    wanted = sys.argv[2:]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(binary, folder)
        acted = []
        for one in [one for one in CHECKS if not wanted or one.__name__ in wanted]:
            acted.append((one, one(lab)))
            try:
                next(acted[-1][1])
            except Exception as error:  # noqa: BLE001, one check must not end the others
                acted[-1] = (one, error)
        lab.capture.end()
        for one, steps in acted:
            name = one.__name__.replace("_", " ")
            try:
                if isinstance(steps, Exception):
                    raise steps
                next(steps, None)
                print(f"ok {name}", flush=True)
            except Exception as error:  # noqa: BLE001
                failed += 1
                print(f"FAILED {name}\n    {type(error).__name__}: {str(error)[:1500]}", flush=True)
        print(f"{len(acted) - failed} passed, {failed} failed")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
