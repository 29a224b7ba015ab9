"""What the other tools are given of a generated stack, as JSON: its services as they are declared, and what stackgen's model adds
to them that is no text (networks, subnets, what the gateway's kind says). usage: data.py PROJECT"""

import json
import pathlib
import re
import sys
import tomllib

import yaml

project = pathlib.Path(sys.argv[1])
stack = tomllib.loads((project / "stack.toml").read_text())
services = []
for fragment in sorted(project.glob("hubs/*/stack.toml")):
    folder = fragment.parent.relative_to(project).as_posix()
    for name, said in tomllib.loads(fragment.read_text())["services"].items():
        if said.get("run") == "host":
            continue
        services.append({
            "name": name,
            "kind": said["kind"],
            "port": said["port"],
            "folder": f"{folder}/{said['path']}" if "path" in said else "",
            "needs": said.get("needs", []),
            # A secret is written as its name behind an at sign.
            "env": {key: f"@{value['secret']}" if isinstance(value, dict) else value for key, value in said.get("env", {}).items()},
            "mounts": [{"source": f"{folder}/{mount['source']}", "at": mount["at"]} for mount in said.get("mounts", [])],
            "volumes": said.get("volumes", {}),
            "routed": bool(said.get("routes")),
        })

# Who reaches whom: the data services that one other service needs share a network with it, and the others share one.
edge = [one["name"] for one in services if one["kind"] in ("fastapi", "django")] + ["kong"]
networks = {"edge": edge}
for one in services:
    data = [need for need in one["needs"] if need.split("-")[-2] in ("db", "redis")]
    if data:
        networks[f"{one['name']}-data"] = [one["name"], *data]
members = max(len(names) for names in networks.values())
# Room for the members and three more, and for 14 at least.
size = max(16, 1 << (members + 2).bit_length())
prefix = 33 - size.bit_length()
of = {one["name"]: [] for one in services} | {"kong": []}
subnets = []
for index, name in enumerate(sorted(networks)):
    address = (10 << 24) + index * size
    octets = ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))
    subnets.append({"name": name, "subnet": f"{octets}/{prefix}"})
    for member in networks[name]:
        of[member].append(name)
for one in services:
    one["networks"] = of[one["name"]]



def built(name):
    """One service of the Compose file that stackgen has made."""
    text = (project / "generated" / "docker-compose.yml").read_text()
    return yaml.safe_load(re.search(rf'^  "{name}":\n(?:    .*\n)+', text, flags=re.MULTILINE).group())[name]


kong = built("kong")
urls = {one["name"].upper().replace("-", "_") + "_URL" for one in services}
# What the probes ask is too long to be said in three languages.
probe = {kind: built(next(one["name"] for one in services if one["kind"] == kind))["healthcheck"]["test"][3] for kind in ("fastapi", "redis")}
json.dump({
    "stack": stack["stack"]["name"],
    "gateway": {
        "port": stack["gateway"]["port"],
        "admin": stack["gateway"]["admin"],
        "image": kong["image"],
        "env": {key: value for key, value in kong["environment"].items() if key not in urls and "$" not in value},
    },
    "services": services,
    "networks": subnets,
    "probes": {"python": probe["fastapi"], "redis": probe["redis"], "kong": kong["healthcheck"]["test"][3]},
}, sys.stdout)
