# shellcheck shell=bash disable=SC2154 # `run` and what it reads set the names
# A service is replaced behind the gateway, under load: new code, and no failed request.

stack_up
logged_in
through POST /api/v1/documents '{"title": "Under load"}'
old=$(container content)

echo '# The new version.' >>"$project/tests/hub/content/main.py"
python3 "$here/client.py" load GET "$gateway/api/v1/search?words=load" --token "$token" --rate 25 >"$scratch/load" &
reader=$!
python3 "$here/client.py" load POST "$gateway/api/v1/documents" --token "$token" --json '{"title": "Written under load"}' --rate 10 >"$scratch/writes" &
writer=$!
sleep 2
begun=$EPOCHREALTIME
check "update-service.sh replaces content" script update-service content
figure "update of a service" "$(since "$begun")"
sleep 3
kill "$reader" "$writer"
check "no read failed meanwhile" wait "$reader"
check "no write failed meanwhile" wait "$writer"
sed 's/^/      reads: /' "$scratch/load"
sed 's/^/      writes: /' "$scratch/writes"
is_new() { [ "$(container content)" != "$old" ] && docker exec "$(container content)" grep -q 'The new version' main.py; }
check "the new version runs" is_new
check "one container of it runs" [ "$(docker ps --quiet --filter "label=com.stackgen.stack=$stack" --filter label=com.stackgen.service=content | wc -l)" = 1 ]
check "everything is healthy after that" until_so 60 script health-check-all
