# shellcheck shell=bash disable=SC2154 # `run` and what it reads set the names
# What stands in the way of a start: what is the stack's own makes room, what is somebody else's is named and left.

stack_up

is_alive() { kill -0 "$1" 2>/dev/null; }
answers_on() { python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)' "$1"; }
free() { compose stop --timeout 5 "$1" >/dev/null 2>&1; }
# started NAME: takes the clock, for a start that has to settle something first.
settles() {
	local begun=$EPOCHREALTIME
	check "$1: start succeeds without a question" script start-all-services </dev/null
	figure "$1" "$(since "$begun")" 30
}

# serve FOLDER PORT: a standalone server, as a developer starts one. Sets `server`.
serve() {
	(cd "$1" && exec python3 -m http.server "$2" --bind 127.0.0.1 >/dev/null 2>&1) &
	server=$!
	disown "$server"
	until_so 10 answers_on "$2"
}
serve_stubbornly() {
	(cd "$1" && exec python3 -c 'import http.server, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()' "$2" >/dev/null 2>&1) &
	server=$!
	disown "$server"
	until_so 10 answers_on "$2"
}
gone() { until_so 2 not is_alive "$server"; }

free identity
serve "$project/tests/hub/identity" 8001
settles "a standalone process of the service's own"
check "it was stopped" gone

free identity
serve_stubbornly "$project/tests/hub/identity" 8001
settles "one that ignores SIGTERM"
check "it was stopped as well" gone

# The tools by which a port's holder is found, one after the other taken away. /usr/bin and its like hold too much to list.
without_tools() {
	local folder=$scratch/bin-$1 tool
	shift
	mkdir -p "$folder"
	for tool in /usr/local/sbin/* /usr/local/bin/* /usr/sbin/* /usr/bin/* /sbin/* /bin/*; do
		[ ! -x "$tool" ] || [ -e "$folder/${tool##*/}" ] || ln -s "$tool" "$folder/${tool##*/}"
	done
	for tool in "$@"; do rm -f "$folder/$tool"; done
	tools=$folder
}
for round in "only-lsof ss" "neither ss lsof"; do
	# shellcheck disable=SC2086 # several words
	without_tools $round
	free identity
	serve "$project/tests/hub/identity" 8001
	check "with ${round%% *} of ss and lsof, start succeeds" env PATH="$tools" sh "$project/generated/scripts/start-all-services.sh"
	check "with ${round%% *} of ss and lsof, the process was stopped" gone
done

free content
serve / 8002
begun=$EPOCHREALTIME
check "a stranger's process on a port: start exits with 3" exits 3 script start-all-services
figure "a stranger's process is named" "$(since "$begun")" 30
check "it is named by its number" says "$server" script start-all-services
check "its port is named" says 8002 script start-all-services
check "it is left alive" is_alive "$server"
kill "$server"
check "once it is gone, start succeeds" script start-all-services

free content
other=$(docker run --detach --name somebody-elses --publish 127.0.0.1:8002:80 --entrypoint sleep "$(python_image)" 600)
check "a stranger's container on a port: start exits with 3" exits 3 script start-all-services
check "it is named" says somebody-elses script start-all-services
check "it is left running" [ "$(docker inspect --format '{{.State.Running}}' "$other")" = true ]
docker rm --force "$other" >/dev/null

# A container of this stack that was not made by this Compose project: somebody ran it by hand, or by an older file.
compose rm --stop --force content >/dev/null 2>&1
docker run --detach --name "$stack-content-1" --label "com.stackgen.stack=$stack" --entrypoint sleep "$(python_image)" 600 >/dev/null
settles "a container of the stack's that has a clashing name"
check "content runs" is_healthy content

docker volume create --label "com.stackgen.stack=$stack" --label com.stackgen.service=gone "${stack}_gone-data" >/dev/null
check "an orphaned volume is named by start" says "${stack}_gone-data" script start-all-services
check "and kept" docker volume inspect "${stack}_gone-data"
docker volume rm "${stack}_gone-data" >/dev/null
check "everything is healthy after all that" until_so 60 script health-check-all
