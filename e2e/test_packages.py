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
        ("deploy/kubernetes.yaml", r"helm.sh/chart: mneme-(.*)"),
        ("deploy/README.md", r"mneme-(\d[\w.-]*)\.jar"),
        ("client-java/README.md", r"mneme-(?:client-)?(\d[\w.-]*)\.jar|dev.mneme:mneme-(?:client|server):([\d.]*\d)"),
        ("ade/package.json", r'"version": "(.*)"'),
    ],
)
def test_every_package_is_of_one_version(path, pattern):
    """The one source is the first version in pom.xml; whoever raises it is told here what else names it."""
    text = (ROOT / path).read_text()
    found = [each.group(each.lastindex) for each in re.finditer(pattern, text)]
    mine = found[:1] if path.endswith("pom.xml") else found  # there those of libraries follow
    assert set(mine) == {VERSION}


def test_the_locked_packages_of_the_web_page_are_of_that_version_too():
    lock = json.loads((ROOT / "ade" / "package-lock.json").read_text())
    assert lock["version"] == lock["packages"][""]["version"] == VERSION


@pytest.mark.parametrize("path", ["deploy/helm/mneme/templates/deployment.yaml", "deploy/kubernetes.yaml"])
def test_kubernetes_sets_no_settings_of_its_own(path):
    """A Service named mneme gives pods MNEME_PORT=tcp://…, which the server refuses."""
    assert re.search(r"(?m)^ +enableServiceLinks: false$", (ROOT / path).read_text())
