# shellcheck shell=bash disable=SC2154 # `run` and what it reads set the names
# From nothing to fourteen of fourteen: the start script against Compose alone, on the same file.
# "Nothing" is no container, network, volume, .env file or image of the stack's own; the engine's build cache is warm for both.

bare() { docker compose --env-file "$scratch/bare.env" --file "$project/generated/docker-compose.yml" "$@"; }
count_healthy() { docker ps --quiet --filter "label=com.stackgen.stack=$stack" --filter health=healthy | wc -l; }
all_healthy() { [ "$(count_healthy)" = 14 ]; }
mode_of_env() { [ "$(stat -c %a "$project/.env")" = 600 ]; }
secrets_are_random() { [ "$(grep -c '=[0-9a-f]\{32,\}$' "$project/.env")" = "$(grep -c = "$project/generated/.env.example")" ]; }
no_secret_twice() { [ -z "$(sed 's/^[^=]*=//' "$project/.env" | sort | uniq -d)" ]; }

begun=$EPOCHREALTIME
check "every image builds by its generated Dockerfile" bare build --quiet
figure "five images built from nothing" "$(since "$begun")"

check "nothing is left" nothing_left
begun=$EPOCHREALTIME
check "Compose alone starts it" bare up --detach --wait --wait-timeout 200
bare_time=$(since "$begun")

# A `docker` that takes the time of each `up`: what is left of the script's time is its own. The difference of two starts shows
# whatever else the machine does, too.
mkdir "$scratch/timed"
cat >"$scratch/timed/docker" <<END
#!/usr/bin/env bash
[[ " \$* " == *" up "* ]] || exec $(command -v docker) "\$@"
begun=\$EPOCHREALTIME
$(command -v docker) "\$@"
code=\$?
echo "\$begun \$EPOCHREALTIME" >>"$scratch/ups"
exit "\$code"
END
chmod +x "$scratch/timed/docker"
# timed_start: sets `total` and `own`, in seconds.
total=999 own=999
timed_start() {
	local PATH="$scratch/timed:$PATH" begun=$EPOCHREALTIME
	: >"$scratch/ups"
	script start-all-services || return
	total=$(since "$begun" 2)
	own=$(awk -v total="$total" '{ ups += $2 - $1 } END { printf "%.2f", total - ups }' "$scratch/ups")
}

check "nothing is left" nothing_left
check "the start script starts it" timed_start
start_time=$total start_own=$own
check "fourteen of fourteen are healthy" all_healthy
figure "from nothing, bare docker compose up --wait" "$bare_time"
figure "from nothing, start to 14 of 14 healthy" "$start_time" 78
check "the .env file is the user's alone" mode_of_env
check "every secret in it is random" secrets_are_random
check "no two secrets are the same" no_secret_twice
check "a second start changes nothing" timed_start
figure "start of what runs already" "$total"
figure "start from nothing beside its docker compose up" "$start_own"
at_most "$own" "$start_own" || own=$start_own
figure "overhead of the start script over its docker compose up, the better of two starts" "$own" 1
