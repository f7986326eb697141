"""What tools/release.sh makes: the one jar, the list of its parts, and the container image, run as a container would run it: its own root,
its own processes, root at the start.

Not part of every ./verify (it fetches Debian's packages): ./verify release, and --long.
"""
import json
import os
import pathlib
import subprocess
import tarfile
import urllib.request
import zipfile

import pytest
from harness import ROOT, Server, free_port, wait_until_healthy

DIST = ROOT / "dist"


def made(pattern):
    return max(DIST.glob(pattern), key=os.path.getmtime)


def test_one_jar_is_the_whole_server(tmp_path):
    program = tmp_path / "program"
    java = os.environ["JAVA_HOME"] + "/bin/java"
    program.write_text(f'#!/bin/sh\nexec {java} -jar {made("mneme-[0-9]*.jar")} "$@"\n')
    program.chmod(0o755)
    server = Server(tmp_path / "server")
    server.program = str(program)
    server.start()
    try:
        agent = server.call("POST", "/v1/agents/", {"name": "a", "model": "demo/mneme-demo"})["id"]
        server.call("POST", f"/v1/agents/{agent}/archival-memory", {"text": "tea with Ada"})
        found = server.call("GET", f"/v1/agents/{agent}/archival-memory/search?query=Ada")
        assert [each["content"] for each in found["results"]] == ["tea with Ada"]
        with urllib.request.urlopen(server.url + "/ade/", timeout=10) as page:
            assert b"<script" in page.read()
    finally:
        server.stop()


def test_the_list_of_parts_names_what_the_jar_holds():
    parts = json.loads(made("mneme-*-sbom.json").read_text())
    names = {part["name"] for part in parts["components"]}
    assert parts["metadata"]["component"]["name"] == "mneme-server"
    assert {"helidon-webserver", "sqlite-jdbc", "lucene-core", "jackson-databind"} <= names
    assert not names & {"junit-jupiter", "assertj-core", "archunit"}
    assert all(part.get("licenses") for part in parts["components"])


def test_the_python_package_is_of_this_version_and_of_no_machine():
    with zipfile.ZipFile(made("mneme_agents-*.whl")) as wheel:
        names = wheel.namelist()
        metadata = wheel.read(next(name for name in names if name.endswith("/METADATA"))).decode()
    assert "letta/__init__.py" in names and "letta/_checkout.txt" not in names
    assert f"\nVersion: {made('mneme-[0-9]*.jar').stem.removeprefix('mneme-')}\n" in metadata
    assert "mneme_agents-" in (DIST / "SHA256SUMS").read_text()


def test_the_checksums_are_those_of_the_files():
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=DIST, check=True)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The image's layers laid over each other, as its own manifest says, and its configuration."""
    if os.getuid() != 0:
        pytest.skip("running the image's first program as root needs root")
    file = made("mneme-*-image.tar")
    folder = tmp_path_factory.mktemp("image")
    with tarfile.open(file) as tar:
        tar.extractall(folder / "oci", filter="data")
    blobs = folder / "oci" / "blobs"

    def blob(digest):
        return blobs / digest.replace(":", "/")

    index = json.loads((folder / "oci" / "index.json").read_text())
    manifest = json.loads(blob(index["manifests"][0]["digest"]).read_text())
    settings = json.loads(blob(manifest["config"]["digest"]).read_text())
    rootfs = folder / "rootfs"
    rootfs.mkdir()
    for each in manifest["layers"]:
        subprocess.run(["tar", "-xzf", blob(each["digest"]), "-C", rootfs, "--exclude=./dev/*"], check=True)
    old = json.loads((folder / "oci" / "manifest.json").read_text())[0]
    assert [name.split("/")[-1] for name in old["Layers"]] == [each["digest"][7:] for each in manifest["layers"]]
    return rootfs, settings["config"]


class Container:
    def __init__(self, unpacked, data, inside="/data", user=None, **extra):
        rootfs, settings = unpacked
        self.data, self.port = pathlib.Path(data), free_port()
        self.log = self.data.parent / (self.data.name + ".log")
        words = ["bwrap", "--cap-add", "ALL", "--as-pid-1", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--clearenv"]
        for setting in [*settings["Env"], f"MNEME_PORT={self.port}", *[f"{k}={v}" for k, v in extra.items()]]:
            words += ["--setenv", *setting.split("=", 1)]
        # the root of a container with a read-only file system and not even a temporary folder: only the volume can be written
        words += ["--ro-bind", str(rootfs), "/", "--dev", "/dev", "--proc", "/proc"]
        if inside.startswith("/root"):
            words += ["--tmpfs", "/root"]
        words += ["--bind", str(data), inside]
        entry = settings["Entrypoint"]
        if user:
            words += ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        self.words, self.health = words + entry + settings["Cmd"], settings["Healthcheck"]["Test"][1:]
        self.process = None

    def start(self):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(self.words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until_healthy(self.process, self.log, lambda: self.call("/v1/health/"))
        return self

    def call(self, path, password=None, body=None):
        headers = {"Content-Type": "application/json", **({"Authorization": "Bearer " + password} if password else {})}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def owner(self):
        """The user of the Java process."""
        found = subprocess.run(["pgrep", "-f", "java .*mneme-server.jar server"], capture_output=True, text=True).stdout.split()
        for pid in found:
            environment = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            if f"MNEME_PORT={self.port}".encode() in environment:
                return os.stat(f"/proc/{pid}").st_uid
        raise AssertionError("no Java process")

    def stop(self):
        # the signal that docker stop sends goes to the first process in the container
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        for pid in children:
            subprocess.run(["kill", "-TERM", pid], check=False)
        self.process.wait(60)


def password(container):
    lines = [line for line in container.log.read_text().splitlines() if "password for requests" in line]
    assert len(lines) == 1, container.log.read_text()
    return lines[0].split()[-1]


@pytest.mark.parametrize("inside", ["/data", "/root/.letta"])
def test_it_runs_as_its_own_user_on_the_volume_and_keeps_what_it_learned(unpacked, tmp_path, inside):
    data = tmp_path / "volume"
    data.mkdir()
    (data / "sqlite.db").write_text("of the retired server")
    container = Container(unpacked, data, inside).start()
    try:
        assert container.owner() == 10001
        subprocess.run([*container_exec(container), *container.health], check=True)
        secret = password(container)
        container.call("/v1/agents/", secret, {"name": "kept", "model": "demo/mneme-demo"})
    finally:
        container.stop()
    again = Container(unpacked, data, inside).start()
    try:
        assert [agent["name"] for agent in again.call("/v1/agents/", secret)] == ["kept"]
    finally:
        again.stop()
    assert (data / "sqlite.db").read_text() == "of the retired server"


def container_exec(container):
    """What docker exec would do: the server listens in the same network here, so the check's words run outside."""
    return ["env", f"MNEME_PORT={container.port}", "chroot", container.words[container.words.index("--ro-bind") + 1]]


def test_another_user_than_root_needs_no_ownership(unpacked, tmp_path):
    data = tmp_path / "volume"
    data.mkdir()
    os.chown(data, 12345, 12345)
    for part in [tmp_path, *tmp_path.parents][:-1]:
        part.chmod(part.stat().st_mode | 0o011)
    container = Container(unpacked, data, user=12345).start()
    try:
        assert container.owner() == 12345
        secret = password(container)
        agent = container.call("/v1/agents/", secret, {"name": "kept", "model": "demo/mneme-demo"})["id"]
        # the embedder unpacks its native part
        assert len(container.call(f"/v1/agents/{agent}/archival-memory", secret, {"text": "tea"})) == 1
    finally:
        container.stop()
