# shellcheck shell=bash disable=SC2154 # `run` and what it reads set the names
# Data written stays: over stop and start, over cleanup, and by backup and restore over the loss of every volume.

stack_up
logged_in
title="Keepsake $RANDOM$RANDOM"
through POST /api/v1/documents "{\"title\": \"$title\"}"
check "a document is stored" status_is 201
through POST /api/v1/messages "{\"to\": \"ada\", \"text\": \"$title\"}"
check "a message is queued" status_is 202
call POST http://127.0.0.1:8000/api/projects --token "$token" --json "{\"name\": \"$title\"}"
check "a project is begun" status_is 201

finds_document() { through GET "/api/v1/search?words=${title/ /%20}" && body_has "\"$title\""; }
finds_message() { through GET /api/v1/messages && body_has "\"$title\""; }
finds_in_queue() { through GET /api/v1/notifications && body_has '"message"'; }
finds_project() { call GET http://127.0.0.1:8000/api/projects --token "$token" && body_has "\"$title\""; }
# The session is in a Redis of its own: that the token still holds proves that one, too.
all_there() {
	check "$1: the document is there" finds_document
	check "$1: the message is there" finds_message
	check "$1: it waits in the queue" finds_in_queue
}
no_containers() { [ -z "$(docker ps --quiet --filter "label=com.stackgen.stack=$stack")" ]; }

begun=$EPOCHREALTIME
check "stop stops it" script stop-all-services
figure "stop" "$(since "$begun")"
check "nothing runs after that" no_containers
check "start starts it again" script start-all-services
all_there "after stop and start"
check "after stop and start: the project is there" finds_project

volumes() { docker volume ls --quiet --filter "label=com.stackgen.stack=$stack"; }
kept=$(volumes | wc -l)
check "cleanup removes containers and networks" script cleanup-services --yes
check "none is left" no_containers
check "every volume is kept" [ "$(volumes | wc -l)" = "$kept" ]
check "start starts it again" script start-all-services
all_there "after cleanup"
check "after cleanup: the project is there" finds_project

begun=$EPOCHREALTIME
check "every database and cache is backed up" script backup-services --to "$scratch/the backups"
figure "backup" "$(since "$begun")"
backup=$(find "$scratch/the backups" -mindepth 1 -maxdepth 1 -type d | head -n 1)
check "cleanup with --volumes removes the data, too" script cleanup-services --volumes --yes
check "no volume is left" [ "$(volumes | wc -l)" = 0 ]
check "start starts it again" script start-all-services
through GET "/api/v1/search?words=${title/ /%20}"
check "the data is gone: the old token is refused" status_is 401

cp -r "$backup" "$scratch/damaged"
dump=$(find "$scratch/damaged" -name '*content-db*' -type f | head -n 1)
printf 'X' | dd of="$dump" bs=1 seek=100 conv=notrunc 2>/dev/null
check "a damaged backup is refused" not script restore-services --yes "$scratch/damaged"
check "the damaged file is named" says "$(basename "$dump")" script restore-services --yes "$scratch/damaged"

begun=$EPOCHREALTIME
check "the backup is restored" script restore-services --yes "$backup"
figure "restore" "$(since "$begun")"
check "everything is healthy after that" until_so 60 script health-check-all
all_there "after backup, loss and restore"
