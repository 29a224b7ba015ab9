"""Stands in for the content service on a host that has no packages for it: `-m uvicorn main:app --host HOST --port PORT`."""

import argparse
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """Healthy, and keeps nothing."""

    def reply(self, status: int, answer: object) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.reply(200, {"status": "healthy", "service": "content", "responder": True})

    def do_POST(self) -> None:
        document = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        self.reply(201, {"id": 1, "owner": "nobody", "text": ""} | document)


parser = argparse.ArgumentParser()
parser.add_argument("-m")
parser.add_argument("app")
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=8002)
given, _ = parser.parse_known_args()
ThreadingHTTPServer((given.host, given.port), Handler).serve_forever()
