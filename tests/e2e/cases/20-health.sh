# shellcheck shell=bash disable=SC2154 # `run` and what it reads set the names
# The health check: all well, one service hanging, one gone.

stack_up

all_in_json() {
	script health-check-all --json | python3 -c '
import json, sys
report = json.load(sys.stdin)
services = report["services"]
print(report)
sys.exit(len([service for service in services if service["healthy"] is True]) != 14)
'
}

check "the health check says 14/14 healthy" says "14/14 healthy" script health-check-all
check "it exits with 0" exits 0 script health-check-all
check "--json has all fourteen" all_in_json

# The best of five: what else the machine does is not the script's.
best=999
for _ in 1 2 3 4 5; do
	begun=$EPOCHREALTIME
	script health-check-all >/dev/null
	time=$(since "$begun" 2)
	at_most "$best" "$time" || best=$time
done
figure "health check, all well" "$best" 1

# Stopped processes: their ports take connections, and nobody answers. The engine does not know of it.
STOP=19 CONT=18
send "$STOP" content
begun=$EPOCHREALTIME
check "a service that hangs is named, with exit 1" finds_ill content
figure "health check with a service that hangs" "$(since "$begun")" 5
send "$STOP" identity communication workflow kong
begun=$EPOCHREALTIME
check "five that hang are named" finds_ill identity content communication workflow kong
figure "health check with five services that hang" "$(since "$begun")" 5
send "$CONT" identity content communication workflow kong
check "it is green again after that" until_so 60 script health-check-all

docker pause "$(container content-db)" >/dev/null
check "without its database content says itself that it is not well" finds_ill content content-db
docker unpause "$(container content-db)" >/dev/null
check "it is green again after that, too" until_so 60 script health-check-all

for shell in dash "busybox sh" bash; do
	# shellcheck disable=SC2086 # a shell may be two words
	check "the health check runs under $shell" $shell "$project/generated/scripts/health-check-all.sh"
done
