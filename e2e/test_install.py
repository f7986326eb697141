"""./mneme install: what it puts where, what it refuses, and that what it leaves behind runs."""
import os
import pathlib
import shutil
import subprocess
import urllib.error
import urllib.request

import pytest
from harness import Server, clean_environment, launch


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """An installed Mneme: its prefix and the folder of its unit."""
    folder = tmp_path_factory.mktemp("install")
    ran = install(folder, "--alias")
    assert ran.returncode == 0, ran.stderr
    assert "installed" in ran.stdout and "is not on your PATH yet" in ran.stdout
    return folder


def install(folder, *flags, work="install"):
    return launch(
        work, "--prefix", str(folder / "prefix"), *flags, home=folder, MNEME_UNIT_FOLDER=str(folder / "units"), timeout=300
    )


def test_the_installed_program_runs_without_the_checkout(place):
    home = place / "prefix" / "lib" / "mneme"
    for name in ("mneme", "letta"):
        program = place / "prefix" / "bin" / name
        assert program.is_symlink() and pathlib.Path(os.readlink(program)) == home / "mneme"
    server = Server(place / "run")
    server.program = str(place / "prefix" / "bin" / "mneme")
    server.start()
    try:
        assert (home / "mneme.aot").stat().st_size > 0
        assert server.call("GET", "/v1/agents/") == []
    finally:
        server.stop()


def test_the_service_asks_for_a_password(place):
    unit = (place / "units" / "mneme.service").read_text()
    program, *flags = next(line for line in unit.splitlines() if line.startswith("ExecStart=")).removeprefix("ExecStart=").split()
    assert flags == ["server", "--secure"]
    server = Server(place / "service")
    server.program = program
    server.start("--secure")
    try:
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(server.url + "/v1/agents/", timeout=10)
        assert refused.value.code == 401
        assert "password for requests" in server.log.read_text()
    finally:
        server.stop()


def test_the_unit_is_one_that_systemd_takes(place):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is missing (package systemd)")
    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(place / "units" / "mneme.service")], capture_output=True, text=True
    )
    own = [line for line in ran.stderr.splitlines() if "mneme.service" in line]
    assert own == [] and ran.returncode == 0, ran.stderr


def test_a_second_time_brings_it_up_to_date_and_what_is_not_ours_stays(place):
    cache = place / "prefix" / "lib" / "mneme" / "mneme.aot"
    made = cache.stat().st_mtime_ns
    assert install(place).returncode == 0
    assert cache.stat().st_mtime_ns == made, "the same program was prepared again"
    strangers = place / "stranger"
    (strangers / "prefix" / "bin").mkdir(parents=True)
    (strangers / "prefix" / "bin" / "mneme").write_text("another program")
    refused = install(strangers, "--no-service")
    assert refused.returncode == 2 and "belongs to something else" in refused.stderr
    assert (strangers / "prefix" / "bin" / "mneme").read_text() == "another program"
    assert not (strangers / "units").exists() and not (strangers / "prefix" / "lib").exists()


def test_uninstall_leaves_a_strangers_folder_and_the_unit_of_another_installation(place, tmp_path):
    folder = tmp_path / "prefix" / "lib" / "mneme"
    folder.mkdir(parents=True)
    (folder / "file").write_text("of another program")
    unit = place / "units" / "mneme.service"
    for jar, code in ((None, 2), ("mneme-server.jar", 0)):
        if jar:
            (folder / jar).touch()
        ran = launch("uninstall", "--prefix", str(tmp_path / "prefix"), home=tmp_path, MNEME_UNIT_FOLDER=str(unit.parent))
        assert ran.returncode == code and (folder / "file").exists() == (code == 2), ran.stderr
        assert unit.exists()


def test_bad_flags_are_named(tmp_path):
    for flags, words in ((["--prefix"], "wants a folder"), (["--frobnicate"], "unknown option --frobnicate")):
        ran = launch("install", *flags, home=tmp_path)
        assert ran.returncode == 2 and words in ran.stderr and ran.stderr.count("\n") == 1


def test_uninstall_takes_only_its_own_away(place):
    prefix = place / "prefix"
    (prefix / "bin" / "other").write_text("another program")
    removed = subprocess.run(
        [str(prefix / "bin" / "mneme"), "uninstall", "--prefix", str(prefix)],
        env=clean_environment(place, MNEME_UNIT_FOLDER=str(place / "units")),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert removed.returncode == 0 and "Your agents are still in" in removed.stdout, removed.stderr
    assert [path.name for path in (prefix / "bin").iterdir()] == ["other"]
    assert not (prefix / "lib" / "mneme").exists() and not (place / "units" / "mneme.service").exists()
    again = install(place, work="uninstall")
    assert again.returncode == 2 and "nothing is installed" in again.stderr
