#!/usr/bin/env python3
"""Writes rules/public-suffixes.txt anew from the public suffix list.

    curl -O https://publicsuffix.org/list/public_suffix_list.dat
    tools/public-suffixes.py public_suffix_list.dat "DATE OF THE LIST"

Run by hand. The head of the file, with its licence, stays; a test compares the rest with the crate psl, so raise its
version too.
"""

import pathlib
import re
import sys

BEGIN = "// ===BEGIN ICANN DOMAINS==="
PRIVATE = "// ===BEGIN PRIVATE DOMAINS==="


def rules(text):
    """The rules of one part, sorted as bytes are."""
    lines = (line.split()[0] for line in text.splitlines() if line.strip() and not line.startswith("//"))
    return sorted(lines, key=lambda rule: rule.encode())


def main(source, date):
    file = pathlib.Path(__file__).resolve().parent.parent / "rules" / "public-suffixes.txt"
    icann, private = pathlib.Path(source).read_text(encoding="utf-8").split(PRIVATE)
    head = file.read_text(encoding="utf-8").split(BEGIN)[0]
    head = re.sub(r"as of .*?:", f"as of {date}:", head, count=1)
    lines = [*rules(icann), PRIVATE, *rules(private)]
    file.write_text(head + BEGIN + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
