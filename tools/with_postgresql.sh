#!/usr/bin/env bash
# with_postgresql.sh COMMAND…: starts a PostgreSQL server of its own in a temporary folder, on a socket there and on no port, runs the command with
# VIGIA_TEST_POSTGRESQL set to its address, and takes everything away again. The server refuses to run as root, so root lends it to `postgres`.
set -euo pipefail

programs=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
folder=$(mktemp -d)
as_server=()
if [ "$(id -u)" = 0 ]; then
    as_server=(runuser -u postgres --)
    chown postgres "$folder"
fi
chmod 755 "$folder"

stop() {
    (cd "$folder" && "${as_server[@]}" "$programs/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1) || true
    rm -rf "$folder"
}
trap stop EXIT

cd "$folder"
"${as_server[@]}" "$programs/initdb" -D "$folder/data" -U vigia -A trust -E UTF8 --locale=C.UTF-8 >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
"${as_server[@]}" "$programs/pg_ctl" -D "$folder/data" -w -t 60 -l "$folder/server.log" \
    -o "-c listen_addresses='' -c unix_socket_directories='$folder' -c fsync=off" start >>"$folder/log" 2>&1 || { cat "$folder/log" "$folder/server.log" >&2; exit 1; }
cd - >/dev/null
VIGIA_TEST_POSTGRESQL="postgresql:///postgres?host=$folder&user=vigia" "$@"
