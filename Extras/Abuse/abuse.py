"""What the attacks share: running `parley` with limits on time and memory, free ports, and stating laws."""

import os
import random
import signal
import socket
import subprocess
import sys
import time

PARLEY = os.environ.get("PARLEY", "parley")
SECONDS = float(os.environ.get("ABUSE_SECONDS", "2"))
SEED = int(os.environ.get("ABUSE_SEED", "1"))
"""No wait is longer; a command that takes longer hangs."""
WAIT_MAX = 20.0

random.seed(SEED)
_broken = 0


def law(sentence, holds, *found):
    """States a law, and what was found where it does not hold."""
    global _broken
    if holds:
        print(f"   ok: {sentence}", flush=True)
        return
    _broken += 1
    print(f"   BROKEN: {sentence}", *(f"      {line}" for line in map(shorten, found)), sep="\n", flush=True)


def finish():
    sys.exit(1 if _broken else 0)


def shorten(found, most=600):
    text = found if isinstance(found, str) else repr(found)
    return text if len(text) <= most else text[:most] + "…"


class Ended:
    """How a command ended."""

    def __init__(self, code, output, errors, seconds):
        self.code, self.output, self.errors, self.seconds = code, output, errors, seconds

    @property
    def crashed(self):
        """Ended by a signal that nobody sent: a trap, a bad address, an abort."""
        return self.code is not None and -self.code in (
            signal.SIGILL, signal.SIGTRAP, signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGSYS)

    @property
    def hung(self):
        return self.code is None

    def __repr__(self):
        how = "hung" if self.hung else f"exit {self.code}"
        return f"{how} after {self.seconds:.1f} s, stdout {self.output[-300:]!r}, stderr {self.errors[-600:]!r}"


def run(*words, input=b"", wait=WAIT_MAX, **more):
    """Runs `parley` to its end. One that hangs is killed, and its code is None."""
    began = time.monotonic()
    child = start(*words, stdin=subprocess.PIPE, **more)
    try:
        output, errors = child.communicate(input, timeout=wait)
        return Ended(child.returncode, output or b"", errors or b"", time.monotonic() - began)
    except subprocess.TimeoutExpired:
        child.kill()
        output, errors = child.communicate()
        return Ended(None, output or b"", errors or b"", time.monotonic() - began)


def start(*words, **more):
    """Starts `parley`, with pipes unless told otherwise."""
    more.setdefault("stdin", subprocess.DEVNULL)
    more.setdefault("stdout", subprocess.PIPE)
    more.setdefault("stderr", subprocess.PIPE)
    return subprocess.Popen([PARLEY, *map(str, words)], **more)


def stop(child, number=signal.SIGTERM, wait=WAIT_MAX):
    """Ends a command that was started, as a user would, and tells how it ended."""
    began = time.monotonic()
    if child.poll() is None:
        child.send_signal(number)
    try:
        output, errors = child.communicate(timeout=wait)
        return Ended(child.returncode, output or b"", errors or b"", time.monotonic() - began)
    except subprocess.TimeoutExpired:
        child.kill()
        output, errors = child.communicate()
        return Ended(None, output or b"", errors or b"", time.monotonic() - began)


def free_port(kind=socket.SOCK_DGRAM, family=socket.AF_INET, host="127.0.0.1"):
    with socket.socket(family, kind) as one:
        one.bind((host, 0))
        return one.getsockname()[1]


def until(holds, wait=WAIT_MAX, pause=0.02):
    """Waits until something holds; whether it did in time."""
    end = time.monotonic() + wait
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(pause)
    return bool(holds())


def listening(port, kind="tcp"):
    """Whether some socket of this host is bound to the port."""
    wanted = f":{port:04X}"
    for name in (kind, kind + "6"):
        try:
            with open(f"/proc/net/{name}") as table:
                for line in table.readlines()[1:]:
                    words = line.split()
                    if words[1].endswith(wanted) and (kind != "tcp" or words[3] == "0A"):
                        return True
        except OSError:
            pass
    return False


def resident_bytes(pid):
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0
