# shellcheck shell=bash disable=SC2154 # `run` and what it reads set the names
# The words that the cases are written in.

passed=0
failed=0
figures=()

# check NAME COMMAND…: passes if the command succeeds; otherwise shows what it said.
check() {
	local name=$1
	shift
	if "$@" >"$scratch/output" 2>&1; then
		passed=$((passed + 1))
		printf 'ok    %s\n' "$name"
	else
		failed=$((failed + 1))
		printf 'FAIL  %s\n' "$name"
		tail -n 40 "$scratch/output" | sed 's/^/      /'
		return 1
	fi
}

# figure NAME SECONDS [LIMIT]: prints a time, and fails where it is over the limit.
figure() {
	local text="$1: $2 s"
	[ -z "${3:-}" ] || text="$text (at most $3 s)"
	figures+=("$text")
	if [ -z "${3:-}" ] || at_most "$2" "$3"; then
		[ -z "${3:-}" ] || passed=$((passed + 1))
		printf '      %s\n' "$text"
	else
		failed=$((failed + 1))
		printf 'FAIL  %s\n' "$text"
	fi
}

at_most() { awk -v value="$1" -v limit="$2" 'BEGIN { exit !(value <= limit) }'; }

# since TIME [DIGITS]: the seconds that have passed since then, a time being $EPOCHREALTIME.
since() { awk -v then="$1" -v now="$EPOCHREALTIME" -v digits="${2:-1}" 'BEGIN { printf "%.*f", digits, now - then }'; }

# until_so SECONDS COMMAND…: tries until the command succeeds.
until_so() {
	local start=$EPOCHREALTIME limit=$1
	shift
	until "$@" >/dev/null 2>&1; do
		at_most "$(since "$start")" "$limit" || return 1
		sleep 0.1
	done
}

# exits CODE COMMAND…: whether the command ends with this code.
exits() {
	local wanted=$1 code=0
	shift
	"$@" || code=$?
	[ "$code" = "$wanted" ] || { echo "it exits with $code instead of $wanted"; return 1; }
}

not() { ! "$@"; }

# says TEXT COMMAND…: whether the command's output has the text, however it ends.
says() {
	local text=$1 output
	shift
	output=$("$@" 2>&1)
	printf '%s\n' "$output"
	[[ $output == *"$text"* ]]
}

# The shells that the generated scripts have to run under, as far as they are here. They take turns.
shells=()
for shell in dash "busybox sh" bash; do
	# shellcheck disable=SC2086 # a shell may be two words
	! $shell -c true 2>/dev/null || shells+=("$shell")
done
turn=0

# script NAME ARGUMENTS…: runs one of the generated scripts, from a folder that is not its own.
script() { script_in generated "$@"; }

# script_in FOLDER NAME ARGUMENTS…: the same of an environment's scripts, which lie below another folder of the project.
script_in() {
	local folder=$1 name=$2 shell=${shells[turn++ % ${#shells[@]}]}
	shift 2
	# shellcheck disable=SC2086 # a shell may be two words
	(cd / && $shell "$project/$folder/scripts/$name.sh" "$@") || {
		local code=$?
		echo "($name.sh under $shell ends with $code)" >&2
		return "$code"
	}
}

compose() { docker compose --env-file "$project/.env" --file "$project/generated/docker-compose.yml" "$@"; }

# container SERVICE: the id of its container.
container() { docker ps --all --quiet --filter "label=com.stackgen.stack=$stack" --filter "label=com.stackgen.service=$1" | head -n 1; }

state() { docker inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' "$(container "$1")"; }

is_healthy() { [ "$(state "$1")" = healthy ]; }

# finds_ill SERVICE…: whether the health check ends with 1 and says so of these services, and of no other.
finds_ill() {
	local report code=0
	report=$(script health-check-all --json) || code=$?
	printf '%s\n' "$report"
	[ "$code" = 1 ] && python3 -c 'import json, sys
ill = {service["name"] for service in json.loads(sys.argv[1])["services"] if service["healthy"] is False}
sys.exit(ill != set(sys.argv[2:]))' "$report" "$@"
}

# send SIGNAL SERVICE…: sends a signal, by its number, to every process of these services' containers. From a container that
# shares the engine's processes, for the engine may be on another machine than this; `docker kill` is taken for the user's wish.
send() {
	local signal=$1 service processes=()
	shift
	for service in "$@"; do
		mapfile -t -O "${#processes[@]}" processes < <(docker top "$(container "$service")" -o pid | tail -n +2 | tr -d ' ')
	done
	docker run --rm --pid host --entrypoint python "$(python_image)" -c 'import contextlib, os, sys
for process in sys.argv[2:]:
    # What checks the health of a container is gone in a moment.
    with contextlib.suppress(ProcessLookupError): os.kill(int(process), int(sys.argv[1]))' "$signal" "${processes[@]}"
}

# python_image: the image that the suite takes where it needs any container.
python_image() { images_of_the_stack | grep '^python:' | head -n 1; }

# nothing_left: removes the stack with all that it keeps, the built images included, the engine's build cache excepted.
nothing_left() {
	docker compose --project-name "$stack" --file "$project/generated/docker-compose.yml" --env-file "$scratch/bare.env" \
		down --volumes --remove-orphans --rmi local --timeout 5
	remove_labelled "$stack"
	rm -rf "$project/.env" "$project/.stackgen"
}

# remove_labelled STACK: removes the containers, volumes and networks that carry a stack's label.
remove_labelled() {
	local labelled="label=com.stackgen.stack=$1"
	docker ps --all --quiet --filter "$labelled" | xargs -r docker rm --force --volumes
	docker volume ls --quiet --filter "$labelled" | xargs -r docker volume rm --force
	docker network ls --quiet --filter "$labelled" | xargs -r docker network rm
}

small_stacks=()
# small_stack NAME: what is on standard input becomes a stack of its own beside the reference stack. The words above are about it until
# `reference_stack` removes it.
small_stack() {
	project="$scratch/$1" stack=$1
	small_stacks+=("$1")
	mkdir -p "$project" && rewrite
}
reference_stack() {
	remove_labelled "$stack" >/dev/null 2>&1
	project="$scratch/the hub" stack=reactdjango-hub
}

# rewrite: standard input becomes the small stack's stack.toml, and its files follow.
rewrite() {
	cat >"$project/stack.toml"
	check "stackgen builds it" stackgen build --yes --quiet
}

# stackgen ARGUMENTS…: on the small stack. The binary is the one that STACKGEN names, or is made of this repository.
stackgen() {
	[ -n "${STACKGEN:-}" ] || {
		(cd "$repository" && cargo build --quiet) || return
		STACKGEN=$repository/target/debug/stackgen
	}
	(cd "$project" && "$STACKGEN" "$@")
}

# stack_up: brings the stack up if it is not.
stack_up() {
	local healthy
	healthy=$(docker ps --quiet --filter "label=com.stackgen.stack=$stack" --filter health=healthy | wc -l)
	[ "$healthy" = 14 ] || check "the stack is up" script start-all-services
}

# call METHOD URL [ARGUMENTS…]: a request; sets `status` and `body`.
call() {
	local answer
	answer=$(python3 "$here/client.py" call "$@")
	status=${answer%% *}
	body=${answer#* }
}

# through METHOD PATH [JSON]: a request through the gateway with the user's token.
through() { call "$1" "$gateway$2" --token "$token" ${3:+--json "$3"}; }

# field NAME: a field of the last answer.
field() { python3 -c 'import json, sys; print(json.loads(sys.argv[1])[sys.argv[2]])' "$body" "$1"; }

status_is() { [ "$status" = "$1" ] || { echo "it answers $status: $body"; return 1; }; }

body_has() { [[ $body == *"$1"* ]] || { echo "it answers $status: $body"; return 1; }; }

# logged_in: registers the suite's user if need be, and sets `token`.
logged_in() {
	local credentials='{"user": "ada", "password": "correct horse"}'
	call POST "$gateway/api/v1/auth/register" --json "$credentials"
	call POST "$gateway/api/v1/auth/login" --json "$credentials"
	token=$(field access_token)
}
