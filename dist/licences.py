#!/usr/bin/env python3
"""Writes assets/licences.txt: every crate of Cargo.lock with its version and licence, and the licence texts of those
that are compiled into the program on any system. tests/licences.rs says when it has to be run again."""

import json
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAMES = re.compile(r"^(licen[cs]e|copying|notice|unlicense|copyright)", re.I)


def texts(folder):
    """The licence files of a crate, in the order of their names."""
    for path in sorted(folder.iterdir()) + sorted((folder / "LICENSES").glob("*")):
        if path.is_file() and NAMES.match(path.name) or path.parent.name == "LICENSES":
            yield path.read_text(encoding="utf-8", errors="replace").strip()


def main():
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--manifest-path", str(ROOT / "Cargo.toml")]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    # The program, and what stands before it in the AppImage.
    own = metadata["workspace_members"]

    shipped, open_ = set(), list(own)
    while open_:
        for dependency in nodes[open_.pop()]["deps"]:
            kinds = {kind["kind"] for kind in dependency["dep_kinds"]}
            if None in kinds and dependency["pkg"] not in shipped:
                shipped.add(dependency["pkg"])
                open_.append(dependency["pkg"])

    def label(package):
        return f"{package['name']} {package['version']}"

    named = {label(packages[id]): packages[id] for id in shipped}
    lock = re.findall(r'name = "(.+?)"\nversion = "(.+?)"', (ROOT / "Cargo.lock").read_text())
    others = sorted({f"{name} {version}" for name, version in lock} - set(named) - {label(packages[id]) for id in own})

    out = ["In the program", ""]
    out += [f"{name} · {named[name]['license'] or 'see its text'}" for name in sorted(named)]
    out += ["", "To build and test it only, or on request", ""] + others
    by_text = {}
    for name in sorted(named):
        for text in texts(pathlib.Path(named[name]["manifest_path"]).parent):
            plain = " ".join(text.split())
            by_text.setdefault(plain, (text, []))[1].append(name)
    for path in sorted((ROOT / "assets" / "fonts").glob("*.txt")):
        font = path.stem.rsplit("-", 1)[0]
        by_text[str(path)] = (path.read_text(encoding="utf-8").strip(), [f"{font}, a font in the program"])
    for text, names in by_text.values():
        out += ["", "─" * 72, ", ".join(names), "─" * 72, ""] + [line.rstrip() for line in text.splitlines()]
    wrapped = []
    for line in out:
        # A window shows no line of a thousand characters.
        while len(line) > 110 and " " in line[:110]:
            cut = line.rfind(" ", 0, 110)
            wrapped.append(line[:cut])
            line = line[cut + 1:]
        wrapped.append(line.replace("\t", "    "))
    (ROOT / "assets" / "licences.txt").write_text("\n".join(wrapped) + "\n", encoding="utf-8")
    print(f"assets/licences.txt: {len(named)} crates, {len(by_text)} texts")


if __name__ == "__main__":
    main()
