# shellcheck shell=bash disable=SC2154 # `run` and what it reads set the names
# The generated Dockerfiles: cached dependencies, no root, no tools for downloading.

stack_up

built() { compose --progress plain build content 2>&1; }
# Whether the step that installs the requirements came from the cache.
installs_anew() {
	built | tee "$scratch/build" | awk '
		/RUN .*pip install -r/ { step = $1 }
		step != "" && $1 == step && $2 == "CACHED" { cached = 1 }
		END { exit step == "" || cached }
	'
}
built >/dev/null
echo '# Another line.' >>"$project/tests/hub/content/main.py"
check "after a change of the code the dependency layer comes from the cache" not installs_anew
cat "$scratch/build" >"$scratch/output"
copied_anew() { grep -q 'COPY \. \.' "$scratch/build" && ! grep -A 1 'COPY \. \.' "$scratch/build" | grep -q CACHED; }
check "while the code is copied anew" copied_anew
echo '# Another line.' >>"$project/tests/hub/content/requirements.txt"
check "after a change of the requirements it is made anew" installs_anew
cp "$repository/tests/hub/content/requirements.txt" "$project/tests/hub/content"

# files_of IMAGE: every file of the application in it.
files_of() {
	local made
	made=$(docker create "$1" none) || return
	docker export "$made" | tar --list | sed -n 's|^app/||p'
	docker rm "$made" >/dev/null
}
mkdir -p "$project/tests/hub/content/deep"
echo 'SECRET=1' | tee "$project/tests/hub/content/.env" >"$project/tests/hub/content/deep/.env"
built >/dev/null
holds() { files_of "$stack-content" | grep -qE "$1"; }
check "the application is in the image" holds '^main\.py$'
check "a file of secrets is not, however deep it lies in the folder" not holds '(^|/)\.env$'
rm -r "$project/tests/hub/content/deep" "$project/tests/hub/content/.env"

stages() { grep -c '^FROM' "$project/generated/docker/content.Dockerfile"; }
check "it has two stages" [ "$(stages)" = 2 ]
check "the image's own user is not root" [ "$(docker inspect --format '{{.Config.User}}' "$(container content)")" = 10001 ]
uses_curl() { docker inspect --format '{{json .Config.Healthcheck.Test}}' "$(container "$1")" | grep -E 'curl|wget'; }
for service in identity content communication workflow backend kong; do
	check "the health probe of $service needs neither curl nor wget" not uses_curl "$service"
done
