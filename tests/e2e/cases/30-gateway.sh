# shellcheck shell=bash disable=SC2154 # `run` and what it reads set the names
# Through the gateway: who gets in, and that the services work together.

stack_up

# A request that the service itself answers, whatever it is: neither the gateway nor nobody.
declare -A probe=([identity]=/api/v1/users/me [content]=/api/v1/documents [communication]=/api/v1/messages [workflow]=/api/v1/ai/summaries/1)
reaches() {
	through GET "${probe[$1]}"
	[ "$status" = 200 ] || [ "$status" = 404 ] && [[ $body != *"no Route"* ]]
}
# No peer, a refused connection, or a connection that nobody answers.
cut_off() {
	through GET "${probe[$1]}"
	[[ $status == 50[234] ]]
}
# What it says once its own health checks have failed often enough.
marked_down() {
	through GET "${probe[$1]}"
	[ "$status" = 503 ]
}

logged_in
check "the gateway is well" status_is 200
through GET /api/v1/documents
check "the gateway passes on a request with a token" status_is 200

for service in identity content communication workflow; do
	compose stop --timeout 5 "$service" >/dev/null 2>&1
	check "without $service the gateway has no answer" until_so 30 cut_off "$service"
	[ "$service" != content ] || check "the gateway marks $service as down" until_so 40 marked_down "$service"
	compose start "$service" >/dev/null 2>&1
	check "$service comes back" until_so 60 is_healthy "$service"
	begun=$EPOCHREALTIME
	check "the gateway reaches $service" until_so 10 reaches "$service"
	figure "from $service being healthy to a request through the gateway" "$(since "$begun")" 2.8
done

logged_in
through POST /api/v1/documents '{"title": "Quarterly plan", "text": "Numbers first. Then words."}'
check "a document is stored" status_is 201
document=$(field id)
through GET "/api/v1/search?words=quarterly"
check "the document is found" body_has '"Quarterly plan"'
through POST /api/v1/workflows '{"name": "publish", "steps": [{"do": "store", "title": "A copy"}, {"do": "notify", "title": "It is out", "to": "ada"}]}'
check "a workflow is defined" status_is 201
through POST "/api/v1/workflows/$(field id)/runs"
check "a workflow runs: content and communication do its steps" status_is 201
through GET "/api/v1/search?words=copy"
check "the workflow's document is in content" body_has '"A copy"'
through GET /api/v1/notifications
check "the workflow's message waits in communication's queue" body_has '"message"'
through GET "/api/v1/ai/summaries/$document"
check "workflow reads from content" body_has '"Numbers first."'
call POST http://127.0.0.1:8000/api/projects --token "$token" --json '{"name": "apollo"}'
check "the backend calls all four services" status_is 201

for path in /api/v1/users /api/v1/organizations /api/v1/mfa /api/v1/documents /api/v1/search /api/v1/notifications /api/v1/messages /api/v1/workflows /api/v1/ai; do
	call GET "$gateway$path"
	check "without a token, $path is refused with 401" status_is 401
done
call GET "$gateway/api/v1/documents" --token "${token%?????}AAAAA"
check "a token with another signature is refused with 401" status_is 401
expired=$(python3 - "$(sed -n 's/^JWT_SECRET=//p' "$project/.env")" <<-'END'
	import base64, hashlib, hmac, json, sys
	part = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
	text = ".".join(part(json.dumps(it).encode()) for it in ({"alg": "HS256"}, {"iss": "hub-web", "sub": "ada", "exp": 1000000000}))
	print(text + "." + part(hmac.new(sys.argv[1].encode(), text.encode(), hashlib.sha256).digest()))
END
)
call GET "$gateway/api/v1/documents" --token "$expired"
check "a token that has expired is refused with 401" status_is 401

over_the_rate() {
	# Twice the rate, for the minute may end in between.
	for ((sent = 0; sent < 60; sent++)); do
		through GET /api/v1/workflows
		[ "$status" != 429 ] || return 0
	done
	return 1
}
check "over 30 requests a minute, the workflows are refused with 429" over_the_rate

through POST /api/v1/auth/logout
through GET /api/v1/documents
check "after the logout the token is refused with 401" status_is 401

