#!/usr/bin/env python3
"""Compares the program's reader of Apex with Salesforce's own parser.

    benches/apex-yardstick/salesforce.py SERIALIZER FOLDER...

SERIALIZER is the program of the npm package @prettier-apex/apex-ast-serializer-linux-x64, which holds the parser of
Salesforce's compiler (npm install --prefix DIR @prettier-apex/apex-ast-serializer-linux-x64). Compared are whether a
class or trigger is accepted, and where the names of its methods and of what it calls stand. `EVERY=10` takes one file
of ten. Ends with 1 where a file that Salesforce's parser accepts does not fit, or is read otherwise.
"""

import json
import os
import subprocess
import sys


def names(node, methods, calls):
    """Collects where names of methods and of calls begin."""
    stack = [node]
    while stack:
        it = stack.pop()
        if isinstance(it, list):
            stack.extend(it)
            continue
        if not isinstance(it, dict):
            continue
        kind = it.get("@class", "")
        if kind.endswith(".MethodDecl"):
            methods.append(it["name"]["loc"]["startIndex"])
        elif kind.endswith("$MethodCallExpr"):
            calls.append(it["names"][-1]["loc"]["startIndex"])
        stack.extend(it.values())


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    serializer, folders = sys.argv[1], sys.argv[2:]
    here = os.path.dirname(os.path.abspath(__file__))
    yardstick = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(here, "target")), "release", "apex-yardstick")
    ours = subprocess.run([yardstick, "positions", *folders], check=True, capture_output=True, text=True).stdout
    counts = {}
    for line in ours.splitlines():
        path, fits, methods, calls = line.split("\t")
        methods, calls = ([int(it) for it in part.split(",") if it] for part in (methods, calls))
        with open(path, "rb") as file:
            text = file.read().decode("utf-8", "replace").lstrip("\ufeff")
        run = subprocess.run([serializer], input=text.encode(), capture_output=True)
        try:
            unit = json.loads(run.stdout)["apex.jorje.semantic.compiler.parser.ParserOutput"]
        except (ValueError, KeyError):
            counts["no answer"] = counts.get("no answer", 0) + 1
            continue
        accepts = not unit["parseErrors"] and not unit["internalErrors"]
        fits = fits == "1"
        if not (accepts and fits):
            verdict = {
                (True, False): "only Salesforce accepts",
                (False, True): "only we accept",
                (False, False): "nobody accepts",
            }[accepts, fits]
        else:
            their_methods, their_calls = [], []
            names(unit["unit"], their_methods, their_calls)
            same = sorted(their_methods) == methods and sorted(their_calls) == calls
            verdict = "same" if same else "differs"
            if not same:
                for what, left, right in (("methods", methods, their_methods), ("calls", calls, their_calls)):
                    for whose, at in [("ours", it) for it in set(left) - set(right)] + [
                        ("theirs", it) for it in set(right) - set(left)
                    ]:
                        units = text.encode("utf-16-le")[2 * at : 2 * at + 120].decode("utf-16-le", "replace")
                        print(f"  {what}, only {whose}: {units.splitlines()[0] if units else ''}")
        counts[verdict] = counts.get(verdict, 0) + 1
        if verdict not in ("same", "nobody accepts"):
            print(f"{verdict}: {path}")
            if accepts != fits:
                print("  " + json.dumps(unit["parseErrors"])[:300])
    for verdict, count in sorted(counts.items()):
        print(f"{count:6} {verdict}")
    sys.exit(1 if counts.get("differs") or counts.get("only Salesforce accepts") else 0)


main()
