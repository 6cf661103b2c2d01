"""No /proc: an empty file system in its place, or a root directory that has none. Needs root."""

import os
import subprocess
import sys
import tempfile

from abuse import PARLEY, Ended, WAIT_MAX, finish, law

if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"]).returncode != 0:
    print("   skipped: needs root")
    sys.exit(0)

folder = tempfile.mkdtemp()
HEADER = os.path.join(folder, "p.h")
with open(HEADER, "w") as file:
    file.write("#include <stdint.h>\nstruct p { uint32_t a; uint16_t b; };\n")


def without(*words, before="mount -t tmpfs none /proc"):
    line = before + ' && exec "$0" "$@"'
    done = subprocess.run(["unshare", "-m", "sh", "-c", line, PARLEY, *words],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT_MAX)
    return Ended(done.returncode, done.stdout, done.stderr, 0)


said = without("layout", HEADER)
law("arguments are those of main", said.code == 0 and b"windows-x64" in said.output, said)
said = without("frobnicate")
law("wrong arguments are wrong", said.code == 64, said)
said = without("encode", "--as", "a:u32", *["a=1"])
law("data is written as ever", said.code == 0 and said.output != b"", said)

said = without("ports")
law("who holds a socket is unknown, and that is said", said.code == 0 and b"/proc is not mounted" in said.errors, said)
law("no socket of a process is said to have none", not any(
    line.endswith(b" -") and b"LISTEN" in line for line in said.output.splitlines()), said)
said = without("ports", "--process", "1")
law("a process that cannot be looked for is not said to have no socket", said.code == 1, said)
said = without("interfaces")
law("groups are unknown, and that is said", said.code == 0 and b"/proc is not mounted" in said.errors
    and b"no socket has joined" not in said.output, said)
said = without("interfaces", "--json")
law("for programs too", b'"groups":null' in said.output, said)
said = without("ports", "9")
law("a port's report claims no count that nobody read", said.code == 0 and b"/proc is not mounted" in said.errors
    and b"none has overflowed" not in said.output, said)
for words in (["families"], ["options"], ["options", "tcp"], ["capture", "--interface", "lo", "--timeout", "200ms"],
              ["receive", "udp://127.0.0.1:0", "--timeout", "200ms"], ["send", "udp://127.0.0.1:9", "a"]):
    said = without(*words)
    law(f"{words[0]} ends as with /proc", said.code in (0, 2, 3) and not said.crashed, said)

# Work that waits for threads, which is when the runtime would look at them in /proc.
child = subprocess.Popen(
    ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /proc && exec "$0" "$@"', PARLEY, "serve", "echo",
     "tcp://127.0.0.1:0", "-v"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
try:
    child.wait(timeout=3)
except subprocess.TimeoutExpired:
    pass
law("a server lives without /proc", child.poll() is None, child.poll())
child.terminate()
law("and ends by SIGTERM", child.wait(timeout=WAIT_MAX) == 143)
finish()
