"""Blocks standard input, output and error of every command: pipes that nobody reads or writes, FIFOs without another end. The
first signal ends every command, no service waits for who reads its words, and what is dropped is counted."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from abuse import PARLEY, SECONDS, finish, free_port, law, listening, run, start, until

PATIENCE = 3.0
"""A second is promised; the machine may be busy."""


def full_pipe():
    """A pipe that takes nothing more: its reading end and its writing one."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"." * 4096)
    except BlockingIOError:
        pass
    try:
        while True:
            os.write(writer, b".")
    except BlockingIOError:
        pass
    # The open file is the command's, too.
    os.set_blocking(writer, True)
    return reader, writer


class Blocked:
    """A command whose streams are stuck."""

    def __init__(self, *words, stdin=None, blocks=("stdout", "stderr"), **more):
        self.ends = []
        streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        for name in blocks:
            reader, writer = full_pipe()
            self.ends.append(reader)
            streams[name] = writer
        if stdin is None:
            self.quiet = os.pipe()
            stdin = self.quiet[0]
        else:
            self.quiet = ()
        self.child = subprocess.Popen([PARLEY, *map(str, words)], stdin=stdin, **streams, **more)
        for name in blocks:
            os.close(streams[name])

    def end(self, number=signal.SIGTERM):
        """Signals once; how long it took, and the code."""
        began = time.monotonic()
        if self.child.poll() is None:
            self.child.send_signal(number)
        try:
            code = self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            code = None
        took = time.monotonic() - began
        for end in [*self.ends, *self.quiet]:
            os.close(end)
        return code, took


def every_command(folder):
    """With all that can be stuck, stuck."""
    fifo = folder / "fifo"
    os.mkfifo(fifo)
    raw = folder / "raw"
    raw.write_bytes(os.urandom(1 << 20))
    header = folder / "h.h"
    header.write_text("struct s { int a; };\n")
    commands = [
        ["receive", "udp://127.0.0.1:0", "-v"], ["receive", "tcp://127.0.0.1:0", "-v"], ["receive", f"unixgram:{folder}/r", "-v"],
        ["serve", "echo", "udp://127.0.0.1:0", "-v"], ["serve", "echo", "tcp://127.0.0.1:0", "-v"],
        ["impair", "udp://127.0.0.1:0", "--to", "udp://127.0.0.1:9", "-v"],
        ["send", "udp://127.0.0.1:9", "-v"], ["send", "udp://127.0.0.1:9", f"@{fifo}", "-v"], ["call", "udp://127.0.0.1:9", "-v"], ["call", "udp://127.0.0.1:9", "--timeout", "1h", "x"],
        ["encode", "--as", "a:u8"], ["encode", "--as", "a:u8", "a=1"], ["encode", "--as", "a:u8", f"@{fifo}"], ["encode", "--as", "a:u8", "a=1", "--output", fifo],
        ["encode", "--as", "a:bytes[4]", f"a=@{fifo}"],
        ["decode", "--as", "a:u8"], ["decode", "--as", "a:u8", fifo], ["decode", "--as", "a:u8", "--raw", f"@{fifo}"], ["decode", "--as", "a:u8", "--raw", raw],
        ["decode", "--as", "a:u8", "--raw", raw, "--json"], ["decode", "--as", "raw", "--raw", raw],
        ["capture", "-i", "lo"], ["capture", "-i", "lo", "--write", "-"], ["capture", "-i", "lo", "--write", fifo],
        ["layout", f"{fifo}:s"], ["layout", header, "--diff", fifo], ["layout", "a:u8"], ["layout", "a:u8", "--svg", "-"], ["layout", "a:u8", "--svg", fifo], ["layout", "a:u8", "--emit", "c"],
        ["ports"], ["ports", "--watch"], ["ports", "--watch", "--json"], ["ports", "9"], ["ports", "--matrix"], ["options"], ["families"], ["interfaces"], ["tour"],
        ["--help"], ["receive", "--help"], ["--version"], ["--generate-completion-script", "bash"], ["--nonsense"], ["receive", "nonsense"],
    ]
    root = json.loads(run("--experimental-dump-help").output)["command"]
    names = {command["commandName"] for command in root["subcommands"]} - {"help"}
    law("every command is attacked", names == {words[0] for words in commands if not words[0].startswith("-")}, names)
    slow, wrong = [], []
    for number, blocks in [(signal.SIGTERM, ("stdout", "stderr")), (signal.SIGINT, ("stdout",))]:
        # A few at a time: most of it is waiting.
        for first in range(0, len(commands), 12):
            running = [(words, Blocked(*words, blocks=blocks)) for words in commands[first:first + 12]]
            time.sleep(0.7)
            ended = {}

            def one(index, blocked):
                ended[index] = blocked.end(number)

            threads = [threading.Thread(target=one, args=(index, blocked)) for index, (_, blocked) in enumerate(running)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for index, (words, _) in enumerate(running):
                code, took = ended[index]
                if code is None or took > PATIENCE:
                    slow.append(f"{words} {blocks}: {took:.1f} s, code {code}")
                elif code not in (0, 1, 2, 3, 4, 5, 64, 77, 128 + number):
                    wrong.append(f"{words} {blocks}: code {code}")
    law("the first signal ends every command, whatever is stuck", not slow, *slow)
    law("and the exit code says so", not wrong, *wrong)


def a_name_without_an_answer():
    """A name server that never answers, in a network of its own."""
    if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("ip"):
        print("   skipped: a name server of our own needs root, unshare and ip")
        return
    script = f"""
import os, signal, socket, subprocess, sys, tempfile, time
subprocess.run(["ip", "link", "set", "lo", "up"])
silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); silent.bind(("127.0.0.1", 53))
place = tempfile.NamedTemporaryFile("w"); place.write("nameserver 127.0.0.1\\n"); place.flush()
if subprocess.run(["mount", "--bind", place.name, "/etc/resolv.conf"], stderr=subprocess.DEVNULL).returncode: sys.exit(3)
for words in [["send", "udp://nobody.example:9", "x"], ["call", "tcp://nobody.example:9", "x"], ["receive", "udp://nobody.example:9"], ["ports", "nobody.example:9"],
              ["encode", "--as", "a:u8", "a=1", "--to", "pcap", "--source", "nobody.example:9"]]:
    child = subprocess.Popen([{PARLEY!r}, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    time.sleep(0.7)
    began = time.monotonic(); child.send_signal(signal.SIGTERM)
    try: child.wait({PATIENCE})
    except subprocess.TimeoutExpired: child.kill(); print(words, "is still there")
"""
    ended = subprocess.run(["unshare", "-m", "-n", "python3", "-c", script], capture_output=True)
    if ended.returncode == 3:
        print("   skipped: this host mounts nothing over /etc/resolv.conf")
        return
    law("a signal ends the wait for a name", ended.returncode == 0 and not ended.stdout, ended.stdout, ended.stderr[-300:])


def words_never_block(kind):
    """A service whose words nobody reads answers as before, and says later what it did not say."""
    port = free_port(socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
    child = start("serve", "echo", f"{kind}://127.0.0.1:{port}", "-v")
    until(lambda: listening(port, kind))
    answered = 0
    count = 30000 if kind == "udp" else 6000
    for number in range(count):
        if kind == "udp":
            if number == 0:
                peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                peer.connect(("127.0.0.1", port))
                peer.settimeout(5)
        else:
            peer = socket.create_connection(("127.0.0.1", port), timeout=5)
        try:
            peer.send(b"x" * 8)
            answered += peer.recv(100) == b"x" * 8
        except OSError:
            break
        if kind != "udp":
            peer.close()
    peer.close()
    # Somebody reads again: what is left comes in order, with a count of what is not.
    lines = []

    def read():
        for line in child.stderr:
            lines.append(line)

    reader = threading.Thread(target=read)
    reader.start()
    until(lambda: any(b"dropped" in line for line in lines), wait=10)
    child.send_signal(signal.SIGTERM)
    code = child.wait(20)
    reader.join()
    law(f"a service over {kind} answers though nobody reads its words", answered == count, answered)
    said = sum(1 for line in lines if b"127.0.0.1:" in line and b"serving" not in line)
    dropped = [int(line.split(b"parley: ")[1].split()[0]) for line in lines if b"dropped: standard error was not read" in line and b"served" not in line]
    expected = count if kind == "udp" else 2 * count
    law("what was dropped is counted, every line", sum(dropped) + said == expected, dropped, said, lines[-3:])
    law("the summary says it, too", any(b"served" in line and b"dropped" in line for line in lines), lines[-2:])
    law("every line is whole", all(line.startswith(b"parley: ") and line.endswith(b"\n") for line in lines), lines[:2])
    law("the signal ends it with its code", code == 143, code)


def other_kinds_of_stderr():
    """A terminal, a socket, and one pipe for both streams: none of them stops a service, none is made non-blocking."""
    for kind in ["terminal", "socket", "one pipe"]:
        if kind == "terminal":
            ours, theirs = os.openpty()
        elif kind == "socket":
            one, other = socket.socketpair()
            ours, theirs = one.detach(), other.detach()
        else:
            ours, theirs = os.pipe()
        port = free_port()
        child = start("serve", "echo", f"udp://127.0.0.1:{port}", "-v", stdout=theirs if kind == "one pipe" else subprocess.DEVNULL, stderr=theirs)
        until(lambda: listening(port, "udp"))
        answered = 0
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.connect(("127.0.0.1", port))
            peer.settimeout(5)
            for number in range(20000):
                peer.send(b"x")
                try:
                    answered += peer.recv(10) == b"x"
                except OSError:
                    break
        law(f"a service answers though nobody reads its {kind}", answered == 20000, answered)
        law("the open file stays blocking for those who share it", os.get_blocking(theirs))
        began = time.monotonic()
        child.send_signal(signal.SIGTERM)
        code = child.wait(20)
        law("the first signal ends it", code == 143 and time.monotonic() - began < PATIENCE, code, time.monotonic() - began)
        os.close(ours)
        os.close(theirs)


def data_is_never_dropped():
    """`receive` waits for who reads its data: every message of a stream is there in the end."""
    port = free_port(socket.SOCK_STREAM)
    child = start("receive", f"tcp://127.0.0.1:{port}", "--as", "lines", "--count", "40000")
    until(lambda: listening(port))
    text = b"".join(b"line %d\n" % number for number in range(40000))
    with socket.create_connection(("127.0.0.1", port)) as peer:
        sender = threading.Thread(target=lambda: peer.sendall(text))
        sender.start()
        time.sleep(1)
        output = child.communicate(timeout=60)[0]
        sender.join()
    numbers = [line.rsplit(b" ", 1)[1] for line in output.splitlines() if b"line " in line]
    law("a slow reader of data gets all of it", numbers == [b"%d" % number for number in range(40000)], len(numbers))


def last_words():
    """Many words and no reader for a moment: a command with an end loses none of them."""
    child = start("decode", "--raw", "--as", "a:u8 b:text", "--framing", "length2", "-v", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    text = b"\0\0" * 20000

    def write():
        child.stdin.write(text)
        child.stdin.close()

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(1)
    lines = child.stderr.read().splitlines()
    writer.join()
    child.wait(20)
    told = sum(1 for line in lines if b"no such message" in line)
    law("a command with an end waits for who reads its words", told == 20000, told, lines[-2:])
    ended = subprocess.run(f"{PARLEY} receive nonsense 2>&1 | cat", shell=True, capture_output=True, timeout=20)
    law("the last words are written", b"parley:" in ended.stdout, ended.stdout)


def signals_at_random(end):
    """Whenever it comes."""
    slow = []
    while time.monotonic() < end:
        port = free_port()
        blocked = Blocked("receive", f"udp://127.0.0.1:{port}", "-v", "--as", random.choice(["text", "hex", "a:u32"]), blocks=random.choice([("stdout",), ("stderr",), ("stdout", "stderr")]))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            stop_at = time.monotonic() + random.random() * 0.5
            while time.monotonic() < stop_at:
                peer.sendto(b"abcd" * random.randrange(3), ("127.0.0.1", port))
        code, took = blocked.end(random.choice([signal.SIGTERM, signal.SIGINT]))
        if code is None or took > PATIENCE or code not in (143, 130, -15, -2):
            slow.append(f"{took:.1f} s, code {code}")
    law("at any moment", not slow, *slow)


with tempfile.TemporaryDirectory() as name:
    every_command(Path(name))
a_name_without_an_answer()
words_never_block("udp")
words_never_block("tcp")
other_kinds_of_stderr()
data_is_never_dropped()
last_words()
signals_at_random(time.monotonic() + SECONDS)
finish()
