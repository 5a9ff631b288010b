"""The Dockerfile and the compose files: a linter finds nothing, and every
service is shut off as the README says.  Running them is for engine.sh."""

import os
import pathlib
import re
import subprocess

import pytest
import yaml

TOP = pathlib.Path(__file__).resolve().parents[2]
DOCKER = TOP / "docker"
BUILD = TOP / os.environ.get("BUILD", "build")
LINTER = "dockerfile-utils@0.16.3"
COMPOSED = (("compose.yaml",), ("compose.yaml", "compose.primary.yaml"),
            ("compose.edge.yaml",))


def stages():
    """Name -> its instructions."""
    text = (DOCKER / "Dockerfile").read_text("utf-8")
    found = {}
    for part in re.split(r"^(?=FROM )", text, flags=re.M)[1:]:
        base, name = re.match(r"FROM (\S+) AS (\S+)", part).groups()
        found[name] = (base, part)
    return found


def test_stages():
    found = stages()
    assert set(found) == {"build", "runtime", "redis", "refresher", "nginx"}
    for name, (base, text) in found.items():
        assert base == "debian:bookworm-slim" or base in found
        if base == "runtime":
            assert re.search(r"^USER 1000\d:10001$", text, re.M)
            assert "HEALTHCHECK" in text and "--no-install-recommends" in text
            assert "dpkg-query -W > /usr/share/packages.txt" in text
            assert "-dev" not in text, f"{name} has what only a build needs"


def test_the_linter_finds_nothing():
    home = BUILD / "linter"
    program = home / "node_modules" / ".bin" / "dockerfile-utils"
    if not program.exists():
        home.mkdir(parents=True, exist_ok=True)
        try:
            done = subprocess.run(
                ["npm", "install", "--no-save", "--no-audit", "--no-fund",
                 "--no-package-lock", "--prefix", str(home), LINTER],
                capture_output=True, text=True, timeout=120, check=False)
            word = done.stderr.strip()[-300:]
        except (OSError, subprocess.TimeoutExpired) as error:
            word = str(error)
        if not program.exists():
            message = f"{LINTER} cannot be had from npm: {word}"
            if os.environ.get("CI"):
                pytest.fail(message)
            pytest.skip(message)
    done = subprocess.run([str(program), "lint", str(DOCKER / "Dockerfile")],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0 and not done.stdout.strip(), done.stdout


@pytest.mark.parametrize("files", COMPOSED, ids="+".join)
def test_services_are_shut_off(files):
    services, networks = {}, {}
    for file in files:
        found = yaml.safe_load((DOCKER / file).read_text("utf-8"))
        networks.update(found.get("networks", {}))
        for name, service in found["services"].items():
            services.setdefault(name, {}).update(service)
    for name, service in services.items():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["restart"] == "unless-stopped"
        assert service["mem_limit"] and service["pids_limit"]
        assert service["build"]["target"] in stages()
        assert name == "redis" or service["depends_on"]["redis"] == {
            "condition": "service_healthy"}
        # Nobody is reached from outside but nginx, and a primary by nodes.
        assert ("ports" in service) == (
            name == "nginx" or (name == "redis" and len(files) == 2))
    if files == ("compose.yaml",):
        assert services["redis"]["network_mode"] == "none"
        assert not set(services["refresher"]["networks"]) & set(
            services["nginx"]["networks"])
