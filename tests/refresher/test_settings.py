"""Options and environment of trials-refresher."""

import subprocess

import pytest

from service import REFRESHER, environment


def run(*options, **more):
    done = subprocess.run([str(REFRESHER), *options], env=environment(**more),
                          capture_output=True, text=True, timeout=20,
                          check=False)
    assert "Sanitizer" not in done.stderr
    return done


def test_check():
    done = run("--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_check_of_everything(tmp_path):
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "ca.pem").write_text("")
    done = run("--check", "--redis", "[::1]:6380", "--redis-user", "me",
               "--redis-password-file", str(tmp_path / "password"),
               "--redis-db", "3", "--registry", "https://example.org/api/v2",
               "--contact", "me@example.org", "--ca-file",
               str(tmp_path / "ca.pem"), "--base-url",
               "https://example.org/trials", "--site-name", "Ours",
               "--threads", "64", "--max-age", "1", "--absent-age", "1",
               "--give-up", "1", "--timeout", "100")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("options, reason", [
    (["--threads", "0"], '--threads: "0" is not a whole number of 1 to 64'),
    (["--threads", "65"], "1 to 64"),
    (["--threads", "4x"], '"4x"'),
    (["--threads", ""], '""'),
    (["--threads", " 4"], '" 4"'),
    (["--threads", "-1"], '"-1"'),
    (["--threads", "99999999999999999999"], "1 to 64"),
    (["--max-age", "0"], "--max-age"),
    (["--absent-age", "1.5"], "--absent-age"),
    (["--give-up", "never"], "--give-up"),
    (["--timeout", "99"], "--timeout"),
    (["--redis-db", "-1"], "--redis-db"),
    (["--redis", "nowhere:port"], '"nowhere:port"'),
    (["--redis", "unix:"], '"unix:"'),
    (["--redis", "127.0.0.1:0"], '"127.0.0.1:0"'),
    (["--redis", "127.0.0.1:65536"], '"127.0.0.1:65536"'),
    (["--redis", "::1:6379"], '"::1:6379"'),
    (["--redis", "unix:/" + "x" * 120], "107 bytes"),
    (["--redis", ""], "--redis: is empty"),
    (["--redis", "sentinel:"], "sentinel:NAME@HOST:PORT"),
    (["--redis", "sentinel:name@"], "sentinel:NAME@HOST:PORT"),
    (["--redis", "sentinel:name@host:1,host:x"], "sentinel:NAME@HOST:PORT"),
    (["--registry", "ftp://example.org"], "ftp://example.org"),
    (["--registry", "example.org"], "example.org"),
    (["--registry", "https://me:secret@example.org/"],
     "without user and password"),
    (["--base-url", "javascript:alert(1)"], "javascript:"),
    (["--base-url", "//example.org"], "//example.org"),
    (["--base-url", 'https://example.org/"'], "--base-url"),
    (["--base-url", "https://"], "--base-url"),
    (["--ca-file", "/nowhere/ca.pem"], "/nowhere/ca.pem"),
    (["--nonsense"], '"--nonsense" is unknown'),
    (["-x"], '"-x" is unknown'),
    (["--threads"], '"--threads" needs an argument'),
    (["--check=yes"], "takes no argument"),
    (["NCT99990001"], '"NCT99990001": takes no arguments'),
])
def test_what_is_refused(options, reason):
    done = run("--check", *options)
    assert done.returncode == 2
    assert reason in done.stderr
    assert done.stderr.startswith("trials-refresher: ")
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr
    assert done.stdout == ""


def test_a_password_file_that_cannot_be_used(tmp_path):
    path = tmp_path / "password"
    for content in (None, "", "\n", "x" * 5000):
        if content is not None:
            path.write_text(content)
        done = run("--check", "--redis-password-file", str(path))
        assert done.returncode == 1
        assert str(path) in done.stderr
        assert "xxx" not in done.stderr
    done = run("--check", "--redis-password-file", str(tmp_path))
    assert done.returncode == 1


@pytest.mark.parametrize("name, value", [
    ("TRIALS_REDIS", "nowhere:port"), ("TRIALS_REDIS_DB", "x"),
    ("TRIALS_REGISTRY", "example.org"), ("TRIALS_BASE_URL", "example.org"),
    ("TRIALS_REDIS_PASSWORD_FILE", "/nowhere/password"),
])
def test_the_environment_counts(name, value):
    assert run("--check", **{name: value}).returncode in (1, 2)
    assert value in run("--check", **{name: value}).stderr
    # Set to nothing, it counts for nothing.
    assert run("--check", **{name: ""}).returncode == 0


def test_an_option_wins_over_the_environment():
    done = run("--check", "--redis", "127.0.0.1:6379",
               TRIALS_REDIS="nowhere:port")
    assert done.returncode == 0


def test_help_names_every_option():
    done = run("--help")
    assert done.returncode == 0
    for option in ("redis", "redis-user", "redis-password-file", "redis-db",
                   "registry", "contact", "ca-file", "base-url", "site-name",
                   "threads", "max-age", "absent-age", "give-up", "timeout",
                   "config", "rate", "burst", "poll", "loss", "listen",
                   "brotli", "renderers", "logo", "theme", "languages",
                   "check", "version", "help"):
        assert f"--{option}" in done.stdout
    assert run("-h").stdout == done.stdout


def test_version():
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("trials-refresher ")


def test_a_file_of_settings(tmp_path):
    path = tmp_path / "refresher.conf"
    path.write_text("# comment\n\n redis = nowhere:port \n", "ascii")
    done = run("--check", "--config", str(path))
    assert done.returncode == 2 and '"nowhere:port"' in done.stderr
    # The environment wins over it, and an option over that.
    assert run("--check", "--config", str(path),
               TRIALS_REDIS="127.0.0.1:1").returncode == 0
    assert run("--check", "--redis", "127.0.0.1:1", TRIALS_REDIS="x:y",
               TRIALS_CONFIG=str(path)).returncode == 0


@pytest.mark.parametrize("text, reason", [
    ("thread = 4\n", ':1: "thread" is unknown'),
    ("\nthreads = many", ':2: "many" is not a whole number'),
    ("threads = 4\nthreads = 5\n", ':2: "threads" is there twice'),
    ("threads\n", ':1: "threads" is not "name = value"'),
    ("config = other\n", ':1: "config" is unknown'),
    ("contact =\n", ":1: is empty"),
    ("x" * 70000, "not a text"),
], ids=range(7))
def test_a_file_that_is_wrong(tmp_path, text, reason):
    path = tmp_path / "refresher.conf"
    path.write_text(text, "ascii")
    done = run("--check", "--config", str(path))
    assert done.returncode == 2
    assert reason in done.stderr and str(path) in done.stderr


@pytest.mark.parametrize("languages, reason", [
    ("fr", '"fr" is none of en, es'), ("es", '"en" is one of them'),
    ("en,", '"" is none of'), ("en;es", '"en;es" is none of'),
])
def test_languages(languages, reason):
    for good in ("en", "en,es", "es, en"):
        assert run("--check", "--languages", good).returncode == 0
    done = run("--check", "--languages", languages)
    assert done.returncode == 2 and f"languages: {reason}" in done.stderr


def test_unknown_variables_are_refused():
    done = run("--check", TRIALS_MAXAGE="1")
    assert done.returncode == 2 and '"TRIALS_MAXAGE"' in done.stderr


@pytest.mark.parametrize("address", ["0.0.0.0:9000", "example.org:80",
                                     "127.0.0.1:", "unix:", "127.0.0.1:x"])
def test_metrics_are_for_this_machine(address):
    done = run("--check", "--listen", address)
    assert done.returncode == 2 and address in done.stderr
