"""What packages say of themselves, without running them."""
import json
import re

import pytest
from harness import ROOT

VERSION = re.search(r"<version>(.*?)</version>", (ROOT / "pom.xml").read_text()).group(1)


@pytest.mark.parametrize(
    "path, pattern",
    [
        ("server/pom.xml", r"<version>(.*?)</version>"),
        ("client-java/pom.xml", r"<version>(.*?)</version>"),
        ("clients/python/pyproject.toml", r'(?m)^version = "(.*)"'),
        ("deploy/helm/mneme/Chart.yaml", r"(?m)^version: (.*)"),
        ("deploy/helm/mneme/Chart.yaml", r"(?m)^appVersion: (.*)"),
        ("deploy/kubernetes.yaml", r'app.kubernetes.io/version: "(.*)"'),
    ],
)
def test_every_package_is_of_one_version(path, pattern):
    assert set(re.findall(pattern, (ROOT / path).read_text())[:1]) == {VERSION}


def test_the_web_page_is_of_that_version_too():
    assert json.loads((ROOT / "ade" / "package.json").read_text())["version"] == VERSION


@pytest.mark.parametrize("path", ["deploy/helm/mneme/templates/deployment.yaml", "deploy/kubernetes.yaml"])
def test_kubernetes_sets_no_settings_of_its_own(path):
    """A Service named mneme gives pods MNEME_PORT=tcp://…, which the server refuses."""
    assert re.search(r"(?m)^ +enableServiceLinks: false$", (ROOT / path).read_text())
