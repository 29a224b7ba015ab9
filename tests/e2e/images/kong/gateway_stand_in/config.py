"""Reads a declarative config of Kong's format 3.0: its routes with their plugins, its upstreams and its consumers."""

from dataclasses import dataclass, field

import yaml

from .routing import Request, Row, Table


@dataclass
class Consumer:
    """Somebody who may hold credentials. The plugins of a consumer are used beside those of the route."""

    name: str
    groups: list[str] = field(default_factory=list)
    plugins: dict[str, dict] = field(default_factory=dict)


class Config:
    """The config, refused where it names what this gateway does not know."""

    def __init__(self, text: str, known_plugins: set[str]):
        document = yaml.safe_load(text)
        if document.get("_format_version") != "3.0":
            raise SystemExit("gateway-stand-in: the config's _format_version is not 3.0")
        self.upstreams = {upstream["name"]: upstream for upstream in document.get("upstreams") or []}
        self.services = document.get("services") or []
        self.table = Table(document)
        self.consumers: dict[str, Consumer] = {}
        self.tokens: dict[str, dict] = {}
        self.keys: dict[str, Consumer] = {}
        for consumer in document.get("consumers") or []:
            self._add(consumer)
        self.everywhere = configs(document.get("plugins"))
        named = {*self.everywhere, *(name for consumer in self.consumers.values() for name in consumer.plugins)}
        named |= {name for row in self.table.rows for name in self.plugins(row)}
        for name in sorted(named - known_plugins):
            raise SystemExit(f"gateway-stand-in: it has no plugin {name}")

    def _add(self, consumer: dict) -> None:
        known = Consumer(
            consumer["username"], [entry["group"] for entry in consumer.get("acls") or []], configs(consumer.get("plugins"))
        )
        self.consumers[known.name] = known
        for credential in consumer.get("jwt_secrets") or []:
            self.tokens[credential["key"]] = credential | {"consumer": known}
        for credential in consumer.get("keyauth_credentials") or []:
            self.keys[credential["key"]] = known

    def plugins(self, row: Row) -> dict[str, dict]:
        """The plugins of a route by their names: the nearest to the route is the one that counts."""
        return self.everywhere | configs((row.service or {}).get("plugins")) | configs(row.route.get("plugins"))

    def find(self, request: Request) -> tuple[Row, str] | None:
        """The row that takes a request, and the part of the path that it matches."""
        return self.table.find(request)


def configs(plugins: list[dict] | None) -> dict[str, dict]:
    return {plugin["name"]: plugin.get("config") or {} for plugin in plugins or []}
