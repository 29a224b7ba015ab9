# shellcheck shell=bash disable=SC2154 # `run` and what it reads set the names
# A service that does not come up: the start script tries again, gives up in time, and says what is wrong with which service.

stack_up
cp "$project/tests/hub/content/main.py" "$scratch/main.py"
echo 'raise RuntimeError("the suite broke it")' >>"$project/tests/hub/content/main.py"
begun=$EPOCHREALTIME
failing() { script start-all-services --retries 1 --timeout 25 >"$scratch/told" 2>&1; }
check "start exits with 1 where a service does not come up" exits 1 failing
figure "giving up, with a limit of 25 s" "$(since "$begun")" 40
told() { tail -n 40 "$scratch/told" && grep -q "$1" "$scratch/told"; }
check "it names the service" told "content.*(container $stack-content-1)"
check "it shows the last lines of its log" told "RuntimeError: the suite broke it"
check "it says what to try" told "try:"
# Its port is open and shut all the time, by the engine: that is nobody else's.
never_a_stranger() {
	for _ in 1 2 3 4 5; do exits 1 script start-all-services --retries 0 --timeout 2 || return 1; done
}
check "while it crashes again and again, its own port is not taken for somebody else's" never_a_stranger
cp "$scratch/main.py" "$project/tests/hub/content/main.py"
check "once that is mended, start succeeds" script start-all-services
check "everything is healthy after that" until_so 60 script health-check-all
