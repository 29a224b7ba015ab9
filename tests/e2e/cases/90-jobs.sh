# shellcheck shell=bash disable=SC2154 # `run` and what it reads set the names
# Services that do their work and end: who needs one waits until it has ended well, and a start fails with one that does not.

image=$(python_image)
# jobs MIGRATE SEED: the stack, with what its two jobs do, in Python. `api` needs `migrate`, and nobody needs `seed`.
jobs() {
	cat <<-END
		[stack]
		name = "suite-jobs"

		[services.api]
		image = "$image"
		command = ["python", "-m", "http.server", "8201"]
		# Python, as the first process of a container, ends by this alone.
		compose_extra = { stop_signal = "SIGINT" }
		port = 8201
		needs = ["migrate"]

		[services.migrate]
		image = "$image"
		command = ["python", "-c", "$1"]
		restart = "no"

		[services.seed]
		image = "$image"
		command = ["python", "-c", "$2"]
		restart = "no"
		needs = ["migrate"]
	END
}
works='import time; time.sleep(3)'
fails='import sys; print(12345 * 2); sys.exit(3)'

small_stack suite-jobs < <(jobs "$fails" "$works")
failing() { script start-all-services --retries 0 --timeout 60 >"$scratch/told" 2>&1; }
told() { tail -n 40 "$scratch/told" && grep -q "$1" "$scratch/told"; }
# moment SERVICE StartedAt|FinishedAt: as the engine writes it, which sorts.
moment() { docker inspect --format "{{.State.$2}}" "$(container "$1")"; }
never_ran() { [ -z "$(container "$1")" ] || [[ $(moment "$1" StartedAt) == 0001-* ]]; }
ended_before() {
	local ended started
	ended=$(moment "$1" FinishedAt) started=$(moment "$2" StartedAt)
	echo "$1 ended at $ended, $2 started at $started"
	[[ $ended != 0001-* && $ended < $started ]]
}
ended_well() { [ "$(docker inspect --format '{{.State.Status}} {{.State.ExitCode}}' "$(container "$1")")" = "exited 0" ]; }

check "start exits with 1 where a job that others need fails" exits 1 failing
check "it names the job, and how it ended" told "migrate: Exited (3)"
check "it shows the last lines of its log" told 24690
check "who needs that job has not been started" never_ran api
check "nor the job that comes after it" never_ran seed

rewrite < <(jobs "$works" "$fails")
check "start exits with 1 where a job that nobody needs fails" exits 1 failing
check "it names that job, too" told "seed: Exited (3)"
check "and not the one that has ended well" not told "migrate: Exited"
check "who needs that one was started once it had ended" ended_before migrate api

rewrite < <(jobs "$works" "$works")
begun=$EPOCHREALTIME
check "once both are mended, start succeeds" script start-all-services
figure "start with two jobs of three seconds" "$(since "$begun")"
for job in migrate seed; do check "$job has ended with 0 when start is done" ended_well "$job"; done
check "seed was started once migrate had ended" ended_before migrate seed
check "api runs on" [ "$(state api)" = running ]
check "the health check is well with two that are done" script health-check-all

first=$(moment seed StartedAt)
check "a second start succeeds" script start-all-services
ran_again() { [[ $(moment seed StartedAt) > $first ]] && ended_well seed; }
check "it has run again what nobody needs" ran_again
reference_stack
