#!/bin/sh
# The container's first program: takes ownership of the data volume, then goes on as the user mneme. Started as another user than root
# (Kubernetes, --user), it changes nothing.
#   data: MNEME_DIR, else a volume at /root/.letta (where images of the retired server had theirs; ours lies in its folder mneme), else /data
set -eu

if [ -z "${MNEME_DIR:-}" ]; then
  if [ -d /root/.letta ]; then
    MNEME_DIR=/root/.letta/mneme
  else
    MNEME_DIR=/data
  fi
fi
export MNEME_DIR HOME="$MNEME_DIR"
if [ "$(id -u)" != 0 ]; then
  exec "$@"
fi
mkdir -p "$MNEME_DIR"
# The user must be able to walk to a folder below /root; nobody can list that.
case "$MNEME_DIR" in
  /root/*) chmod o+x /root /root/.letta ;;
esac
if [ "$(stat -c %U "$MNEME_DIR")" != mneme ]; then
  chown -R mneme:mneme "$MNEME_DIR"
fi
exec setpriv --reuid=mneme --regid=mneme --init-groups --no-new-privs "$@"
