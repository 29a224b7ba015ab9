# shellcheck shell=bash disable=SC2154 # `run` and what it reads set the names
# A service dies by kill -9: health says so, the engine starts it again, and health is green again.

stack_up

send 9 identity
begun=$EPOCHREALTIME
check "health names it within 5 s, and exits with 1" until_so 5 finds_ill identity
figure "from kill -9 to health saying so" "$(since "$begun")" 5
restarted() { [ "$(docker inspect --format '{{.RestartCount}}' "$(container identity)")" -ge 1 ]; }
check "the engine starts it again" until_so 30 restarted
check "health is green again" until_so 60 script health-check-all
figure "from kill -9 to green again" "$(since "$begun")"
