"""usage: same.py OURS THEIRS...: prints which Compose files, in YAML or JSON, do not say the same as the first, and tells of
the first differences on standard error."""

import json
import sys

import yaml


def read(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return json.loads(text) if text.startswith("{") else yaml.load(text, Loader=yaml.CSafeLoader)


def differences(ours, theirs, at=""):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted({*ours, *theirs}):
            yield from differences(ours.get(key), theirs.get(key), f"{at}.{key}")
    elif ours != theirs:
        yield f"{at}: {ours!r} against {theirs!r}"


ours = read(sys.argv[1])
for path in sys.argv[2:]:
    found = list(differences(ours, read(path)))
    if found:
        print(path)
        print(path, *found[:5], sep="\n  ", file=sys.stderr)
