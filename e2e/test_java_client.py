"""The Java client: the examples of its README, as they stand, against a server and with one inside the program."""
import os
import re
import shutil
import subprocess

import pytest
from harness import ROOT, clean_environment

CLIENT = ROOT / "client-java"
TARGET = CLIENT / "target"


@pytest.fixture(scope="session")
def classpath():
    """The client's jar and Jackson; ./verify builds them with the server."""
    jar = TARGET / "mneme-client.jar"
    assert jar.is_file(), f"{jar} is missing: mvn -pl client-java package"
    return f"{jar}:{TARGET}/libs/*"


def example(number):
    return re.findall(r"```java\n(.*?)```", (CLIENT / "README.md").read_text(), re.S)[number]


def run(classpath, program, folder):
    java = os.path.join(os.environ["JAVA_HOME"], "bin", "java") if os.environ.get("JAVA_HOME") else shutil.which("java")
    return subprocess.run(
        [java, "-cp", classpath, str(program)],
        cwd=folder,
        env=clean_environment(folder),
        capture_output=True,
        text=True,
        timeout=180,
    )


def test_the_example_of_the_readme(classpath, server, provider, tmp_path):
    program = tmp_path / "Assistant.java"
    program.write_text(
        example(0)
        .replace("http://127.0.0.1:8283", server.url)
        .replace("What is the weather in Oslo?", 'CALL getWeather {\\"city\\": \\"Oslo\\"}')
    )
    (tmp_path / "manual.txt").write_text("The red button stops the machine.\n" * 20)
    ran = run(classpath, program, tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for seen in (
        "What do you know about me?",
        "Alice works at Acme Corp as a data scientist.",
        "Write a detailed analysis",
        "Research the latest trends in RAG systems",
        "completed",
        "manual.txt",
    ):
        assert seen in ran.stdout, f"{seen!r} is missing in:\n{ran.stdout}"
    assert any("Oslo: 21" in str(request) for request in provider.requests), "the model never saw what the program's tool returned"


def test_the_server_inside_a_program(classpath, tmp_path):
    server = ROOT / "server" / "target" / "mneme-server.jar"
    program = tmp_path / "Inside.java"
    program.write_text(example(1))
    ran = run(f"{server}:{TARGET / 'mneme-client.jar'}", program, tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Ada" in ran.stdout, ran.stdout
    assert (tmp_path / "mneme-data" / "lock").is_file()
