# shellcheck shell=bash disable=SC2154 # `run` and what it reads set the names
# Who reaches whom, and what each container may do.

stack_up

# connects FROM HOST PORT: whether a container can open a connection.
connects() {
	docker exec "$(container "$1")" python -c 'import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3)' "$2" "$3"
}
address() { docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "$(container "$1")" | cut -d ' ' -f 1; }

check "identity reaches identity-db" connects identity identity-db 5432
check "content reaches content-db" connects content content-db 5432
check "content does not reach identity-db by its name" not connects content identity-db 5432
check "content does not reach identity-db by its address" not connects content "$(address identity-db)" 5432
check "content does not reach identity-redis by its address" not connects content "$(address identity-redis)" 6379
check "backend, which needs no database server, does not reach content-db by its address" not connects backend "$(address content-db)" 5432
check "while backend reaches content, which it needs" connects backend content 8002
check "a container does not reach a database by the port on the host" not connects content host.docker.internal 5433
bridge=$(docker network inspect "${stack}_edge" --format '{{range .IPAM.Config}}{{.Gateway}}{{end}}')
check "nor by the bridge's own address" not connects content "${bridge:-172.17.0.1}" 5433

published_elsewhere() { docker ps --filter "label=com.stackgen.stack=$stack" --format '{{.Names}} {{.Ports}}' | grep -E '(0\.0\.0\.0|\[?::\]?):[0-9]'; }
check "no container publishes a port beyond loopback" not published_elsewhere
# The sockets of this machine that listen on the stack's ports: of these, /proc says the address in hexadecimal.
listens_elsewhere() {
	local port found=1
	for port in 3000 8000 8001 8002 8003 8004 8080 8445 5433 5434 5435 5436 6380 6381 6382 6383; do
		awk -v port="$(printf ':%04X' "$port")" '
			$4 == "0A" && substr($2, length($2) - 4) == port && $2 !~ /^0100007F:/ && $2 !~ /^00000000000000000000000001000000:/ { print $2; found = 1 }
			END { exit !found }
		' /proc/net/tcp /proc/net/tcp6 && found=0
	done
	return "$found"
}
check "nothing on this machine listens on one of the stack's ports beyond loopback" not listens_elsewhere

# What the kernel says of each container's first process: no root, no capability, nothing to be gained.
is_bare() {
	local told
	told=$(docker exec "$(container "$1")" cat /proc/1/status)
	printf '%s\n' "$told"
	grep -qE '^Uid:[[:space:]]+[1-9][0-9]*[[:space:]]' <<<"$told" && grep -qE '^CapEff:[[:space:]]+0+$' <<<"$told" &&
		grep -qE '^NoNewPrivs:[[:space:]]+1$' <<<"$told"
}
has_writable_root() { docker exec --user 0 "$(container "$1")" sh -c 'touch /probe || touch /etc/probe || touch /usr/probe'; }
for service in $(docker ps --filter "label=com.stackgen.stack=$stack" --format '{{.Label "com.stackgen.service"}}' | sort); do
	check "$service runs without root, capabilities and ways to get them" is_bare "$service"
	check "the root file system of $service is read-only" not has_writable_root "$service"
done
