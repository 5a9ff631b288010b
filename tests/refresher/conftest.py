"""A service for each test: Redis and registry run, refreshers do not yet."""

import os
import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from service import Service  # noqa: E402


@pytest.fixture
def service():
    # A short path: a unix socket's has at most 107 bytes.
    directory = pathlib.Path(tempfile.mkdtemp(prefix="trials-"))
    running = Service(directory)
    running.start()
    yield running
    try:
        running.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
