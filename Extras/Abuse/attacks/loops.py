"""Services that answer everything, introduced to each other and to themselves by forged senders."""

import os
import re
import socket
import struct
import subprocess
import time

from abuse import SECONDS, finish, law, start, stop, until


def service(name, url="udp://127.0.0.1:0", *more):
    child = start("serve", name, url, *more)
    line = ""
    while " at " not in line and child.poll() is None:
        line = child.stderr.readline().decode()
    # "... at udp://:8089 (IPv4 and IPv6)"
    port = re.search(r"://\S*:(\d+)", line)
    return child, int(port.group(1)) if port else 0


def counts(child):
    ended = stop(child)
    text = ended.errors.decode(errors="replace")
    served = re.search(r"served (\d+) datagram", text)
    return ended, int(served.group(1)) if served else -1, text


try:
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
except PermissionError:
    print("   skipped: forging a sender needs root")
    finish()


def forge(source, target, body, address="127.0.0.1"):
    datagram = struct.pack("!HHHH", source, target, 8 + len(body), 0) + body
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(datagram), 0, 0, 64, 17, 0,
                         socket.inet_aton(address), socket.inet_aton("127.0.0.1"))
    raw.sendto(header + datagram, ("127.0.0.1", target))


reply = ("--as", "n:u32 m:u32", "m={n}")
for one, other in (("echo", "echo"), ("echo", "stamp"), ("daytime", "stamp"), ("time", "echo"), ("reply", "echo")):
    first, port = service(one, "udp://127.0.0.1:0", *(reply if one == "reply" else ()))
    second, peer = service(other)
    for number in range(8):
        forge(peer, port, struct.pack("!II", number, number))
    time.sleep(1.5)
    ended, answers, text = counts(first)
    more, others, _ = counts(second)
    law(f"serve {one} and serve {other} end their conversation by themselves", 8 <= answers + others < 3000,
        f"{answers} + {others} answers", text)
    law(f"serve {one}: loops are counted and remarked on", "of services and loops" in text or "of services" in _, text, _)

for url in ("udp://127.0.0.1:0", "udp://:0", "udp://0.0.0.0:0"):
    child, port = service("echo", url)
    for address in ("127.0.0.1", "127.0.0.77"):
        for number in range(10):
            forge(port, port, b"self%d" % number, address)
    time.sleep(0.3)
    ended, served, text = counts(child)
    law(f"serve echo {url} never answers itself", 10 <= served <= 30, text)

# A service of somebody else that sends back what comes, and moves on to strangers' datagrams at once.
foreign = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
foreign.bind(("127.0.0.1", 0))
foreign.settimeout(0.3)
child, port = service("echo")
for number in range(4):
    forge(foreign.getsockname()[1], port, b"round and round %d" % number)
answered = 0
try:
    while answered < 100_000:
        bytes_, sender = foreign.recvfrom(1000)
        foreign.sendto(bytes_, sender)
        answered += 1
except TimeoutError:
    pass
ended, served, text = counts(child)
law("a loop with somebody else's service ends", served < 2000, served, text)

# Clients that ask the same as fast as they can, with an address of the service's and without.
child, port = service("echo")
for is_connected in (False, True):
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.settimeout(5)
    if is_connected:
        client.connect(("127.0.0.1", port))
    sent, came, end = 0, 0, time.monotonic() + min(SECONDS, 3)
    try:
        while time.monotonic() < end:
            if is_connected:
                client.send(b"ping")
            else:
                client.sendto(b"ping", ("127.0.0.1", port))
            sent += 1
            came += client.recv(100) == b"ping"
    except TimeoutError:
        pass
    law("a client that repeats its question at once is answered each time", sent == came and sent > 500,
        f"{came} of {sent}")
ended, served, text = counts(child)
law("and is not taken for a loop", "loops" not in text, text)

finish()
