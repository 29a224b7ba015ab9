# shellcheck shell=bash disable=SC2154 # `run` and what it reads set the names
# An environment without a name of its own: the base's scripts and its own leave alone what the other's Compose file has made.

small_stack suite-environments <<END
[stack]
name = "suite-environments"

[services.db]
kind = "redis"
port = 6399

[services.web]
image = "$(python_image)"
command = ["python", "-m", "http.server", "8202"]
# Python, as the first process of a container, ends by this alone.
compose_extra = { stop_signal = "SIGINT" }
port = 8202
needs = ["db"]

[environments.staging.services.db]
memory = "64MiB"
END
base=generated staging=generated/environments/staging

# as_it_is: every container and volume of the stack, what each was made from, and since when it runs.
as_it_is() {
	docker ps --all --quiet --filter "label=com.stackgen.stack=$stack" | sort | xargs -r docker inspect \
		--format '{{.Id}} {{.Name}} {{.State.StartedAt}} {{.State.Running}} {{index .Config.Labels "com.docker.compose.project.config_files"}}'
	docker volume ls --quiet --filter "label=com.stackgen.stack=$stack" | sort
}
unchanged() { diff <(printf '%s\n' "$before") <(as_it_is); }
# refuses FOLDER OTHER: whether every script of a folder that changes something refuses, and names the other's Compose file.
refuses() {
	local own=$1 other=$2 arguments
	before=$(as_it_is)
	for arguments in start-all-services stop-all-services "update-service web" backup-services "restore-services --yes $backup" \
		"cleanup-services --yes" "cleanup-services --yes --volumes"; do
		refusal() {
			# shellcheck disable=SC2086 # several words; no folder of a backup here has a space
			exits 3 script_in "$own" $arguments >"$scratch/told" 2>&1
			local code=$?
			cat "$scratch/told"
			[ "$code" = 0 ] && grep -qF "$project/$other/docker-compose.yml" "$scratch/told"
		}
		check "$own: ${arguments%% /*} exits with 3, and names $other" refusal
	done
	check "$other: nothing of it has changed" unchanged
}

check "the base starts" script_in "$base" start-all-services
check "its data is backed up" script_in "$base" backup-services --to "$scratch/of-base"
backup=$(find "$scratch/of-base" -mindepth 1 -maxdepth 1 -type d | head -n 1)
docker exec "$(container db)" redis-cli set kept "by the base" >/dev/null
refuses "$staging" "$base"
check "the base's own health check is well" script_in "$base" health-check-all

check "the base's own stop stops it" script_in "$base" stop-all-services
check "staging starts where the base is stopped" says "$project/$base/docker-compose.yml" script_in "$staging" start-all-services
limit() { [ "$(docker inspect --format '{{.HostConfig.Memory}}' "$(container db)")" = "$1" ]; }
check "what runs is staging's" limit $((64 << 20))
check "on the same data" says "by the base" docker exec "$(container db)" redis-cli get kept
refuses "$base" "$staging"
check "stop --all-environments means both" script_in "$base" stop-all-services --all-environments
nothing_runs() { [ -z "$(docker ps --quiet --filter "label=com.stackgen.stack=$stack")" ]; }
check "nothing runs after that" nothing_runs
check "cleanup --all-environments means both, too" script_in "$base" cleanup-services --yes --volumes --all-environments
check "nothing is left" [ -z "$(as_it_is)" ]
reference_stack
