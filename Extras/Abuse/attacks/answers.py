#!/usr/bin/env python3
"""A hostile peer against `parley call`: late, doubled, reordered, missing and unasked answers, over udp and tcp.

Every answer names its question, so that the attack knows what the command cannot: whose answer it was.
"""

import json
import os
import random
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from abuse import SECONDS, SEED, finish, law, run  # noqa: E402

TIMEOUT = 0.1


class Peer:
    """A UDP server that does to each question what its plan says, and notes when it sent what."""

    def __init__(self, plan):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.plan = plan
        self.sent = 0
        self.timers = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                data, peer = self.socket.recvfrom(2048)
            except OSError:
                return
            for delay, answer in self.plan(int(data)):
                if delay == 0:
                    self.answer(answer, peer)
                else:
                    timer = threading.Timer(delay, self.answer, (answer, peer))
                    timer.start()
                    self.timers.append(timer)

    def answer(self, number, peer):
        try:
            self.socket.sendto(b"answer %d" % number, peer)
            self.sent += 1
        except OSError:
            pass

    def close(self):
        for timer in self.timers:
            timer.cancel()
        self.socket.close()


def call(peer, questions):
    """The answers as (question that was waiting or None, question it answers, may belong to), and the end."""
    text = b"".join(b"%d\n" % number for number in range(1, questions + 1))
    ended = run("call", f"udp://127.0.0.1:{peer.port}", "--as", "lines", "--json", "--timeout", f"{int(TIMEOUT * 1000)}ms",
                input=text, wait=60)
    lines = [json.loads(line) for line in ended.output.splitlines()]
    remarks = [json.loads(line) for line in ended.errors.splitlines()]
    return lines, remarks, ended


def failed(remarks):
    """The questions that a remark says got no answer in time."""
    found = []
    for line in remarks:
        words = line.get("remark", "").split()
        if words[:1] == ["question"] and "this may" not in line["remark"]:
            found.append(int(words[1]))
    return found


def over_udp(name, plan, questions=8, may_be_unmarked=False):
    peer = Peer(plan)
    lines, remarks, ended = call(peer, questions)
    peer.close()
    law(f"{name}: the call ends by itself", not ended.hung and not ended.crashed, ended)
    missing = failed(remarks)
    law(f"{name}: exit 2 exactly when a question got no answer in time", ended.code == (2 if missing else 0), missing, ended)
    # Question by question: those that were answered stand in order, the failed ones have no line of their own.
    waiting = [number for number in range(1, questions + 1) if number not in missing]
    wrong = []
    for line in lines:
        owner = int(line["text"].split()[1])
        if "mayAnswer" in line:
            first, last = line["mayAnswer"]
            # A peer that answers before it was asked is beyond any bookkeeping.
            if not first <= owner <= last and not may_be_unmarked:
                wrong.append((line, "not among them"))
        else:
            question = waiting.pop(0) if waiting else None
            while question is not None and question < owner and waiting and not may_be_unmarked:
                # The answers of those before came in doubt and stand in marked lines.
                question = waiting.pop(0)
            if question != owner and not may_be_unmarked:
                wrong.append((line, f"unmarked, and question {question} was waiting"))
    law(f"{name}: an answer to another question than the waiting one says which ones it may belong to", not wrong, *wrong)
    doubts = sum(1 for line in remarks if "this may" in line.get("remark", "") or "no question was waiting" in line.get("remark", ""))
    marked = sum(1 for line in lines if "mayAnswer" in line)
    law(f"{name}: each doubt is said in a remark", doubts >= marked, doubts, marked, remarks)
    return lines, remarks, missing, peer


# Nothing is wrong with these.
lines, remarks, missing, _ = over_udp("honest", lambda n: [(0, n)])
law("honest: no remark and no mark", not remarks and not any("mayAnswer" in line for line in lines), remarks)

# The third answer never comes, or comes while the fourth is waited for.
lines, remarks, missing, _ = over_udp("missing", lambda n: [] if n == 3 else [(0, n)])
law("missing: the remark names the question that failed", missing == [3], remarks)
lines, remarks, missing, peer = over_udp("late", lambda n: {3: [], 4: [(0.02, 3), (0.04, 4)]}.get(n, [(0, n)]))
law("late: the late answer is printed, not left out", [3] == missing and "answer 3" in [line["text"] for line in lines], lines)
lines, remarks, missing, _ = over_udp("reordered", lambda n: {2: [], 3: [(0, 3), (0, 2)]}.get(n, [(0, n)]))
law("reordered: both are printed", {"answer 2", "answer 3"} <= {line["text"] for line in lines}, lines)

# The first answer that comes twice cannot be known; the second one that nobody waits for says so.
lines, remarks, missing, peer = over_udp("doubled", lambda n: [(0, n), (0, n)], may_be_unmarked=True)
law("doubled: it is said that something came which no question waited for",
    any("was waiting" in line.get("remark", "") for line in remarks), remarks)
lines, remarks, missing, peer = over_udp("unasked", lambda n: [(0, n), (0, 99)], may_be_unmarked=True)
law("unasked: it is said as well", any("was waiting" in line.get("remark", "") for line in remarks), remarks)

# A flood of answers neither hangs the call nor is a part of it left out before the end of the questions.
over_udp("flood", lambda n: [(0, n)] * 200, questions=4, may_be_unmarked=True)

end = time.monotonic() + SECONDS
rounds = 0
while rounds == 0 or time.monotonic() < end:
    generator = random.Random(SEED + rounds)

    def plan(number):
        kind = generator.randrange(10)
        if kind == 0:
            return []
        if kind < 3:
            return [(generator.uniform(0, 3 * TIMEOUT), number)]
        return [(0, number)]

    over_udp(f"random {SEED + rounds}", plan)
    rounds += 1


# Over a stream answers are printed in the order in which they came: nothing is paired, so nothing is mispaired.
def stream(data, questions=4, pieces=1):
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(1)

    def serve():
        client, _ = server.accept()
        with client:
            size = max(1, len(data) // pieces)
            for start in range(0, len(data), size):
                client.sendall(data[start:start + size])
                if pieces > 1:
                    time.sleep(0.005)
            client.shutdown(socket.SHUT_WR)
            while client.recv(4096):
                pass

    threading.Thread(target=serve, daemon=True).start()
    text = b"".join(b"%d\n" % number for number in range(1, questions + 1))
    ended = run("call", f"tcp://127.0.0.1:{server.getsockname()[1]}", "--as", "lines", "--json", "--timeout", "2s", input=text)
    server.close()
    return [json.loads(line)["text"] for line in ended.output.splitlines()], ended


for name, numbers in [("fewer", [1, 2]), ("doubled", [1, 1, 2, 2, 3, 3, 4, 4]), ("reordered", [4, 3, 2, 1])]:
    wanted = [f"answer {number}" for number in numbers]
    data = "".join(f"{line}\r\n" for line in wanted).encode()
    for pieces in (1, len(data)):
        texts, ended = stream(data, pieces=pieces)
        law(f"tcp, {name}, {pieces} pieces: every answer is printed once, in its order", texts == wanted, texts, ended)
        law(f"tcp, {name}, {pieces} pieces: the call ends with 0", ended.code == 0, ended)

finish()
