import os

import pytest
from harness import Server, launch, new_postgres_database
from provider import Provider

DATABASES = ["sqlite"] + (["postgres"] if os.environ.get("TEST_POSTGRES_URI") else [])


@pytest.fixture(scope="session", autouse=True)
def built(tmp_path_factory):
    """The first call of the launcher may build and say so; tests of what it prints come after."""
    assert launch("--version", home=tmp_path_factory.mktemp("home"), timeout=600).returncode == 0


@pytest.fixture(scope="session")
def provider():
    server = Provider()
    yield server
    server.shutdown()


@pytest.fixture(scope="module", params=DATABASES)
def server(request, provider, tmp_path_factory):
    """A running server on each database, shared by the tests of a module."""
    postgres = new_postgres_database() if request.param == "postgres" else None
    running = Server(tmp_path_factory.mktemp(request.param), postgres, **provider.environment()).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def sqlite_server(provider, tmp_path_factory):
    """For what does not depend on the database; the routes' own tests run on both."""
    running = Server(tmp_path_factory.mktemp("sqlite"), **provider.environment()).start()
    yield running
    running.stop()


@pytest.fixture(params=DATABASES)
def stopped_server(request, provider, tmp_path):
    """A server of the test's own, not yet started."""
    postgres = new_postgres_database() if request.param == "postgres" else None
    made = Server(tmp_path, postgres, **provider.environment())
    yield made
    if made.process is not None and made.process.poll() is None:
        made.kill()
