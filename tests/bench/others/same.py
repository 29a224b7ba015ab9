"""usage: same.py OURS THEIRS: whether two Compose files say the same, in YAML or JSON."""

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


found = list(differences(read(sys.argv[1]), read(sys.argv[2])))
print(*found[:20], sep="\n")
sys.exit(bool(found))
