"""Reads a declarative config of Kong's format 3.0: which route takes a request, by which plugins, and to which service."""

import re
from dataclasses import dataclass

import yaml


@dataclass
class Route:
    """One path of a route. `service` is None where a plugin answers by itself."""

    name: str
    path: str
    methods: frozenset[str]
    strip_path: bool
    service: dict | None
    plugins: list[dict]
    priority: int

    def match(self, method: str, path: str) -> str | None:
        """The part of the path that the route matches, or None."""
        if self.methods and method not in self.methods:
            return None
        if self.path.startswith("~"):
            found = re.match(self.path[1:], path)
            return found.group() if found else None
        return self.path if path.startswith(self.path) else None

    def precedence(self) -> tuple:
        """Kong's order: routes with methods, then regular expressions by their priority, then the longest path."""
        regex = self.path.startswith("~")
        return (not self.methods, not regex, -self.priority, -len(self.path))


class Config:
    """The config, refused where it names what this gateway does not know."""

    def __init__(self, text: str, known_plugins: set[str]):
        document = yaml.safe_load(text)
        if document.get("_format_version") != "3.0":
            raise SystemExit("gateway-stand-in: the config's _format_version is not 3.0")
        self.upstreams = {upstream["name"]: upstream for upstream in document.get("upstreams") or []}
        self.credentials = {
            credential["key"]: credential | {"consumer": consumer["username"]}
            for consumer in document.get("consumers") or []
            for credential in consumer.get("jwt_secrets") or []
        }
        everywhere = document.get("plugins") or []
        self.routes: list[Route] = []
        for service in document.get("services") or []:
            for route in service.get("routes") or []:
                self._add(route, service, [everywhere, service.get("plugins"), route.get("plugins")])
        for route in document.get("routes") or []:
            self._add(route, None, [everywhere, route.get("plugins")])
        self.routes.sort(key=Route.precedence)
        for plugin in (plugin for route in self.routes for plugin in route.plugins):
            if plugin["name"] not in known_plugins:
                raise SystemExit(f"gateway-stand-in: it has no plugin {plugin['name']}")

    def _add(self, route: dict, service: dict | None, layers: list) -> None:
        # The plugin nearest to the route is the one that counts.
        plugins = {plugin["name"]: plugin for layer in layers for plugin in layer or []}
        for path in route["paths"]:
            self.routes.append(
                Route(
                    name=route["name"],
                    path=path,
                    methods=frozenset(route.get("methods") or []),
                    strip_path=route.get("strip_path", True),
                    service=service,
                    plugins=list(plugins.values()),
                    priority=route.get("regex_priority", 0),
                )
            )

    def find(self, method: str, path: str) -> tuple[Route, str] | None:
        """The route that takes a request, and the part of the path that it matches."""
        for route in self.routes:
            matched = route.match(method, path)
            if matched is not None:
                return route, matched
        return None
