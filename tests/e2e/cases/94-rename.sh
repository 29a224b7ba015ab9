# shellcheck shell=bash disable=SC2154 # `run` and what it reads set the names
# A database, which only its own stack reaches, and the service that uses it get other names: after build and start the data is there, under the new names.

small_stack suite-rename <<END
[stack]
name = "suite-rename"

[services.notes-db]
kind = "postgres"

[services.notes]
image = "$(python_image)"
command = ["python", "-m", "http.server", "8203"]
# Python, as the first process of a container, ends by this alone.
compose_extra = { stop_signal = "SIGINT" }
port = 8203
needs = ["notes-db"]
END

# sql SERVICE STATEMENT: over the network, by the password that the container has from .env.
sql() {
	# shellcheck disable=SC2016 # the container's own shell is to see them
	docker exec "$(container "$1")" sh -c 'PGPASSWORD=$POSTGRES_PASSWORD psql --host="$(hostname -i)" \
		--username="$POSTGRES_USER" --dbname="$POSTGRES_DB" --tuples-only --set=ON_ERROR_STOP=1 --command="$1"' - "$2"
}

check "it starts" script start-all-services
check "a row is written" sql notes-db "create table notes (text text); insert into notes values ('a keepsake')"
old=$(container notes-db)

renamed() { stackgen rename service "$1" "$2" --yes >"$scratch/told" 2>&1; }
told() { cat "$scratch/told" && grep -q "$1" "$scratch/told"; }
check "the database is renamed" renamed notes-db archive
check "it is said that its data stays" told "its data stays in the volume"
check "it is said which secret has another name" told "NOTES_DB_PASSWORD.*ARCHIVE_PASSWORD"
sed -i 's/^NOTES_DB_PASSWORD=/ARCHIVE_PASSWORD=/' "$project/.env"
check "the service that uses it is renamed" renamed notes minutes
check "stackgen builds it" stackgen build --yes --quiet
check "start says that it stops what has the old name" says "whose service is not in the stack any more" script start-all-services
check "the row is there, for who asks by the new name" says "a keepsake" sql archive "select text from notes"
knows() { docker exec "$(container "$1")" python -c 'import os, sys; print(os.environ["DATABASE_URL"]); sys.exit("@archive:" not in os.environ["DATABASE_URL"])'; }
check "who uses it is told the new name" knows minutes
is_stopped() { [ "$(docker inspect --format '{{.State.Running}}' "$1")" = false ]; }
check "the container of the old name does not run: two would write at once" is_stopped "$old"
check "everything is healthy after that" until_so 60 script health-check-all

check "it is stopped" script stop-all-services
check "and started again" script start-all-services
check "the row is still there" says "a keepsake" sql archive "select text from notes"
reference_stack
