#!/bin/bash
# True when the server in this container is healthy. A JVM for each question would cost more than the answer.
exec 3<>"/dev/tcp/127.0.0.1/${MNEME_PORT:-8283}" || exit 1
printf 'GET /v1/health/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
grep -q '"status":"ok"' <&3
