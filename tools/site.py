#!/usr/bin/env python3
"""Make a site of the documents and of one page a rule, with mdBook (`cargo install mdbook`), whose pages can be searched.

    python3 tools/site.py FOLDER [--url https://example.com/sessionlint/] [--repository https://example.com/sessionlint]

The pages stand in FOLDER/book, that of a rule at rules/GROUP/ID.html. The address of the site is `homepage` in Cargo.toml
unless --url is given; with `homepage`, reports in SARIF lead to the pages of their rules. What links to files outside the
book leads to --repository, else is text.
"""

import argparse
import json
import posixpath
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent

# The documents in the order of their reading; whatever else stands in docs/ follows.
FIRST = ["install", "options", "configuration", "suppressing", "ci", "fleet", "your-first-rule", "rule-language"]

LINK = re.compile(r"(?<!!)\[([^\]\n]*)\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(?P<ticks>`{3,})(?P<language>\w+) (?P<name>\S.*)$")


def title(text, path):
    heading = next((line[2:].strip() for line in text.splitlines() if line.startswith("# ")), None)
    return heading or path.stem


def pages():
    """The files of the book, below the root, in its order, each with how deep it lies."""
    docs = sorted((ROOT / "docs").glob("*.md"))
    docs.sort(key=lambda path: FIRST.index(path.stem) if path.stem in FIRST else len(FIRST))
    yield ROOT / "README.md", 0
    for path in docs:
        yield path, 0
    yield ROOT / "rules/README.md", 0
    for path in sorted((ROOT / "rules").glob("*/*.md")):
        yield path, 2
    for name in ["CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]:
        yield ROOT / name, 0


def for_readers(text, rule):
    """A rule's page with its id below the heading, and its query at the end."""
    heading, rest = text.split("\n", 1)
    query = re.search(r"^(`{3,})toml rule\n.*?^\1\n+", rest, re.M | re.S)
    if query:
        rest = rest[: query.start()] + rest[query.end() :].rstrip() + "\n\n## Query and metadata\n\n" + query[0]
    return f"{heading}\n\n`{rule}`\n{rest}"


def with_plain_fences(text):
    """mdBook knows a language behind a fence; what else stands there, such as the path of a file, becomes a line above."""
    lines, open_fence = [], None
    for line in text.splitlines():
        if open_fence:
            open_fence = None if line.strip() == open_fence else open_fence
        elif line.startswith("```"):
            open_fence = line[: len(line) - len(line.lstrip("`"))]
            match = FENCE.match(line)
            if match:
                if match["name"] not in ("rule", "report"):
                    lines += [f"`{match['name']}`", ""]
                line = match["ticks"] + match["language"]
        lines.append(line)
    return "\n".join(lines) + "\n"


def with_links(text, path, book, repository):
    """Links to files outside the book lead to the repository, or are text."""

    def link(match):
        words, target = match.groups()
        if urlsplit(target).scheme or target.startswith("#"):
            return match[0]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(path), target.split("#")[0]))
        # What mdBook makes of a README.md is called index.html.
        if file.endswith("README.md") and file in book:
            return f"[{words}]({target.replace('README.md', 'index.html')})"
        if file in book:
            return match[0]
        if f"{file}/README.md" in book:
            return f"[{words}]({target.rstrip('/')}/index.html)"
        return f"[{words}]({repository}/{file})" if repository else words

    return LINK.sub(link, text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", default=None)
    parser.add_argument("--repository", default="")
    parser.add_argument("--mdbook", default="mdbook", help="the program")
    arguments = parser.parse_args()
    url = arguments.url
    if url is None:
        url = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"].get("homepage", "")

    source = arguments.folder / "src"
    if source.exists():
        shutil.rmtree(source)
    listed = list(pages())
    book = {path.relative_to(ROOT).as_posix() for path, _ in listed}
    summary, groups = ["# Summary", ""], set()
    for path, depth in listed:
        below = path.relative_to(ROOT).as_posix()
        text = path.read_text(encoding="utf-8")
        if depth:
            text = for_readers(text, f"{path.parent.name}/{path.stem}")
            if path.parent not in groups:
                groups.add(path.parent)
                summary.append(f"    - [{path.parent.name}]()")
        copy = source / below
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(with_links(with_plain_fences(text), below, book, arguments.repository.rstrip("/")), encoding="utf-8")
        summary.append(f"{'    ' * depth}- [{title(text, path)}]({below})")
    (source / "SUMMARY.md").write_text("\n".join(summary) + "\n", encoding="utf-8")

    settings = ["[book]", 'title = "sessionlint"', 'language = "en"', "", "[output.html]", "no-section-label = true"]
    if url:
        settings.append(f"site-url = {json.dumps(urlsplit(url).path.rstrip('/') + '/')}")
    if arguments.repository:
        settings.append(f"git-repository-url = {json.dumps(arguments.repository)}")
    settings += ["", "[output.html.fold]", "enable = true", "", "[output.html.search]", "limit-results = 50"]
    (arguments.folder / "book.toml").write_text("\n".join(settings) + "\n", encoding="utf-8")
    try:
        done = subprocess.run([arguments.mdbook, "build", str(arguments.folder)], check=False)
    except FileNotFoundError:
        sys.exit(f"{arguments.mdbook} is not there: cargo install mdbook")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
