#!/usr/bin/env python3
"""Makes a container image without a Docker engine and without an image registry: dist/mneme-VERSION-image.tar, for docker load, podman
load, or any tool that reads an OCI layout. Its contents are those of the Dockerfile, its base comes straight from Debian's packages.

    apt-get install mmdebstrap bubblewrap
    python3 tools/image.py

The base is kept in dist/image and made anew when the list of packages or --fresh says so (security updates). Standard library only.
"""
import argparse
import datetime
import gzip
import hashlib
import io
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SUITE = "bookworm"
PACKAGES = ["bubblewrap", "ca-certificates", "nodejs", "python3", "python3-pip", "tini", "util-linux"]
LEFT_OUT = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*"]
USER = 10001  # as in the Dockerfile
# Every file's time, that of the build's: the start-up cache knows its jars by theirs, and two builds of one source must give one image.
CREATED = re.search(r"<project.build.outputTimestamp>(.*?)<", (ROOT / "pom.xml").read_text()).group(1)
EPOCH = int(datetime.datetime.fromisoformat(CREATED).timestamp())
MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


def run(*command, **more):
    subprocess.run([str(word) for word in command], check=True, **more)


def base(folder, fresh):
    """A file system of Debian's packages with our user in it; the tar file."""
    tar, wanted = folder / "base.tar", folder / "base.list"
    said = f"{SUITE} {' '.join(PACKAGES)} {USER} {EPOCH}"
    if tar.exists() and wanted.exists() and wanted.read_text() == said and not fresh:
        return tar
    run(
        "mmdebstrap", "--quiet", "--variant=minbase", "--include=" + ",".join(PACKAGES),
        *["--dpkgopt=path-exclude=" + pattern for pattern in LEFT_OUT],
        f'--customize-hook=chroot "$1" useradd --no-create-home --uid {USER} --user-group --home-dir /data --shell /usr/sbin/nologin mneme',
        '--customize-hook=chroot "$1" install -d -o mneme -g mneme -m 700 /data',
        '--customize-hook=rm -rf "$1"/var/cache/apt/* "$1"/var/log/* "$1"/tmp/*',
        SUITE, tar,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)},
    )  # fmt: skip
    wanted.write_text(said)
    return tar


def quiet_times(folder):
    for path in [folder, *folder.rglob("*")]:
        os.utime(path, (EPOCH, EPOCH), follow_symlinks=False)


def layer(rootfs, names):
    """A tar of these paths below the file system: owner root, sorted, times as they are."""
    out = io.BytesIO()

    def plain(entry):
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        return entry

    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name in names:
            whole = [rootfs / name, *sorted((rootfs / name).rglob("*"))] if (rootfs / name).is_dir() else [rootfs / name]
            for path in whole:
                tar.add(path, str(path.relative_to(rootfs)), recursive=False, filter=plain)
    return out.getvalue()


def config(diff_ids, version, machine):
    settings = {
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
        "Entrypoint": ["tini", "--", "/opt/mneme/entrypoint.sh"],
        "Cmd": ["mneme", "server", "--host", "0.0.0.0"],
        "ExposedPorts": {"8283/tcp": {}},
        "Volumes": {"/data": {}},
        "Healthcheck": {
            "Test": ["CMD", "/opt/mneme/healthcheck.sh"],
            "Interval": 30 * 10**9,
            "Timeout": 5 * 10**9,
            "StartPeriod": 20 * 10**9,
        },
        "Labels": {
            "org.opencontainers.image.title": "Mneme",
            "org.opencontainers.image.description": "A server for agents that remember",
            "org.opencontainers.image.licenses": "Apache-2.0",
            "org.opencontainers.image.version": version,
        },
    }
    return {
        "architecture": machine,
        "os": "linux",
        "created": CREATED,
        "config": settings,
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": [{"created_by": "tools/image.py"} for _ in diff_ids],
    }


def write(target, layers, version, machine):
    """One file that is both an OCI layout and what docker load of any age reads."""
    blobs = {}

    def blob(data):
        name = hashlib.sha256(data).hexdigest()
        blobs[name] = data
        return name

    described = []
    for data in layers:
        packed = gzip.compress(data, 6, mtime=0)
        described.append(("sha256:" + hashlib.sha256(data).hexdigest(), blob(packed), len(packed)))
    settings = json.dumps(config([diff for diff, _, _ in described], version, machine), sort_keys=True).encode()
    kind = "application/vnd.oci.image."
    manifest = {
        "schemaVersion": 2,
        "mediaType": kind + "manifest.v1+json",
        "config": {"mediaType": kind + "config.v1+json", "digest": "sha256:" + blob(settings), "size": len(settings)},
        "layers": [
            {"mediaType": kind + "layer.v1.tar+gzip", "digest": "sha256:" + name, "size": size} for _, name, size in described
        ],
    }
    packed = json.dumps(manifest, sort_keys=True).encode()
    index = {
        "schemaVersion": 2,
        "manifests": [
            {
                "mediaType": kind + "manifest.v1+json",
                "digest": "sha256:" + blob(packed),
                "size": len(packed),
                "annotations": {"io.containerd.image.name": f"mneme:{version}", "org.opencontainers.image.ref.name": version},
            }
        ],
    }
    old = [
        {
            "Config": "blobs/sha256/" + hashlib.sha256(settings).hexdigest(),
            "RepoTags": [f"mneme:{version}", "mneme:latest"],
            "Layers": ["blobs/sha256/" + name for _, name, _ in described],
        }
    ]
    files = {
        "oci-layout": b'{"imageLayoutVersion":"1.0.0"}',
        "index.json": json.dumps(index, sort_keys=True).encode(),
        "manifest.json": json.dumps(old, sort_keys=True).encode(),
        **{"blobs/sha256/" + name: data for name, data in sorted(blobs.items())},
    }
    with tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(data), EPOCH, 0o644
            tar.addfile(entry, io.BytesIO(data))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fresh", action="store_true", help="fetch Debian's packages again")
    fresh = parser.parse_args().fresh
    for program, package in (("mmdebstrap", "mmdebstrap"), ("bwrap", "bubblewrap")):
        if shutil.which(program) is None:
            sys.exit(f"{program} is missing: apt-get install {package}")
    machine = MACHINES.get(platform.machine()) or sys.exit(f"no image for {platform.machine()}: one of {', '.join(MACHINES)}")
    folder = ROOT / "dist" / "image"
    folder.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([ROOT / "mneme", "--version"], check=True, capture_output=True, text=True).stdout.split()[1]
    print("the base, from Debian's packages", flush=True)
    tar = base(folder, fresh)
    print("our layers", flush=True)
    rootfs = folder / "rootfs"
    shutil.rmtree(rootfs, ignore_errors=True)
    rootfs.mkdir()
    run("tar", "-xf", tar, "-C", rootfs, "--exclude=./dev/*")
    home = rootfs / "opt" / "mneme"
    run(ROOT / "tools" / "stage.sh", home, "container")
    for name in ("mneme", "letta"):
        (rootfs / "usr" / "local" / "bin" / name).symlink_to("/opt/mneme/mneme")
    quiet_times(home)
    # The start-up cache holds for the place where it was made, so it is made in there.
    run(
        "bwrap", "--unshare-user-try", "--unshare-pid", "--die-with-parent", "--clearenv", "--setenv", "PATH", "/usr/local/bin:/usr/bin:/bin",
        "--setenv", "HOME", "/tmp", "--bind", rootfs, "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "mneme", "--version",
    )  # fmt: skip
    for left in ("train.log", "build.log", "build.lock"):
        (home / left).unlink(missing_ok=True)
    cache = home / "mneme.aot"
    if not cache.exists() or cache.stat().st_size == 0:
        sys.exit("no start-up cache could be made in the image")
    quiet_times(home)
    own = sorted(
        str(path.relative_to(rootfs)) for path in home.iterdir() if path.name not in ("jre", "lib", "mneme.aot")
    ) + ["usr/local/bin/letta", "usr/local/bin/mneme"]
    layers = [tar.read_bytes(), *[layer(rootfs, names) for names in (["opt/mneme/jre"], ["opt/mneme/lib"], own, ["opt/mneme/mneme.aot"])]]
    target = ROOT / "dist" / f"mneme-{version}-image.tar"
    write(target, layers, version, machine)
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size >> 20} MB. Next: docker load -i {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
