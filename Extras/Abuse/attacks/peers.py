"""Peers that are silent, never read, never finish, trickle or flood: nobody else is to notice."""

import os
import re
import resource
import socket
import struct
import tempfile
import threading
import time

from abuse import SECONDS, finish, law, random, resident_bytes, start, stop, until

MIB = 1 << 20
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
folder = tempfile.mkdtemp(prefix="parley-peers-")


class Watched:
    """A command of ours, its port, and what it says, read all the time so that it never blocks on it."""

    def __init__(self, *words):
        self.child = start(*words)
        self.errors, self.output = [], []
        self.pumps = [threading.Thread(target=self.pump, args=pair, daemon=True) for pair in
                      ((self.child.stderr, self.errors), (self.child.stdout, self.output))]
        for pump in self.pumps:
            pump.start()
        until(lambda: any(b" at " in line for line in self.errors))
        port = re.search(rb"://\S*:(\d+)", self.errors[0]) if self.errors else None
        self.port = int(port.group(1)) if port else 0

    @staticmethod
    def pump(stream, lines):
        for line in stream:
            lines.append(line)

    def said(self, words):
        return any(words in line for line in list(self.errors))

    def printed(self, words):
        return any(words in line for line in list(self.output))

    def stop(self):
        for pump in self.pumps:
            if self.child.poll() is not None:
                break
        self.child.terminate()
        try:
            code = self.child.wait(20)
        except Exception:
            self.child.kill()
            return None
        for pump in self.pumps:
            pump.join(5)
        return code


def connect(port, **more):
    one = socket.create_connection(("127.0.0.1", port), timeout=10)
    return one


def push(one, data):
    """Sends as much as is taken; whether the peer still took all of it."""
    try:
        one.sendall(data)
        return True
    except OSError:
        return False


# 1. More silent clients than there are places.
server = Watched("receive", "tcp://127.0.0.1:0", "--as", "lines", "--connections", "200", "--idle", "2s")
silent = [connect(server.port) for _ in range(240)]
time.sleep(0.2)
honest = connect(server.port)
push(honest, b"the last one\r\n")
law("a client behind 240 silent ones is served once they have been silent for the idle limit",
    until(lambda: server.printed(b"the last one")), server.errors[-3:])
law("that all places are taken is said, once", sum(b"connections are taken" in line for line in server.errors) == 1,
    server.errors[:5])
for one in silent:
    one.close()
law("silent clients end nothing", server.stop() == 143, server.errors[-3:])

# 2. A hundred unfinished messages of 15 MB each.
server = Watched("receive", "tcp://127.0.0.1:0", "--as", "hex", "--framing", "length")
honest = connect(server.port)
push(honest, struct.pack("!I", 5) + b"hel")
before, worst, clients = resident_bytes(server.child.pid), 0, []
for number in range(100):
    one = connect(server.port)
    clients.append(one)
    if push(one, struct.pack("!I", 16 * MIB)):
        for _ in range(15):
            if not push(one, bytes(MIB)):
                break
    worst = max(worst, resident_bytes(server.child.pid))
law("a hundred unfinished messages of 15 MB take no more memory than three budgets of 64 MiB",
    worst - before < 192 * MIB, f"{(worst - before) / MIB:.0f} MiB")
law("who was cut off for memory is said, and why", server.said(b"so it was reset"), server.errors[-3:])
push(honest, b"lo")
law("a small message that was unfinished meanwhile comes", until(lambda: server.printed(b"68 65 6c 6c 6f")))
for one in clients:
    one.close()
law("the receiver ends as it was told to", server.stop() == 143, server.errors[-3:])
law("the summary counts those who were reset", server.said(b"whose unfinished messages held too much"))

# 3. One byte each.
server = Watched("receive", "tcp://127.0.0.1:0", "--as", "lines")
before, clients = resident_bytes(server.child.pid), []
for _ in range(1000):
    clients.append(connect(server.port))
    push(clients[-1], b"x")
time.sleep(0.5)
grown = resident_bytes(server.child.pid) - before
law("a thousand clients with one byte of a message each take less than 64 KiB each", grown < 60 * MIB,
    f"{grown / MIB:.0f} MiB")
for one in clients:
    push(one, b"y\r\n")
law("all of them are heard when they go on", until(lambda: len(server.output) >= 1000), len(server.output))
for one in clients:
    one.close()
server.stop()

# 4. Peers that never read, on each transport.
path = os.path.join(folder, "inbox.sock")
for transport in ("tcp", "unix", "seqpacket", "unixgram", "udp"):
    url = f"{transport}://127.0.0.1:0" if transport in ("tcp", "udp") else f"{transport}://{path}"
    server = Watched("serve", "echo", url)
    kind = {"tcp": socket.SOCK_STREAM, "unix": socket.SOCK_STREAM, "seqpacket": socket.SOCK_SEQPACKET}.get(
        transport, socket.SOCK_DGRAM)
    family = socket.AF_INET if transport in ("tcp", "udp") else socket.AF_UNIX
    place = ("127.0.0.1", server.port) if family == socket.AF_INET else path

    def client():
        one = socket.socket(family, kind)
        one.settimeout(10)
        if transport == "unixgram":
            one.bind("")
        one.connect(place)
        return one

    deaf = [client() for _ in range(20)]
    for one in deaf:
        one.setblocking(False)
    honest, slowest = client(), 0.0
    end = time.monotonic() + min(SECONDS, 3)
    while time.monotonic() < end:
        for one in deaf:
            try:
                one.send(bytes(random.choice([10, 1000, 8000, 60000])))
            except OSError:
                pass
        began = time.monotonic()
        # A flood loses datagrams over UDP: whoever wants an answer asks again.
        for _ in range(20 if transport == "udp" else 1):
            honest.settimeout(0.2 if transport == "udp" else 10)
            try:
                honest.send(b"are you there")
                answer = honest.recv(100)
                break
            except OSError as error:
                answer = repr(error)
        slowest = max(slowest, time.monotonic() - began)
        if answer != b"are you there":
            break
    law(f"{transport}: twenty peers that never read do not hold up one that does",
        answer == b"are you there" and slowest < 5, answer, f"{slowest:.2f} s")
    for one in deaf:
        one.close()
    code = server.stop()
    law(f"{transport}: the service ends at the first signal", code == 143, code, server.errors[-3:])
    if transport == "unixgram":
        law("unixgram: answers that were dropped are counted in the summary", server.said(b"that had no room"),
            server.errors[-3:])

# 5. A first message that trickles, and a flood of connections that are reset.
server = Watched("receive", "tcp://127.0.0.1:0", "--as", "lines", "--handshake", "1s", "--connections", "20",
                 "--per-peer", "20")
slow = [connect(server.port) for _ in range(20)]
began, gone = time.monotonic(), 0
while time.monotonic() - began < 8 and gone < 20:
    gone = sum(not push(one, b"x") for one in slow)
    time.sleep(0.1)
law("first messages that trickle do not outlive the limit for the handshake", gone == 20, gone)
for _ in range(int(300 * min(SECONDS, 5))):
    try:
        one = connect(server.port)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.close()
    except OSError:
        pass
# Whoever is refused because the last of the flood are still there asks again.
deadline = time.monotonic() + 15
while time.monotonic() < deadline and not server.printed(b"after the flood"):
    try:
        with connect(server.port) as one:
            push(one, b"after the flood\r\n")
            time.sleep(0.2)
    except OSError:
        pass
law("a client after a flood of connections that were reset is served", server.printed(b"after the flood"))
law("the receiver outlives the flood", server.stop() == 143, server.errors[-3:])

finish()
