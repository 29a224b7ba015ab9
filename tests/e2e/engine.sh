# shellcheck shell=bash disable=SC2154 # `run` and what it reads set the names
# A Docker engine for the suite, and the images that the stack runs on. Stops and removes only what it started and made.

engine_folder=
engine_pid=
stand_ins=()

has_engine() { docker info >/dev/null 2>&1; }

# start_engine: starts an engine of the suite's own, with its data in a folder of its own, if nobody runs one.
start_engine() {
	has_engine && return
	[ "$(id -u)" = 0 ] && command -v dockerd >/dev/null || return 1
	echo "no Docker engine runs here: the suite starts one of its own"
	engine_folder=$(mktemp -d /var/tmp/stackgen-engine.XXXXXX)
	export DOCKER_HOST="unix://$engine_folder/docker.sock"
	dockerd --data-root "$engine_folder/data" --exec-root "$engine_folder/run" --host "$DOCKER_HOST" \
		--pidfile "$engine_folder/pid" >"$engine_folder/log" 2>&1 </dev/null &
	engine_pid=$!
	until_so 60 has_engine && return
	tail -n 20 "$engine_folder/log"
	return 1
}

stop_engine() {
	[ -n "$engine_pid" ] || return
	kill "$engine_pid" && wait "$engine_pid"
	rm -rf "$engine_folder"
}

# images_of_the_stack: every image that the stack is run from or built on.
images_of_the_stack() {
	{
		sed -nE 's/^ *image: "([^"]*)"$/\1/p' "$project/generated/docker-compose.yml"
		sed -nE 's/^FROM ([^ ]+:[^ ]+).*/\1/p' "$project"/generated/docker/*.Dockerfile
	} | sort -u
}

is_here() { docker image inspect "$1" >/dev/null 2>&1; }

# get_images: pulls what is not here, all at once, and makes stand-ins for what cannot be pulled in two minutes.
get_images() {
	local image missing=() pulls=()
	while read -r image; do is_here "$image" || missing+=("$image"); done < <(images_of_the_stack)
	for image in "${missing[@]}"; do
		timeout 120 docker pull --quiet "$image" >/dev/null 2>&1 &
		pulls+=("$!")
	done
	[ "${#pulls[@]}" = 0 ] || wait "${pulls[@]}" || :
	for image in "${missing[@]}"; do is_here "$image" || stand_ins+=("$image"); done
	[ "${#stand_ins[@]}" = 0 ] || "$here/images/build" "${stand_ins[@]}"
}

# remove_stand_ins: nobody should mistake them for the real images once the suite is over.
remove_stand_ins() {
	[ "${#stand_ins[@]}" = 0 ] || docker image rm --force "${stand_ins[@]}" stackgen-stand-in/base >/dev/null
}
