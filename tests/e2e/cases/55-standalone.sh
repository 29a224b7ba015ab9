# shellcheck shell=bash disable=SC2154 # `run` and what it reads set the names
# A service on the host instead of in a container: its peers and the gateway reach it there, and stop ends it.

stack_up

# The developer's own packages, where there is a package index; else a server of the same paths that says where it runs.
own_environment() {
	python3 -m venv "$project/tests/hub/content/.venv" && timeout 120 "$project/tests/hub/content/.venv/bin/python" -m pip install \
		--quiet --disable-pip-version-check --requirement "$project/tests/hub/content/requirements.txt"
}
responder() {
	rm -rf "$project/tests/hub/content/.venv"
	mkdir -p "$project/tests/hub/content/.venv/bin"
	cat >"$project/tests/hub/content/.venv/bin/python" <<-END
		#!/bin/sh
		[ "\$1 \$2" != '-m uvicorn' ] || exec $(command -v python3) '$here/responder.py' "\$@"
		exec $(command -v python3) "\$@"
	END
	chmod +x "$project/tests/hub/content/.venv/bin/python"
}
if own_environment >"$scratch/venv" 2>&1; then
	echo "      content runs on the host as it is"
else
	echo "      no package index here: a responder runs on the host in content's place"
	responder
fi

begun=$EPOCHREALTIME
check "start --standalone content leaves it to the host" script start-all-services --standalone content
figure "start with a standalone service" "$(since "$begun")"
in_no_container() { [ -z "$(docker ps --quiet --filter "label=com.stackgen.stack=$stack" --filter label=com.stackgen.service=content)" ]; }
check "no container of it runs" in_no_container
check "the health check counts it" until_so 30 script health-check-all
logged_in
stored_on_host() { through POST /api/v1/documents '{"title": "Kept by the host"}' && status_is 201; }
check "the gateway reaches it" until_so 10 stored_on_host
through POST /api/v1/workflows '{"name": "host", "steps": [{"do": "store", "title": "By way of a peer"}]}'
through POST "/api/v1/workflows/$(field id)/runs"
check "its peers reach it" status_is 201

check "stop ends it as well" script stop-all-services
nobody_on() { ! python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)' "$1"; }
check "nothing is on its port" nobody_on 8002
check "start brings it back into a container" script start-all-services
check "content runs there" is_healthy content
rm -rf "$project/tests/hub/content/.venv"
