#!/usr/bin/env python3
"""Measures `sessionlint lsp`: how long after a change of a text the answer comes, and what memory stays.

    python3 benches/lsp.py PROGRAM PROJECT FILE [EDITS] [OPTION...]

FILE is a file of the project, below it. It is opened, and EDITS (1,000) times its text is changed, by a comment at its end
that comes and goes; each change is followed by a request, whose answer comes after the findings. Nothing is written.
"""

import json
import pathlib
import subprocess
import sys
import time


class Client:
    def __init__(self, program, options):
        self.process = subprocess.Popen([program, "lsp", "--no-cache", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.next = 0
        self.found = {}

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def read(self):
        length = 0
        while (line := self.process.stdout.readline()) != b"\r\n":
            if not line:
                sys.exit("the server is gone")
            length = int(line.split(b":")[1])
        return json.loads(self.process.stdout.read(length))

    def ask(self, method, params):
        self.next += 1
        self.send({"id": self.next, "method": method, "params": params})
        while True:
            message = self.read()
            if message.get("method") == "textDocument/publishDiagnostics":
                self.found[message["params"]["uri"]] = len(message["params"]["diagnostics"])
            if message.get("id") == self.next and "method" not in message:
                return message

    def memory(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0


    def processor(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 10


def main():
    program, project, file, *rest = sys.argv[1:]
    edits = int(rest.pop(0)) if rest and rest[0].isdigit() else 1000
    root = pathlib.Path(project).resolve()
    path = root / file
    client = Client(program, rest)
    start = time.perf_counter()
    client.ask("initialize", {"rootUri": root.as_uri(), "capabilities": {"workspace": {
        "didChangeWatchedFiles": {"dynamicRegistration": True}}}})
    client.send({"method": "initialized", "params": {}})
    # An answer that costs nothing, after all that was told.
    settle = lambda: client.ask("textDocument/completion", {"textDocument": {"uri": ""}})
    settle()
    print(f"first reading  {(time.perf_counter() - start) * 1000:9.1f} ms, {sum(client.found.values())} findings in {len(client.found)} files")
    text = path.read_text(encoding="utf-8", errors="replace")
    uri = path.as_uri()
    client.send({"method": "textDocument/didOpen", "params": {"textDocument": {"uri": uri, "languageId": "x", "version": 0, "text": text}}})
    settle()
    lines = text.count("\n")
    comment = "// x" if path.suffix in {".cls", ".trigger"} else "<!-- x -->"
    times, memory, before = [], [], client.processor()
    for number in range(edits):
        at = {"line": lines + 1, "character": 99}
        new = "\n" + comment if number % 2 == 0 else ""
        change = {"range": {"start": {"line": lines, "character": 9999}, "end": at}, "text": new}
        start = time.perf_counter()
        client.send({"method": "textDocument/didChange", "params": {
            "textDocument": {"uri": uri, "version": number + 1}, "contentChanges": [change]}})
        settle()
        times.append((time.perf_counter() - start) * 1000)
        if number % max(1, edits // 10) == 0 or number == edits - 1:
            memory.append(client.memory())
    times.sort()
    at = lambda share: times[min(len(times) - 1, int(len(times) * share))]
    print(f"{edits} edits  median {at(0.5):.1f} ms, 95th percentile {at(0.95):.1f} ms, slowest {times[-1]:.1f} ms")
    print(f"processor      {(client.processor() - before) / edits:.1f} ms for each edit")
    print("memory in MB  " + ", ".join(f"{it:.1f}" for it in memory))
    client.ask("shutdown", None)
    client.send({"method": "exit"})
    client.process.wait()


if __name__ == "__main__":
    main()
