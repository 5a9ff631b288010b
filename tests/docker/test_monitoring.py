"""Alerts and dashboard: they are valid, and every metric in them exists."""

import json
import pathlib
import re
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]
MONITORING = TOP / "docker" / "monitoring"
METRIC = re.compile(r"\btrials_[a-z_]+")


def promtool(*arguments):
    done = subprocess.run(["promtool", *arguments], cwd=MONITORING,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_rules_are_valid():
    assert "SUCCESS: 11 rules found" in promtool("check", "rules",
                                                 "alerts.yaml")


def test_rules_fire_and_rest():
    assert "SUCCESS" in promtool("test", "rules", "alerts_test.yaml")


def made():
    """The names of the metrics, as the two programs write them."""
    refresher = (TOP / "core/refresher/metrics.c").read_text("utf-8")
    module = (TOP / "ngx_module/ngx_http_trials_status.c").read_text("utf-8")
    names = set(METRIC.findall(module))
    names |= {"trials_" + name for name in re.findall(r'{"([a-z_]+)"', module)}
    for name in re.findall(r'"([a-z_]+)"', refresher):
        names |= {f"trials_refresher_{name}", f"trials_refresher_{name}_total"}
    return names | {"trials_refresher_info"}


def test_every_metric_exists():
    rules = (MONITORING / "alerts.yaml").read_text("utf-8")
    board = json.loads((MONITORING / "dashboard.json").read_text("utf-8"))
    used = set(METRIC.findall(" ".join(
        re.findall(r"expr: (.*)", rules)
        + [target["expr"] for panel in board["panels"]
           for target in panel["targets"]])))
    assert len(used) > 20
    assert used - made() == set()


def test_every_alert_is_in_the_runbook():
    rules = (MONITORING / "alerts.yaml").read_text("utf-8")
    book = (MONITORING / "RUNBOOK.md").read_text("utf-8")
    heads = set(re.findall(r"\w+", " ".join(
        line for line in book.splitlines() if line.startswith("## "))))
    alerts = set(re.findall(r"alert: (\w+)", rules))
    assert alerts == heads
