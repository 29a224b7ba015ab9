"""usage: with_jsonnet.py go|cpp FOLDER OUTPUT: FOLDER/data.json to a Compose file, by Jsonnet."""

import pathlib
import sys

which, folder, output = sys.argv[1:]
if which == "go":
    import _gojsonnet as jsonnet
else:
    import _jsonnet as jsonnet
program = pathlib.Path(__file__).with_name("compose.jsonnet").read_text()
data = pathlib.Path(folder, "data.json").read_bytes()
text = jsonnet.evaluate_snippet("compose.jsonnet", program, import_callback=lambda *_: (f"{folder}/data.json", data))
pathlib.Path(output).write_text(text)
