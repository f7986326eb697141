#!/usr/bin/env bash
# Lays the built server out as it lies in a container: tools/stage.sh FOLDER. Called by the Dockerfile and by tools/image.py after ./mneme --version.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. tools/find-java.sh
find_jdk || { say_which_jdk_to_install; exit 2; }
to=$1
mkdir -p "$to/lib"
cp -p server/target/mneme-server.jar mneme tools/find-java.sh tools/install.sh deploy/entrypoint.sh deploy/healthcheck.sh "$to/"
cp -p server/target/lib/*.jar "$to/lib/"
# A Java of its own, with the compiler: tools may be written in Java.
rm -rf "$to/jre"
# (A JDK without jmods links from itself, but not the module that does the linking.)
modules=$("$JDK/bin/java" --list-modules | sed 's/@.*//' | grep -vxE 'jdk\.(jlink|jpackage)' | paste -sd,)
"$JDK/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --compress zip-6 --output "$to/jre"
