#!/usr/bin/env python3
"""What is nested deeper than anybody writes: JSON, headers, spelled layouts, paths, templates; and mutated input."""

import os
import random
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from abuse import SECONDS, SEED, finish, law, run

FOLDER = tempfile.mkdtemp(prefix="parley-nesting-")
REFUSED = (1, 5, 64)


def file(name, text):
    path = os.path.join(FOLDER, name)
    with open(path, "wb") as out:
        out.write(text if isinstance(text, bytes) else text.encode())
    return path


def refuses(sentence, ended, codes=REFUSED):
    text = ended.errors.strip()
    law(sentence, not ended.crashed and not ended.hung and ended.code in codes and text
        and b"Fatal error" not in ended.errors and b"Backtrac" not in ended.errors, ended)


def survives(ended):
    return not ended.crashed and not ended.hung and ended.code in (0, 1, 2, 5, 64) and b"Fatal" not in ended.errors


DEEP = 100_000

# JSON on standard input.
for kind, text in (("arrays", "[" * DEEP), ("objects", '{"a":' * DEEP), ("both", '[{"a":' * DEEP)):
    refuses(f"{DEEP} levels of {kind} in JSON are one error",
            run("encode", "--as", "id:u16", input=text.encode() + b"\n"))
refuses("JSON in an argument is as limited",
        run("encode", "--as", "id:u16[2]", "id=" + "[" * 50_000))
refuses("a path of 30,000 steps is one error", run("encode", "--as", "id:u16", ".".join(["id"] * 30_000) + "=1"))
refuses("a path of 30,000 indices is one error", run("encode", "--as", "id:u16[2]", "id" + "[0]" * 30_000 + "=1"))

# Layouts spelled in one line.
refuses("20,000 dimensions of a spelled layout are one error",
        run("decode", "--as", "a:u8" + "[1]" * 20_000, "00"), (64,))
refuses("a spelled layout of braces is one error", run("decode", "--as", "{" * 30_000, "00"), (64, 1))
refuses("a count of all the numbers is one error",
        run("decode", "--as", "n:u64 a:u64[n]", "ffffffffffffffff" + "00" * 8), (5, 1))

# Headers.
def header(name, text, struct="s"):
    path = file(name, text)
    return run("decode", "--as", f"{path}:{struct}", "00")


refuses("structs in structs are one error", header("a.h", "struct s {" * 20_000 + "int x;" + "} x;" * 20_000))
refuses("parentheses in an extent are one error", header("b.h", "struct s { char x[" + "(" * 50_000 + "1" + ")" * 50_000 + "]; };"))
refuses("a declarator of parentheses is one error", header("c.h", "struct s { char " + "(" * 50_000 + "x" + ")" * 50_000 + "; };"))
refuses("5,000 structs, each with the last as its member, are one error",
        header("d.h", "struct s0 { char x; };\n" + "\n".join(f"struct s{i} {{ struct s{i - 1} x; }};" for i in range(1, 5_000)), "s4999"))
DIMENSIONS = "[1]" * 30
for command in ("layout", "decode"):
    path = file("e.h", f"struct s0 {{ char x{DIMENSIONS}; }};\n"
                + "\n".join(f"struct s{i} {{ struct s{i - 1} x{DIMENSIONS}; }};" for i in range(1, 64)))
    words = ("layout", f"{path}:s63") if command == "layout" else ("decode", "--as", f"{path}:s63", "00")
    refuses(f"64 structs in arrays of 30 dimensions are one error of {command}", run(*words))
refuses("#if in #if is one error", header("f.h", "#if 1\n" * 50_000 + "struct s { char x; };\n" + "#endif\n" * 50_000))
ended = header("g.h", '#include "g.h"\nstruct s { char x; };')
law("a file that includes itself is a remark or an error", survives(ended) and ended.errors.strip(), ended)
refuses("an expression of operators is one error", header("h.h", "struct s { char x[" + "-" * 100_000 + "1]; };"))
refuses("conditions in conditions are one error", header("i.h", "struct s { char x[" + "1?" * 30_000 + "1" + ":1" * 30_000 + "]; };"))
growing = "#define A0 1 +\n" + "\n".join(f"#define A{i} A{i - 1} A{i - 1}" for i in range(1, 40))
refuses("a macro that doubles 40 times is one error", header("j.h", growing + "\nstruct s { char x[A39 1]; };"))
calls = "#define F(x) x\nstruct s { char x[" + "F(" * 20_000 + "1" + ")" * 20_000 + "]; };"
refuses("macros in macros are one error", header("k.h", calls))

# Templates of answers.
for text in ("{" * 50_000, "{id" * 20_000, "{" + ".".join(["id"] * 20_000) + "}", "{id" + "[0]" * 20_000 + "}"):
    ended = run("serve", "reply", "udp://127.0.0.1:0", "--as", "id:u16", "id=" + text, wait=10)
    law(f"a template that begins {text[:8]} and goes on is one error",
        survives(ended) and ended.errors.strip() and ended.code, ended)

# Mutation of what is right.
print(f"   seed {SEED}")
random.seed(SEED)
HEADER = """#include <stdint.h>
#define N 4
#pragma pack(push, 1)
enum kind { one = 1, two };
struct point { int16_t x, y; };
struct msg { uint8_t kind; uint16_t len : 4, rest : 12; struct point p[N][2]; union { uint32_t a; char b[4]; } u; char text[(N+1)*2]; };
#pragma pack(pop)
"""
SPELLED = "version:u4 ihl:u4 len:u16le=7 name:char[13] grid:u16[2][3] n:u8 items:u32[n]"
JSON = '{"id": 7, "text": "hello", "list": [1, 2, 3], "x": {"y": -1.5e3}}'
PIECES = ["[", "]", "{", "}", "(", ")", "\"", "\\", "0", "9" * 20, "-", ",", ":", ";", "\n", "#", "#if ", "*", "<<", "/",
          "/*", "struct ", "\x00", "\xff", "u64", "[0]", "%", "?", "=", ".", "u8", " "]


def mutated(text):
    text = list(text)
    for _ in range(random.randint(1, 6)):
        place = random.randint(0, len(text))
        kind = random.randint(0, 4)
        if kind == 0:
            text[place:place] = random.choice(PIECES)
        elif kind == 1 and text:
            del text[place:place + random.randint(1, 8)]
        elif kind == 2:
            text[place:place] = random.choice(PIECES) * random.choice((2, 10, 100, 1000))
        elif kind == 3:
            start = random.randint(0, len(text))
            text[place:place] = text[start:start + random.randint(1, 40)] * random.choice((1, 2, 50))
        else:
            text[place:place + 1] = chr(random.randint(1, 255))
    return "".join(text)


def word(text):
    return text.replace("\x00", "")


end, count, bad = time.monotonic() + max(1.0, SECONDS), 0, []
while time.monotonic() < end:
    choice = count % 5
    if choice == 0:
        path = file("mutated.h", mutated(HEADER).encode("latin-1"))
        ended, said = run("decode", "--as", f"{path}:msg", "00" * 44), path
    elif choice == 1:
        said = word(mutated(SPELLED))
        ended = run("decode", "--as", said, "00" * 60)
    elif choice == 2:
        said = mutated(JSON)
        ended = run("encode", "--as", "id:u16 list:u8[3] text:text", input=said.encode("latin-1"))
    elif choice == 3:
        said = word(mutated("0007 68 65 6c 6c 6f 0x12 \\x41"))
        ended = run("decode", "--as", "id:u16 text:text", said)
    else:
        data = bytearray(b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00" + b"\x00" * 8 + b"\xff\xff\x00\x00\x01\x00\x00\x00"
                         + b"\x00" * 8 + b"\x2e\x00\x00\x00" * 2
                         + bytes(12) + b"\x08\x00\x45\x00\x00\x20" + bytes(5) + b"\x11\x00\x00"
                         + b"\x7f\x00\x00\x01" * 2 + b"\x1f\x99\x1f\x99\x00\x0c\x00\x00" + b"\x00\x07hi")
        for _ in range(random.randint(1, 8)):
            data[random.randrange(len(data))] = random.randrange(256)
        said = bytes(data).hex()
        ended = run("decode", "--as", "id:u16 text:text", "--port", "8089", "--from", "pcap", "-", input=bytes(data))
    count += 1
    if not survives(ended):
        bad.append(f"{ended} of {said!r}"[:900])
law(f"{count} mutated headers, layouts, JSON texts, digits and captures end with an exit code of their own", not bad, *bad[:3])

finish()
