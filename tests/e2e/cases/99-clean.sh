# shellcheck shell=bash disable=SC2154 # `run` and what it reads set the names
# Cleaning up takes all of the stack's, and nothing else.

stack_up
docker volume create "$stack-of-somebody-else" >/dev/null
neighbour=$(docker run --detach --label com.stackgen.stack=neighbour --entrypoint sleep "$(python_image)" 600)

unanswered() { script cleanup-services --volumes </dev/null; }
check "cleanup lists what it would remove" says "$stack-identity-db-1" unanswered
check "cleanup lists the volumes" says "${stack}_identity-db-data" unanswered
check "without an answer it removes nothing" script health-check-all
check "cleanup --volumes --yes removes everything" script cleanup-services --volumes --yes
nothing_labelled() {
	local left
	left=$(docker ps --all --quiet --filter "label=com.stackgen.stack=$stack"
		docker volume ls --quiet --filter "label=com.stackgen.stack=$stack"
		docker network ls --quiet --filter "label=com.stackgen.stack=$stack")
	[ -z "$left" ]
}
check "no container, volume or network of the stack is left" nothing_labelled
check "somebody else's volume is left alone" docker volume inspect "$stack-of-somebody-else"
check "another stack's container is left alone" [ "$(docker inspect --format '{{.State.Running}}' "$neighbour")" = true ]
docker rm --force "$neighbour" >/dev/null
docker volume rm "$stack-of-somebody-else" >/dev/null
