# shellcheck shell=bash disable=SC2034
# Finds a JDK of version 25 or newer and leaves its folder in JDK. Sourced by ./mneme and ./verify.
# Reads the file `release` of each candidate, so nothing is started only to ask its version.

MIN_JAVA=25

# jdk_version FOLDER: the feature version (25), or nothing.
jdk_version() {
  [ -x "$1/bin/java" ] && [ -f "$1/release" ] || return 0
  sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9][0-9]*\).*/\1/p' "$1/release" | head -n 1
}

# try_jdk FOLDER: takes the folder if it holds a whole JDK that is new enough.
try_jdk() {
  [ -n "$JDK" ] && return 0
  [ -x "$1/bin/javac" ] || return 0
  _version=$(jdk_version "$1")
  if [ -n "$_version" ] && [ "$_version" -ge "$MIN_JAVA" ]; then
    JDK=$1
  fi
}

find_jdk() {
  JDK=
  [ -n "${JAVA_HOME:-}" ] && try_jdk "$JAVA_HOME"
  _java=$(command -v java 2>/dev/null) || _java=
  if [ -n "$_java" ]; then
    _java=$(readlink -f "$_java" 2>/dev/null || printf '%s' "$_java")
    try_jdk "$(dirname "$(dirname "$_java")")"
  fi
  for _folder in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/*/jdk* \
    "${HOME:-/nowhere}"/.sdkman/candidates/java/* "${HOME:-/nowhere}"/.jdks/* \
    "${HOME:-/nowhere}"/.asdf/installs/java/* "${HOME:-/nowhere}"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-/nowhere}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    try_jdk "$_folder"
  done
  [ -n "$JDK" ]
}

say_which_jdk_to_install() {
  printf '%s\n' "mneme: needs a JDK $MIN_JAVA or newer and found none (looked at JAVA_HOME, PATH and the usual folders)." >&2
  case "$(uname -s)" in
    Darwin) printf '%s\n' "Install one: brew install openjdk" >&2 ;;
    *)
      if [ -r /etc/debian_version ]; then
        printf '%s\n' "Install one: apt-get install openjdk-25-jdk-headless where your Debian or Ubuntu has it, else Eclipse Temurin 25 (package temurin-25-jdk, from adoptium.net)" >&2
      else
        printf '%s\n' "Install one: your system's package for OpenJDK 25, or Eclipse Temurin 25 from adoptium.net" >&2
      fi
      ;;
  esac
  printf '%s\n' "Then run this again; or name its folder: JAVA_HOME=/path/to/jdk-25 $0" >&2
}

# find_maven: leaves the command in MVN; Maven 3.8 or newer.
find_maven() {
  MVN=$(command -v mvn 2>/dev/null) || MVN=
  [ -n "$MVN" ] || return 1
  _found=$(JAVA_HOME=$JDK "$MVN" -v 2>/dev/null | sed 's/\x1b\[[0-9;]*m//g' | sed -n 's/^Apache Maven \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
  _major=${_found% *}
  _minor=${_found#* }
  [ -n "$_found" ] && { [ "$_major" -gt 3 ] || { [ "$_major" -eq 3 ] && [ "$_minor" -ge 8 ]; }; }
}

say_how_to_install_maven() {
  printf '%s\n' "mneme: the first build needs Maven 3.8 or newer. Install it: apt-get install maven  (macOS: brew install maven), then run this again." >&2
}
