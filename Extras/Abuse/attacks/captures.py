"""Captures of streams that never end a message, of damage alone, and filters of thousands of words."""

import os
import struct
import subprocess
import tempfile

from abuse import PARLEY, finish, law, run

folder = tempfile.mkdtemp()


def tcp(source, destination, sport, dport, number, flags, payload):
    head = struct.pack("!HHIIBBHHH", sport, dport, number & 0xFFFFFFFF, 0, 5 << 4, flags, 65535, 0, 0)
    size = 20 + len(head) + len(payload)
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, size, 0, 0, 64, 6, 0, source, destination) + head + payload


def pcap(name, packets):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101))
        for number, packet in enumerate(packets):
            file.write(struct.pack("<IIII", 1700000000 + number // 1000000, number % 1000000, len(packet), len(packet)))
            file.write(packet)
    return path


def address(number):
    return bytes([10, number >> 16 & 255, number >> 8 & 255, number & 255])


def most_resident(*words):
    """How a command ended, and the most memory it had, in bytes."""
    child = subprocess.Popen(
        [PARLEY, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, usage.ru_maxrss * 1024


def unfinished():
    """8,000 streams of 40 KB each, none of which ever ends its message."""
    block = b"x" * 1460
    for stream in range(8000):
        yield tcp(address(stream), b"\x0a\xff\xff\xff", 4000, 80, 0, 2, b"")
    for part in range(28):
        for stream in range(8000):
            yield tcp(address(stream), b"\x0a\xff\xff\xff", 4000, 80, 1 + part * 1460, 16, block)


def early():
    """Segments of one byte each, behind a gap: what keeps them is far more than what they hold."""
    for stream in range(400):
        yield tcp(address(stream), b"\x0a\xff\xff\xff", 4000, 80, 0, 2, b"")
        for part in range(2000):
            yield tcp(address(stream), b"\x0a\xff\xff\xff", 4000, 80, 10 + 2 * part, 16, b"y")


path = pcap("unfinished.pcap", unfinished())
code, resident = most_resident("decode", "--as", "n:u32", "--framing", "end", path)
law("8,000 unfinished streams take no more than the documented 256 MiB and what the command takes anyway",
    resident < (256 + 64 + 96) << 20 and code in (0, 2, 5), code, f"{resident >> 20} MiB")
path = pcap("early.pcap", early())
code, resident = most_resident("decode", "--as", "a:u32", path)
law("800,000 early segments of a byte take no more than the documented 64 MiB and what the command takes anyway",
    resident < (64 + 128) << 20 and code in (0, 2, 5), code, f"{resident >> 20} MiB")

words = ["port", "1"] + ["or", "1"] * 5000
ended = run("capture", "--interface", "lo", *words)
law("10,000 words of filter are refused at once", ended.code == 64 and ended.seconds < 5, ended)
ended = run("encode", "--as", "a:u32", *["a=1"] * 10000)
law("10,000 words are read in linear time", ended.code == 64 and b"twice" in ended.errors and ended.seconds < 5, ended)
for words in (["("] * 10000, ["not"] * 10000 + ["tcp"], ["(" * 10000 + "tcp" + ")" * 10000]):
    ended = run("capture", "--interface", "lo", *words)
    law("nested filters have a limit", ended.code == 64 and ended.seconds < 5, ended)

damaged = os.path.join(folder, "damaged")
with open(damaged, "wb") as file:
    file.write(b"\xff" * (1 << 20))
ended = run("decode", "--json", "--as", "a:bool, b:u32", "--from", "raw", damaged)
law("what does not fit is told, all of it", ended.code in (1, 5, 64) and len(ended.errors) > 100, ended)
finish()
