#!/usr/bin/env bash
# Makes in dist/ what a release hands out: the runnable jar, the list of its parts, the Java client, the Python package, the
# container image, checksums.
#   tools/release.sh [--no-image] [--twice]
# --twice builds the jar once more in a copy of the sources and fails unless both are the same byte for byte.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. tools/find-java.sh
. tools/ade.sh
image=yes twice=
for flag in "$@"; do
  case "$flag" in
    --no-image) image= ;;
    --twice) twice=yes ;;
    *) echo "unknown option $flag: --no-image, --twice" >&2; exit 2 ;;
  esac
done
find_jdk || { say_which_jdk_to_install; exit 2; }
find_maven || { say_how_to_install_maven; exit 2; }
export JAVA_HOME=$JDK
version=$(sed -n 's/^  <version>\(.*\)<\/version>/\1/p' pom.xml | head -n 1)
mkdir -p dist

# build CHECKOUT: leaves server/target/mneme-server-VERSION-all.jar in it
build() {
  build_ade "$1" "$1/ade-build.log" || { echo "the web page: $ADE_WHY" >&2; exit 1; }
  rm -f "$1/ade-build.log"
  (cd "$1" && "$MVN" -B -q --no-transfer-progress -Prelease -Dquick -DskipTests clean package)
}

build .
cp "server/target/mneme-server-$version-all.jar" "dist/mneme-$version.jar"
cp server/target/mneme-sbom.json "dist/mneme-$version-sbom.json"
if [ -n "$twice" ]; then
  copy=$(mktemp -d)
  trap 'rm -rf "$copy"' EXIT
  git ls-files -z | xargs -0 cp --parents -t "$copy"
  build "$copy"
  cmp "dist/mneme-$version.jar" "$copy/server/target/mneme-server-$version-all.jar" || { echo "two builds gave two jars" >&2; exit 1; }
  echo "built twice, the same jar: $(sha256sum <"dist/mneme-$version.jar" | cut -c1-64)"
fi
cp "client-java/target/mneme-client.jar" "dist/mneme-client-$version.jar"
# from a copy outside of the checkout, else the package would believe that its server lies here
package=$(mktemp -d)
git ls-files -z clients/python | xargs -0 cp --parents -t "$package"
rm -f dist/mneme_agents-*.whl
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) python3 -m pip wheel -q --no-deps -w dist "$package/clients/python"
rm -rf "$package"
if [ -n "$image" ]; then python3 tools/image.py --fresh; fi
(cd dist && sha256sum "mneme-$version"* "mneme-client-$version.jar" "mneme_agents-$version"-*.whl >SHA256SUMS && cat SHA256SUMS)
