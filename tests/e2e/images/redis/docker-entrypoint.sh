#!/bin/sh
# What the official image's entrypoint does: options alone are options of redis-server, and root gives up its rights.
set -eu

case ${1:-} in
-* | *.conf) set -- redis-server "$@" ;;
esac
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
	find . ! -user redis -exec chown redis:redis {} +
	exec setpriv --reuid=redis --regid=redis --init-groups "$0" "$@"
fi
# In a container there is no other instance to protect from.
if [ "$1" = redis-server ]; then set -- "$@" --protected-mode no; fi
exec "$@"
