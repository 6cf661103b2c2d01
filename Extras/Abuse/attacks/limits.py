"""Hardly any threads, memory, stack or room on the disk."""

import os
import random
import resource
import subprocess
import tempfile
import time

from abuse import SECONDS, Ended, finish, law, start, stop

folder = tempfile.mkdtemp()
os.chmod(folder, 0o755)
HEADER = os.path.join(folder, "p.h")
with open(HEADER, "w") as file:
    file.write("#include <stdint.h>\nstruct p { uint32_t a; uint16_t b; };\n")
with open(os.path.join(folder, "big"), "wb") as file:
    file.write(os.urandom(3 << 20))

COMMANDS = [
    ["layout", HEADER], ["receive", "udp://127.0.0.1:0", "--timeout", "100ms"], ["serve", "echo", "tcp://127.0.0.1:0"],
    ["call", "udp://127.0.0.1:9", "a", "--timeout", "100ms"], ["ports"],
    ["decode", "--as", f"{HEADER}:p", "--json", os.path.join(folder, "big")],
    ["send", "udp://localhost:9", "a"], ["encode", "--as", "a:u32", "a=1"],
]
# What a command may end with when nothing is wrong: done, nothing came, refused, misfits.
FINE = (0, 2, 3, 5)


def attempt(words, limit, patience=8.0):
    """How it ended; one that serves is ended by SIGTERM, and must end within two seconds."""
    child = start(*words, preexec_fn=limit)
    try:
        output, errors = child.communicate(timeout=0.5 if words[0] == "serve" else patience)
        return Ended(child.returncode, output, errors, 0)
    except subprocess.TimeoutExpired:
        ended = stop(child, wait=2)
        return ended if words[0] == "serve" or ended.hung else Ended(None, ended.output, ended.errors, patience)


def is_good(ended):
    return ended.code in FINE or ended.code in (-15, 143) or ended.code == 1 and ended.errors != b"" \
        or ended.code == 127 and b"loading shared libraries" in ended.errors


def sweep(sentence, values, limit):
    broken = []
    for value in values:
        for words in COMMANDS:
            ended = attempt(words, lambda: limit(value))
            if not is_good(ended):
                broken.append((value, words[0], ended))
    law(sentence, not broken, *broken[:6])


def of(kind):
    return lambda value: resource.setrlimit(kind, (value, value))


def as_nobody(value):
    resource.setrlimit(resource.RLIMIT_NPROC, (value, value))
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)


sweep("with 1 to 8 threads a command works, or says what it lacks and ends with 1", (1, 2, 3, 4, 5, 8), as_nobody)
sweep("so with 40 to 400 MB of addresses", [mb << 20 for mb in (40, 50, 60, 70, 80, 90, 100, 120, 160, 240, 400)],
      of(resource.RLIMIT_AS))
sweep("so with 4 to 64 MB of data", [mb << 20 for mb in (4, 6, 8, 12, 16, 24, 32, 64)], of(resource.RLIMIT_DATA))
sweep("so with little stack", [kb << 10 for kb in (32, 64, 256, 512, 1024, 4096)], of(resource.RLIMIT_STACK))

broken = []
for words in (["encode", "--as", "a:u32", "a=1"], ["layout", HEADER], ["--help"], ["--version"],
              ["decode", "--as", f"{HEADER}:p", "--json", os.path.join(folder, "big")]):
    for name, place, limit in (("/dev/full", "/dev/full", None),
                               ("RLIMIT_FSIZE", os.path.join(folder, "out"), lambda: of(resource.RLIMIT_FSIZE)(0))):
        with open(place, "wb") as output:
            child = start(*words, stdout=output, preexec_fn=limit)
            errors = child.communicate(timeout=20)[1]
        if child.returncode != 1 or not errors:
            broken.append((name, words, child.returncode, errors))
law("data that finds no room is an error, never a signal", not broken, *broken)

broken = []
end = time.monotonic() + SECONDS
while time.monotonic() < end:
    megabytes, descriptors = random.randrange(40, 400), random.randrange(4, 40)

    def limit():
        of(resource.RLIMIT_NOFILE)(descriptors)
        of(resource.RLIMIT_AS)(megabytes << 20)
    words = random.choice(COMMANDS)
    ended = attempt(words, limit)
    if not is_good(ended):
        broken.append((megabytes, descriptors, words[0], ended))
law("so with several limits at once", not broken, *broken[:6])
finish()
