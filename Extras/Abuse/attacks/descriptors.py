"""Descriptors 0 to 2 closed, and hardly any others left."""

import itertools
import os
import random
import resource
import socket
import subprocess
import tempfile
import time

from abuse import SECONDS, Ended, finish, free_port, law, run, start, stop, until

folder = tempfile.mkdtemp()
HEADER = os.path.join(folder, "p.h")
with open(HEADER, "w") as file:
    file.write("#include <stdint.h>\nstruct p { uint32_t a; uint16_t b; };\n")


def closing(numbers):
    def close():
        for number in numbers:
            os.close(number)
    return close


def targets(pid):
    found = {}
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            found[int(name)] = os.readlink(f"/proc/{pid}/fd/{name}")
        except OSError:
            pass
    return found


strange, silent, owned = [], [], []
for size in (1, 2, 3):
    for numbers in itertools.combinations((0, 1, 2), size):
        ended = run("layout", HEADER, preexec_fn=closing(numbers))
        if ended.code != (1 if 1 in numbers else 0):
            strange.append((numbers, ended))
        if 1 in numbers and 2 not in numbers and b"EBADF" not in ended.errors:
            silent.append((numbers, ended))
        ended = run("--help", preexec_fn=closing(numbers))
        if ended.code != (1 if 1 in numbers else 0):
            strange.append((numbers, ended))
        port = free_port()
        child = start("receive", f"udp://127.0.0.1:{port}", preexec_fn=closing(numbers))
        time.sleep(0.2)
        held = targets(child.pid)
        for number in numbers:
            if held.get(number) != "/dev/null":
                owned.append((numbers, held))
        # What it says must reach nobody: least of all a socket or a pipe of its own.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(bytes([random.randrange(256)]) * 9 + b"\n", ("127.0.0.1", port))
        time.sleep(0.1)
        code = child.poll()
        ended = stop(child)
        # Where standard output is closed, the message cannot be shown, and that is an error.
        if code not in ((1,) if 1 in numbers else (None,)) or ended.code not in (1, 143):
            strange.append((numbers, code, ended))
law("with any of 0 to 2 closed a command ends as it would, and with 1 where data cannot be written", not strange, *strange)
law("what cannot be written to a closed standard output is told", not silent, *silent)
law("nothing of ours ever gets a number from 0 to 2", not owned, *owned)

broken = []
for count in range(3, 17):
    for words in (["layout", HEADER], ["ports"], ["interfaces"], ["receive", "udp://127.0.0.1:0", "--timeout", "100ms"],
                  ["serve", "echo", "tcp://127.0.0.1:0"], ["call", "udp://127.0.0.1:9", "a", "--timeout", "100ms"],
                  ["send", "tcp://127.0.0.1:9", "a"], ["ports", "9"]):
        limit = lambda count=count: resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))
        child = start(*words, preexec_fn=limit)
        try:
            output, errors = child.communicate(timeout=0.4 if words[0] == "serve" else 20)
            ended = Ended(child.returncode, output, errors, 0)
        except subprocess.TimeoutExpired:
            ended = stop(child, wait=2)
            if ended.code == 143:
                continue
        # 127: the loader of programs itself finds no descriptor for a library.
        good = ended.code in (0, 2, 3) or ended.code in (1, 127) and ended.errors
        if not good:
            broken.append((count, words, ended))
law("with 3 to 16 descriptors a command works, or says what it lacks and ends with 1", not broken, *broken)

# The descriptors are there, and somebody else's: inherited.
broken = []
end = time.monotonic() + SECONDS
while time.monotonic() < end:
    limit, taken = random.randrange(6, 40), random.randrange(3, 40)

    def press():
        for _ in range(min(taken, limit - 3)):
            os.set_inheritable(os.dup(0), True)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    ended = run("receive", "udp://127.0.0.1:0", "--timeout", "50ms", preexec_fn=press, close_fds=False)
    if not (ended.code == 2 or ended.code in (1, 127) and ended.errors):
        broken.append((limit, taken, ended))
law("the same where inherited descriptors have taken them", not broken, *broken)

# A server that runs out while it serves, under load.
port = free_port(socket.SOCK_STREAM)
child = start("serve", "echo", f"tcp://127.0.0.1:{port}",
              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24)))
peers, answered = [], 0
if until(lambda: b":%04X" % port in open("/proc/net/tcp", "rb").read()):
    for _ in range(60):
        peer = socket.create_connection(("127.0.0.1", port))
        peer.settimeout(5)
        peers.append(peer)
    try:
        for _ in range(200):
            peers[0].sendall(b"hello\n")
            answered += bool(peers[0].recv(64))
        time.sleep(1.5)
    except OSError:
        pass
alive = child.poll() is None
for peer in peers:
    peer.close()
ended = stop(child)
law("a server without descriptors serves those it has", alive and answered == 200 and ended.code == 143, answered, ended)
finish()
