#!/usr/bin/env bash
# Puts the built server where other programs live, and makes it a service. Called by ./mneme, which has built it and set JDK.
#   ./mneme install [--prefix DIR] [--alias] [--no-service]
#   mneme uninstall [--prefix DIR]
# As root: /usr/local, a system service, a user `mneme`, data in /var/lib/mneme. Else: ~/.local, a service of the user's own, data in ~/.mneme.
# The service runs with --secure: it asks everybody for a key, because a reverse proxy on the same machine looks like loopback.
set -u
set -o pipefail

say() { printf 'mneme: %s\n' "$*"; }
refuse() { printf 'mneme: %s\n' "$*" >&2; exit 2; }

here=$(CDPATH="" cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd) || exit 2
work=$1
shift
root=
[ "$(id -u)" = 0 ] && root=yes
prefix=${HOME:-/nowhere}/.local
[ -n "$root" ] && prefix=/usr/local
alias=
service=yes
while [ $# -gt 0 ]; do
  case "$1" in
    --prefix)
      [ $# -ge 2 ] || refuse "--prefix wants a folder"
      prefix=$2
      shift
      ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    --alias) alias=yes ;;
    --no-service) service= ;;
    -h | --help)
      sed -n '3,6s/^# *//p' "$0"
      exit 0
      ;;
    *) refuse "unknown option $1. See ./mneme install --help" ;;
  esac
  shift
done
case "$prefix" in
  /*) ;;
  *) prefix=$PWD/$prefix ;;
esac
home=$prefix/lib/mneme
if [ -n "$root" ]; then
  unit=${MNEME_UNIT_FOLDER:-/etc/systemd/system}/mneme.service
else
  unit=${MNEME_UNIT_FOLDER:-${XDG_CONFIG_HOME:-${HOME:-/nowhere}/.config}/systemd/user}/mneme.service
fi

systemctl_() { if [ -n "$root" ]; then systemctl "$@"; else systemctl --user "$@"; fi; }
# A unit folder that was named by hand (packagers, tests) is written and not started.
managed() { [ -z "${MNEME_UNIT_FOLDER:-}" ] && command -v systemctl >/dev/null 2>&1 && systemctl_ is-system-running 2>/dev/null | grep -qE 'running|degraded|starting'; }

# Links that are ours and nobody else's.
ours() { [ -L "$1" ] && [ "$(readlink "$1")" = "$home/mneme" ]; }
free() {
  if { [ -e "$1" ] || [ -L "$1" ]; } && ! ours "$1"; then
    refuse "$1 belongs to something else: remove it first, or choose another folder with --prefix"
  fi
}
link() { ln -sfn "$home/mneme" "$1"; }
# Several installations may stand side by side; the unit is that of one of them.
our_unit() { [ -f "$unit" ] && grep -qxF "ExecStart=$home/mneme server --secure" "$unit"; }

if [ "$work" = uninstall ]; then
  [ -f "$home/mneme-server.jar" ] || refuse "nothing is installed in $home (another place: --prefix DIR)"
  if our_unit; then
    managed && systemctl_ disable --now mneme >/dev/null 2>&1
    rm -f "$unit"
    managed && systemctl_ daemon-reload
  fi
  for name in mneme letta; do
    if ours "$prefix/bin/$name"; then rm -f "$prefix/bin/$name"; fi
  done
  rm -rf "$home"
  if [ -n "$root" ]; then data=/var/lib/mneme; else data=${HOME:-your home}/.mneme; fi
  say "uninstalled. Your agents are still in $data."
  exit 0
fi

case "$prefix" in
  *[[:space:]]*) [ -z "$service" ] || refuse "systemd takes no spaces in $prefix: choose another folder with --prefix, or leave the service out with --no-service" ;;
esac
if [ -n "$root" ] && [ -n "$service" ]; then
  for each in "$JDK" "$prefix"; do
    case "$each" in
      # a unit folder that was named by hand is somebody else's to start
      /root/* | /home/*) [ -n "${MNEME_UNIT_FOLDER:-}" ] || refuse "the service's own user cannot read $each: choose a place for the whole system (a JDK in /usr/lib/jvm, --prefix /usr/local), or leave the service out with --no-service" ;;
    esac
  done
fi
# What cannot be done is refused before anything is changed.
[ ! -e "$home" ] || [ -f "$home/mneme-server.jar" ] || refuse "$home belongs to something else: remove it first, or choose another folder with --prefix"
free "$prefix/bin/mneme"
if [ -n "$alias" ]; then free "$prefix/bin/letta"; fi
jar=$here/../server/target/mneme-server.jar
mkdir -p "$prefix/bin" "$home.new" 2>/dev/null || refuse "$prefix cannot be written: choose another folder with --prefix, or run this as root"
rm -rf "$home.new"
bash "$here/stage.sh" "$home.new" || refuse "could not copy to $home.new: is its disk full?"
# The start-up cache holds for this very program in this very place.
if cmp -s "$jar" "$home/mneme-server.jar" && [ -s "$home/mneme.aot" ]; then
  cp -p "$home/mneme.aot" "$home.new/"
  [ ! -d "$home/native" ] || cp -Rp "$home/native" "$home.new/"
fi
# A running server keeps the files that it has open; the names change in one step.
rm -rf "$home.old"
[ ! -d "$home" ] || mv "$home" "$home.old"
mv "$home.new" "$home" || refuse "could not write $home"
rm -rf "$home.old"
link "$prefix/bin/mneme"
if [ -n "$alias" ]; then link "$prefix/bin/letta"; fi
env -u MNEME_UNIT_FOLDER JAVA_HOME="$JDK" "$prefix/bin/mneme" --version >/dev/null || refuse "the installed program does not start: $home/train.log may say why"
say "installed $prefix/bin/mneme$([ -n "$alias" ] && echo " and its alias letta")"
case ":$PATH:" in
  *":$prefix/bin:"*) ;;
  *) say "$prefix/bin is not on your PATH yet: add  export PATH=\"$prefix/bin:\$PATH\"  to your shell's profile" ;;
esac
[ -n "$service" ] || exit 0

# Under the root user the service gets a user and a folder of its own. The jail of tools needs user namespaces and a whole /proc, so
# RestrictNamespaces, ProtectProc and ProtectKernelTunables are left out; each would switch the tools off.
if [ -n "$root" ]; then
  account="User=mneme
Group=mneme
StateDirectory=mneme
StateDirectoryMode=0700
Environment=MNEME_DIR=/var/lib/mneme
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
NoNewPrivileges=yes"
  wanted=multi-user.target
  settings=/etc/mneme.env
  if ! id mneme >/dev/null 2>&1 && [ -z "${MNEME_UNIT_FOLDER:-}" ]; then
    useradd --system --home-dir /var/lib/mneme --shell /usr/sbin/nologin mneme || refuse "could not make the user mneme"
  fi
else
  account=NoNewPrivileges=yes
  wanted=default.target
  settings=%h/.config/mneme.env
fi
mkdir -p "$(dirname "$unit")" || refuse "$(dirname "$unit") cannot be written; --no-service leaves the service out"
cat >"$unit" <<UNIT
[Unit]
Description=Mneme, a server for agents that remember
Documentation=file://$home
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=$home/mneme server --secure
Environment=JAVA_HOME=$JDK
EnvironmentFile=-$settings
$account
Restart=on-failure
RestartSec=5
# A drain waits for runs at work.
TimeoutStopSec=60
# 143: ended by SIGTERM, as asked.
SuccessExitStatus=143

[Install]
WantedBy=$wanted
UNIT
say "wrote $unit; settings and keys of providers go into ${settings/\%h/$HOME} (lines NAME=value)"
if managed; then
  systemctl_ daemon-reload && systemctl_ enable mneme >/dev/null 2>&1 && systemctl_ restart mneme || refuse "systemd could not start it: see journalctl$([ -n "$root" ] || echo ' --user') -u mneme"
  say "the service runs at http://127.0.0.1:8283; its password was shown once in the log: journalctl$([ -n "$root" ] || echo ' --user') -u mneme"
else
  say "start it with: systemctl$([ -n "$root" ] || echo ' --user') enable --now mneme"
fi
