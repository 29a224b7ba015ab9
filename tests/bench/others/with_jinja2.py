"""usage: with_jinja2.py FOLDER OUTPUT: FOLDER/data.json to a Compose file, by Jinja2."""

import json
import pathlib
import sys

import jinja2

folder, output = sys.argv[1:]
here = pathlib.Path(__file__).parent
environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(here), trim_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined
)
# Strings of JSON are strings of YAML.
environment.filters["json"] = json.JSONEncoder(ensure_ascii=False).encode
data = json.loads(pathlib.Path(folder, "data.json").read_bytes())
data["by_name"] = {one["name"]: one for one in data["services"]}
pathlib.Path(output).write_text(environment.get_template("compose.yml.j2").render(data))
