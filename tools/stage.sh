#!/usr/bin/env bash
# Lays the built server out as it lies where it is installed: tools/stage.sh FOLDER [container]
# install.sh calls it; the Dockerfile and tools/image.py do after ./mneme --version, and get what a container has besides.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
to=$1
mkdir -p "$to/lib"
cp -p server/target/mneme-server.jar mneme tools/find-java.sh tools/install.sh "$to/"
cp -p server/target/lib/*.jar "$to/lib/"
[ "${2:-}" = container ] || exit 0
cp -p deploy/entrypoint.sh deploy/healthcheck.sh "$to/"
. tools/find-java.sh
find_jdk || { say_which_jdk_to_install; exit 2; }
# A Java of its own, with the compiler: tools may be written in Java.
rm -rf "$to/jre"
# (A JDK without jmods links from itself, but not the module that does the linking.)
modules=$("$JDK/bin/java" --list-modules | sed 's/@.*//' | grep -vxE 'jdk\.(jlink|jpackage)' | paste -sd,)
"$JDK/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --compress zip-6 --output "$to/jre"
