# shellcheck shell=bash disable=SC2034
# Builds the web page into ade/dist, from where Maven takes it into the jar. Sourced; sets ADE_WHY when it cannot.

# $1: the checkout, $2: where npm's words go. True when the page is up to date afterwards.
build_ade() {
  local ade=$1/ade log=$2 changed
  ADE_WHY=
  [ -f "$ade/dist/index.html" ] &&
    changed=$(find "$ade/src" "$ade/index.html" "$ade/package-lock.json" "$ade/vite.config.ts" -newer "$ade/dist/index.html" -print 2>/dev/null | head -n 1) &&
    [ -z "$changed" ] && return 0
  if ! command -v npm >/dev/null 2>&1; then
    ADE_WHY="npm is missing (Debian: apt-get install nodejs npm)"
    return 1
  fi
  if ! (cd "$ade" && { [ node_modules -nt package-lock.json ] || npm ci --no-audit --no-fund; } && npm run build) >"$log" 2>&1; then
    ADE_WHY="npm could not build it; its words are in $log"
    return 1
  fi
}
