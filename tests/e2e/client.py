"""The suite's HTTP client: `call` makes one request, `load` a steady stream of them until it is told to stop."""

import argparse
import signal
import threading
import time
import urllib.error
import urllib.request
from collections import Counter


def answer(method: str, url: str, token: str | None, json: str | None, headers: list[str], timeout: float) -> tuple[int, str]:
    request = urllib.request.Request(url, method=method, data=json.encode() if json else None)
    if json:
        request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    for header in headers:
        request.add_header(*header.split(": ", 1))
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            return response.status, response.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError as error:
        return 0, str(error)


def load(given: argparse.Namespace) -> None:
    """Sends requests at a rate until SIGTERM or SIGINT comes, and says how they went."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    outcomes: Counter[str] = Counter()
    slowest = 0.0

    def one() -> None:
        nonlocal slowest
        begun = time.monotonic()
        status, body = answer(given.method, given.url, given.token, given.json, given.header, given.timeout)
        slowest = max(slowest, time.monotonic() - begun)
        outcomes["ok" if 200 <= status < 300 else f"{status} {body[:200]}"] += 1

    threads = []
    while not stop.wait(1 / given.rate):
        threads.append(threading.Thread(target=one))
        threads[-1].start()
    for thread in threads:
        thread.join()
    well = outcomes.pop("ok", 0)
    print(f"{well + outcomes.total()} requests, {outcomes.total()} failed, the slowest {slowest:.2f} s")
    for outcome, count in outcomes.most_common():
        print(f"{count} times {outcome}")
    raise SystemExit(1 if outcomes or not well else 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["call", "load"])
    parser.add_argument("method")
    parser.add_argument("url")
    parser.add_argument("--token")
    parser.add_argument("--json")
    parser.add_argument("--header", action="append", default=[])
    parser.add_argument("--timeout", type=float, default=15)
    parser.add_argument("--rate", type=float, default=20, help="requests a second")
    given = parser.parse_args()
    if given.what == "load":
        load(given)
    status, body = answer(given.method, given.url, given.token, given.json, given.header, given.timeout)
    print(status, body)


if __name__ == "__main__":
    main()
