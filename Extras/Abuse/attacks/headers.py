"""Headers that cost more than they are worth, and macros that must become what gcc makes of them."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from abuse import PARLEY, SECONDS, SEED, WAIT_MAX, Ended, finish, law

folder = tempfile.mkdtemp(prefix="abuse-headers-")


def parley(*words):
    start = time.monotonic()
    try:
        done = subprocess.run([PARLEY, *words], cwd=folder, capture_output=True, text=True, timeout=WAIT_MAX)
        return Ended(done.returncode, done.stdout, done.stderr, time.monotonic() - start)
    except subprocess.TimeoutExpired:
        return Ended(None, "", "", WAIT_MAX)


def write(name, text):
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)


costly = {
    "unclosed __VA_OPT__": "#define F(...) " + "__VA_OPT__( " * 60_000 + "\nstruct s { int a; };\nF(1)\n",
    "nested __VA_OPT__": "#define F(...) " + "__VA_OPT__(" * 5_000 + ")" * 5_000 + "\nF(1)\nstruct s { int a; };\n",
    "a word pasted from itself": "#define P(a) " + " ## ".join(["a"] * 40_000) + "\nP(abcdefgh)\nstruct s { int a; };\n",
    "doubling macros": "".join(f"#define M{i}(x, ...) M{i + 1}(x x, ## __VA_ARGS__)\n" for i in range(60)) + "M0(a, b)\nstruct s { int a; };\n",
    "unclosed questions": "#if " + "__has_include(" * 60_000 + "\n#endif\nstruct s { int a; };\n",
    "questions within questions": "#if " + "__has_include(" * 4_000 + "<a>" + ")" * 4_000 + "\n#endif\nstruct s { int a; };\n",
    "questions of devices": "".join(f"#if __has_include(\"/dev/zero\") || __has_include(\"/dev/full{i}\")\n#endif\n" for i in range(3_000)) + "struct s { int a; };\n",
    "defined without end": "#if " + "defined " * 60_000 + "\n#endif\nstruct s { int a; };\n",
    "packs without end": "#include <pshpack1.h>\n" * 5_000 + "struct s { int a; };\n",
}
for what, text in costly.items():
    write("costly.h", text)
    ended = parley("layout", "costly.h:s")
    law(f"{what}: an answer or an error, soon", not ended.crashed and not ended.hung and ended.seconds < WAIT_MAX / 2, ended)

gcc = shutil.which("gcc")
if gcc is None:
    print("   skipped: no gcc to compare with")
else:
    seed, end = SEED, time.monotonic() + SECONDS
    while time.monotonic() < end:
        chance = random.Random(seed)
        body = " ".join(chance.choice(["x", "__VA_ARGS__", ", ##__VA_ARGS__", "__VA_OPT__(, 7)", "3", "COUNT(__VA_ARGS__)"])
                        for _ in range(4))
        call = "F(" + ",".join(chance.choice(["1", "", "2", "(3,4)", "E"]) for _ in range(chance.randint(1, 4))) + ")"
        text = ("#define E\n#define NTH(a, b, c, d, e, f, g, h, N, ...) N\n"
                "#define COUNT(...) NTH(0, ##__VA_ARGS__, 7, 6, 5, 4, 3, 2, 1, 0)\n"
                f"#define F(x, ...) COUNT({body})\nenum {{ VALUE = {call} }};\nstruct s {{ char c[VALUE + 1]; }};\n"
                "_Static_assert(sizeof(struct s) == SIZE, \"size\");\n")
        write("count.h", text.replace("_Static_assert", "//"))
        ended = parley("layout", "count.h:s", "--json")
        size = ended.output.partition('"size":')[2].partition(",")[0] or "0"
        # What gcc does not take has no right answer but an error.
        is_refused = ended.code != 0
        write("count.c", text.replace("_Static_assert", "//") if is_refused else text)
        told = subprocess.run([gcc, "-w", f"-DSIZE={size}", "-fsyntax-only", "count.c"], cwd=folder, capture_output=True, text=True)
        if is_refused == (told.returncode == 0):
            law(f"seed {seed}: a counted list has gcc's length", False, text, ended, told.stderr)
            break
        seed += 1
    else:
        law(f"counted lists have gcc's length ({seed - SEED} of them)", seed > SEED)
shutil.rmtree(folder)
finish()
