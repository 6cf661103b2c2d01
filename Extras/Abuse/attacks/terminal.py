"""Puts text that commands a terminal, forges lines or is no UTF-8 wherever Parley takes text from outside: every argument of
every command, headers, file names, messages, names of peers, processes, sockets and interfaces, the environment. Nothing
that `parley` prints may hold a character that a terminal obeys, but line ends, tabs and its own colours."""

import ctypes
import json
import os
import random
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from abuse import PARLEY, SECONDS, finish, law, run, start, stop, until

FORGED = "parley: all is well"
PIECES = [
    b"\x1b[31m", b"\x1b]0;title\x07", b"\x1b[2J\x1b[H", b"\n" + FORGED.encode() + b"\n", b"\r" + FORGED.encode(), b"\x9b31m", b"\xc2\x9b31m",
    "\u202e".encode(), "\u2066".encode(), "\u2069".encode(), "\u2028".encode(), "\u200f".encode(), b"\x7f", b"\x08\x08", b"\xff\xfe", b"\x0e", b"\x05",
    b"\xed\xa0\x80", b"\xf4\x90\x80\x80", "\U000e0041".encode(), b"\x85", b"\xc2\x85", b"\x1bP1$r\x1b\\", b"\x0b\x0c",
]
"""Without line breaks, which some places cannot hold."""
EVERYTHING = b"a" + b"b".join(PIECES) + b"c"
SHORT = b"\x1b[31m\xc2\x9b\x7f"

COLOR = re.compile(rb"\x1b\[[0-9;]{0,10}m")
COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
checked = 0
wrong = []


def check(where, output, colored=False, isData=False):
    """Takes note of what must not be on a terminal. Data may have lines of its own."""
    global checked
    checked += 1
    if colored:
        output = COLOR.sub(b"", output)
    try:
        text = output.decode()
    except UnicodeDecodeError as error:
        wrong.append(f"{where}: not UTF-8 at {error.start}: {output[max(0, error.start - 40):error.start + 20]!r}")
        return
    found = COMMANDS.search(text)
    if found:
        wrong.append(f"{where}: {text[max(0, found.start() - 60):found.start() + 20]!r}")
    if not isData and any(line.startswith(FORGED) for line in text.split("\n")):
        wrong.append(f"{where}: a line that nobody has said: {text[:300]!r}")


def look(*words, input=b"", where=None, wait=5, **more):
    """Runs a command in each of four ways, and looks at both of its streams. Those that serve are ended."""
    for flags in [[], ["--color", "always"], ["--json"], ["--json", "--color", "always", "-v"]] if more.pop("all", True) else [["-v", "--color", "always"]]:
        once(list(words) + flags, input, where, wait, **more)


def once(words, input=b"", where=None, wait=5, isData=False, **more):
    words = [os.fsencode(str(word)) if not isinstance(word, bytes) else word for word in words]
    child = subprocess.Popen([PARLEY, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    try:
        output, errors = child.communicate(input, timeout=wait)
    except subprocess.TimeoutExpired:
        child.terminate()
        output, errors = child.communicate(timeout=20)
    name = f"{where or b' '.join(words)!r}"[:300]
    colored = b"always" in words and b"--json" not in words
    check(name + " stdout", output, colored, isData)
    check(name + " stderr", errors, b"always" in words)
    if child.returncode < 0:
        wrong.append(f"{name}: ended by signal {-child.returncode}")
    return output, errors


def settle(sentence):
    law(f"{sentence} ({checked} outputs)", not wrong, *wrong[:8])
    wrong.clear()


# Every command as the command itself lists them, with words that make it run shortly. A new command has to be added here.
BASES = {
    "receive": ["udp://127.0.0.1:0", "--timeout", "20ms"], "send": ["udp://127.0.0.1:9", "--as", "a:u8", "a=1"],
    "serve": ["echo", "tcp://127.0.0.1:99999"], "call": ["udp://127.0.0.1:9", "--timeout", "20ms", "x"],
    "encode": ["--as", "a:u8", "a=1"], "decode": ["--as", "a:u8", "07"], "capture": ["--timeout", "20ms"], "layout": ["a:u8"],
    "ports": [], "options": [], "families": [], "interfaces": [], "tour": ["layout"],
    "impair": ["udp://127.0.0.1:99999", "--to", "udp://127.0.0.1:9"],
}


def tree():
    return json.loads(run("--experimental-dump-help").output)["command"]


def options(command):
    for argument in command.get("arguments", []):
        if argument["kind"] == "option":
            names = argument["names"]
            name = next((name for name in names if name["kind"] == "long"), names[0])
            yield ("--" if name["kind"] == "long" else "-") + name["name"]


def arguments(hostile, all=True, one=None):
    root = tree()
    names = [command["commandName"] for command in root["subcommands"] if command["commandName"] != "help"]
    if one is None:
        law("every command is attacked", set(names) == set(BASES), names)
        look(hostile)
        look(b"--" + hostile)
        look("help", hostile)
    for command in root["subcommands"]:
        name = command["commandName"]
        if name not in BASES or one is not None and name != one:
            continue
        words = [name, *BASES[name]]
        cases = [words[:1] + [hostile], words + [hostile], words + [b"--" + hostile], words + [b"-" + hostile], words + [b"--color=" + hostile]]
        for option in options(command):
            cases.append(words + [option, hostile])
        if one is not None:
            cases = random.sample(cases, min(3, len(cases)))
        for case in cases:
            if name == "ports" and b"--matrix" in [os.fsencode(str(word)) for word in case]:
                continue
            look(*case, wait=0.5, all=False)


def headers(folder, hostile):
    line = hostile.replace(b"\n", b" ")
    texts = {
        "error": b"#error " + line + b"\nstruct s { int a; };\n", "include": b'#include "' + line + b'"\nstruct s { int a; };\n',
        "system": b"#include <" + line + b">\nstruct s { int a; };\n", "body": b"struct s { int " + hostile + b"; };\n",
        "type": b"struct s { " + hostile + b" a; };\n", "comment": b"struct s { int a; /* " + hostile + b" */ };\n",
        "string": b'#define X "' + line + b'"\nstruct s { char a[sizeof(X)]; };\n', "assert": b'struct s { int a; };\n_Static_assert(0, "' + line + b'");\n',
        "pragma": b"#pragma " + line + b"\nstruct s { int a; };\n", "directive": b"#" + line + b"\nstruct s { int a; };\n",
        "attribute": b"struct __attribute__((" + line + b")) s { int a; };\n", "macro": b"#define F(x) x\nint a[F(" + hostile + b")];\nstruct s { int a; };\n",
        "name": b"struct s { int a\xc3\xa4\xe2\x80\xae; };\n", "before": b"\t" + line + b" struct s { int a; }; @\n",
    }
    plain = folder / "plain.h"
    plain.write_bytes(b"struct s { int a; };\n")
    for name, text in texts.items():
        path = folder / f"{name}.h"
        path.write_bytes(text)
        look("layout", f"{path}:s", where=f"header {name}", all=False)
        once(["layout", path, "--json"], where=f"header {name}")
        look("layout", path, "--diff", plain, where=f"diff {name}", all=False)
        look("encode", "--as", f"{path}:s", "a=1", where=f"encode {name}", all=False)
    # Names of files that are there, and of those that are not.
    for name in [line.replace(b"/", b"_")[:200] + b".h", SHORT + b"\nx.h"]:
        path = os.fsencode(folder) + b"/" + name
        try:
            Path(os.fsdecode(path)).write_bytes(b"struct s { int a; }; /* */\n")
        except OSError:
            continue
        for extra in [[], ["--emit", "c"], ["--emit", "swift"], ["--emit", "lua"], ["--emit", "kaitai"], ["--svg", "-"]]:
            look("layout", path + b":s", *extra, where=f"file name {extra}", all=False)
        look("layout", path, "--diff", path + b"2", where="file name, diff", all=False)
        look("decode", path, "--as", "a:u8", where="file name, decode", all=False)
        look("send", "udp://127.0.0.1:9", b"@" + path + b"2", where="file name, send", all=False)
        look("encode", "--as", "a:u8", "a=1", "--output", path + b"/x", where="file name, output", all=False)
        look("encode", "--as", "a:bytes[4]", b"a=@" + path, where="file for a field", all=False)
    for extra in [[], ["--json"], ["--emit", "c"], ["--emit", "swift"], ["--emit", "lua"], ["--emit", "kaitai"], ["--svg", "-"]]:
        once(["layout", b"na" + line + b"me:u8", *extra], where=f"spelled name {extra}")
        if "--emit" in extra:
            once(["layout", "a:u8", *extra, "--name", hostile], where=f"--name {extra}")


def emitted(folder, hostile):
    """A comment that a name ends would be code of a stranger's choice."""
    evil = os.fsencode(folder) + b"/x\nint evil;\n\xe2\x80\xa8int evil;.h"
    Path(os.fsdecode(evil)).write_bytes(b"struct s { int a; };\n")
    for target in ["c", "swift", "lua", "kaitai"]:
        output, _ = once(["layout", evil + b":s", "--emit", target], where=f"emit {target}")
        if any(line.lstrip().startswith(b"int evil") for line in output.split(b"\n")):
            wrong.append(f"emit {target}: a file name became code: {output[:200]!r}")


def messages(hostile):
    text = hostile.replace(b"\0", b"")
    hexed = text.hex()
    for words in [["--as", "text"], ["--as", "lines"], ["--as", "hex"], ["--as", "a:text"], ["--as", f"a:char[{len(text)}]"], ["--as", "a:bytes"], []]:
        for flags in [[], ["--json"], ["--color", "always"]]:
            once(["decode", *words, *flags, hexed], where=f"message {words}", isData=True)
    once(["decode", "--as", "json", b'{"a":"x'.hex() + json.dumps(text.decode("utf-8", "replace"))[1:-1].encode().hex() + b'"}'.hex()], where="JSON message")
    for line in [b'{"' + text.replace(b'"', b"") + b'":1}', json.dumps({text.decode("utf-8", "replace"): 1}).encode(), text, b'{"a":"' + text + b'"}', b'{"a":' + text + b"}"]:
        look("encode", "--as", "a:u8", input=line + b"\n", where="line of JSON", all=False)
        look("encode", "--as", "a:text", input=line + b"\n", where="line of JSON", all=False)
        look("encode", "--as", "json", input=line + b"\n", where="line of JSON", all=False)
    for form in ["hex", "hex-lines", "raw", "pcap", "pcapng"]:
        look("decode", "--from", form, "--as", "a:text", input=text, where=f"decode --from {form}", all=False, isData=True)
    look("decode", "--as", "a:u8 b:u8", input=b"00000000: 6162  " + text + b"\n", where="text beside a dump", all=False)


def exact():
    text = EVERYTHING
    output = run("decode", "--raw", "--as", "raw", input=text).output
    law("--as raw writes the bytes themselves", output == text, output)
    shown = run("decode", "--raw", "--as", "a:text", "--json", input="x\u202ey\u2028\x1b\x7f\u009b\U000e0041z".encode()).output
    law("JSON says the same, escaped", json.loads(shown)["fields"]["a"] == "x\u202ey\u2028\x1b\x7f\u009b\U000e0041z", shown)


def peers(folder):
    """A peer chooses its own path or name, and what it says."""
    place = folder / "inbox"
    for flags in [["-v"], ["--json", "-v"], ["--color", "always", "-v"]]:
        for words in [["receive", f"unixgram:{place}", "--as", "text"], ["serve", "echo", f"unixgram:{place}"], ["receive", f"unixgram:{place}", "--as", "a:u32"]]:
            place.unlink(missing_ok=True)
            child = start(*words, *flags)
            if not until(place.exists):
                stop(child)
                continue
            for name in [os.fsencode(folder) + b"/\x1b[31m\n\xc2\x9b\x7f", b"\0" + EVERYTHING[:100]]:
                with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
                    try:
                        os.unlink(name) if name[0] else None
                    except OSError:
                        pass
                    peer.bind(name)
                    for part in PIECES + [EVERYTHING]:
                        try:
                            peer.sendto(part, str(place))
                        except OSError:
                            pass
            time.sleep(0.3)
            ended = stop(child)
            colored = "always" in flags
            check(f"{words} {flags} stdout", ended.output, colored)
            check(f"{words} {flags} stderr", ended.errors, colored)
            if not ended.output and words[0] == "receive" and "text" in words:
                wrong.append(f"{words}: nothing was received: {ended!r}")
    # Endpoints that are in the way, or nobody's.
    path = os.fsencode(folder) + b"/in\x1b[31muse\n\xe2\x80\xae"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(path)
        server.listen()
        quoted = b"".join(b"%%%02X" % byte if not 48 <= byte < 123 and byte != 47 else bytes([byte]) for byte in path)
        for place in [b"unix://" + quoted, b"unixgram://" + quoted, b"unix://" + quoted + b"2", b"unix://@" + b"%1B%0A", b"unix:" + path]:
            look("receive", place, "--timeout", "20ms", where=f"endpoint {place!r}", wait=1, all=False)
            look("send", place, "x", where=f"endpoint {place!r}", wait=1, all=False)
            look("serve", "echo", place, where=f"endpoint {place!r}", wait=0.5, all=False)
        look("ports", "--kind", "unix", where="ports of unix", all=True)
        look("ports", "--kind", "unix", "--watch", where="watch of unix", wait=0.4, all=False)


def processes():
    """A process chooses its name."""
    libc = ctypes.CDLL(None)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        child = os.fork()
        if child == 0:
            libc.prctl(15, b"\x1b[31m\xc2\x9b\n\xe2\x80\xae")
            time.sleep(60)
            os._exit(0)
        server.close()
        try:
            time.sleep(0.1)
            look("ports", where="ports", wait=20)
            look("ports", str(port), where="ports PORT", wait=20)
            look("ports", "--process", b"\x1b[31m", where="ports --process", wait=20, all=False)
            look("ports", "--watch", "--json", where="watch", wait=0.4, all=False)
            look("receive", f"tcp://127.0.0.1:{port}", "--timeout", "20ms", where="port in use", wait=10)
        finally:
            os.kill(child, 9)
            os.waitpid(child, 0)


def captures(folder):
    """Comments and names of interfaces within a pcapng file, and a filter."""
    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

    def option(code, value):
        return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)

    evil = EVERYTHING[:200]
    file = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + option(1, evil) + option(4, evil) + option(0, b""))
    file += block(1, struct.pack("<HHI", 147, 0, 0) + option(2, evil) + option(3, evil) + option(1, evil) + option(0, b""))
    file += block(6, struct.pack("<IIIII", 0, 0, 0, 4, 4) + evil[:4] + option(1, evil) + option(0, b""))
    file += block(6, struct.pack("<IIIII", 7, 0, 0, 4, 4) + evil[:4])
    path = folder / "evil.pcapng"
    path.write_bytes(file)
    look("decode", path, "--as", "text", where="pcapng")
    look("decode", path, "--as", "text", "--port", "7", where="pcapng", all=False)
    look("capture", "--timeout", "20ms", "host", EVERYTHING, where="filter", wait=1, all=False)
    look("capture", "--timeout", "20ms", SHORT + b"\n", where="filter", wait=1, all=False)


def environment():
    evil = EVERYTHING
    for variables in [
        {b"LISTEN_FDS": b"1", b"LISTEN_FDNAMES": evil, b"LISTEN_PID": evil}, {b"LISTEN_FDS": evil}, {b"TERM": evil}, {b"NO_COLOR": evil},
        {b"PARLEY_OFFLOAD": evil}, {b"COLUMNS": evil}, {b"LANG": evil}, {b"HOME": evil},
    ]:
        place = dict(os.environb)
        place.update(variables)
        look("receive", "activated:", "--timeout", "20ms", where=f"environment {list(variables)}", env=place, wait=1, all=False)
        look("receive", b"activated://" + evil, "--timeout", "20ms", where="environment", env=place, wait=1, all=False)
        look("receive", "udp://127.0.0.1:0", "--timeout", "20ms", where="environment", env=place, wait=1, all=False)


def interfaces():
    """A network of its own, with an interface whose name commands a terminal."""
    tool = shutil.which("unshare")
    if os.geteuid() != 0 or not tool or not shutil.which("ip"):
        print("   skipped: names of interfaces need root, unshare and ip")
        return
    name = b"\x1b[31m\xc2\x9b\x7f\xe2\x80\xae"
    script = f"""
import subprocess, sys, os
sys.path.insert(0, {str(Path(__file__).parent.parent)!r})
name = {name!r}
ended = subprocess.run(["ip", "link", "add", name, "type", "veth", "peer", "name", "other"])
if ended.returncode != 0: sys.exit(3)
subprocess.run(["ip", "link", "set", name, "up"]); subprocess.run(["ip", "link", "set", "other", "up"]); subprocess.run(["ip", "link", "set", "lo", "up"])
subprocess.run(["ip", "addr", "add", "10.9.9.9/24", "dev", name])
for words in [["interfaces"], ["interfaces", name], ["interfaces", name + b"2"], ["receive", b"udp://239.1.2.3:0?interface=" + name, "--timeout", "20ms"],
              ["receive", b"udp://239.1.2.3:0?interface=%1B%5B31m", "--timeout", "20ms"], ["capture", "-i", name, "--timeout", "20ms"],
              ["capture", "-i", name + b"2", "--timeout", "20ms"], ["ports"], ["ports", "5353"], ["families"]]:
    for flags in [[], ["--json"], ["-v"]]:
        ended = subprocess.run([{PARLEY!r}, *words, *flags], capture_output=True, timeout=20)
        sys.stdout.buffer.write(ended.stdout + ended.stderr)
"""
    ended = subprocess.run([tool, "-n", "python3", "-c", script], capture_output=True)
    if ended.returncode == 3:
        print("   skipped: this host makes no such interface")
        return
    check("a network with a hostile interface", ended.stdout)
    if b"31m" not in ended.stdout:
        wrong.append(f"the interface was not seen: {ended.stdout[-300:]!r} {ended.stderr[-300:]!r}")


with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    exact()
    arguments(EVERYTHING)
    settle("no argument reaches the terminal raw, nor forges a line")
    headers(folder, EVERYTHING)
    emitted(folder, EVERYTHING)
    settle("no header, name of a file or emitted source commands the terminal")
    messages(EVERYTHING)
    for piece in PIECES[:4]:
        messages(b"a" + piece + b"z")
    settle("no message commands the terminal")
    peers(folder)
    settle("no peer commands the terminal")
    processes()
    captures(folder)
    environment()
    interfaces()
    settle("no process, capture, variable or interface commands the terminal")
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        hostile = b"".join(random.choice(PIECES + [b"a", b"=", b":", b"/", b"'", b'"', b"%1B", b"\\"]) for _ in range(random.randrange(1, 8)))
        arguments(hostile, one=random.choice(sorted(BASES)))
        messages(hostile)
    settle("nor does random text")
finish()
