"""Faults on demand and the counters of the stand-in registry.

A fault is a JSON object as it came over the control path. Faults wait in a
queue: a request gets the first that fits it and still has turns left, plus
every "delay" that fits; so "503 three times, then 429 once" is two faults.
"""

import collections
import threading
import time

import registry_studies

# Fault -> the further keys it takes, with the type of each.
KINDS = {
    "none": {},
    "status": {"code": int, "retry_after": (str, int), "body": str},
    "limit": {"requests": int, "seconds": (int, float),
              "retry_after": (str, int)},
    "delay": {"seconds": (int, float)},
    "hang": {"seconds": (int, float)},
    "truncate": {},
    "close": {},
    "garbage": {},
    "empty": {},
    "html": {},
    "oversize": {"bytes": int, "chunked": bool},
    "bomb": {"bytes": int},
    "drip": {"bytes_per_second": int},
    "redirect": {"location": str, "code": int},
    "loop": {},
    "vanish": {},
}
NEEDED = {"status": ("code",), "limit": ("requests", "seconds"),
          "delay": ("seconds",), "hang": ("seconds",),
          "oversize": ("bytes",), "bomb": ("bytes",),
          "drip": ("bytes_per_second",), "redirect": ("location",)}
COMMON = {"fault": str, "times": int, "ids": list, "on": str}
KINDS_OF_REQUEST = ("study", "list", "version", "other")
ARRIVALS_MAX = 100000


class Faults:
    def __init__(self):
        self._lock = threading.Lock()
        self._queue = []

    def add(self, fault):
        """Checks a fault strictly: a misspelt key must fail the test that
        sent it, not leave the registry healthy."""
        kind = fault.get("fault")
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}")
        for key, value in fault.items():
            wanted = KINDS[kind].get(key, COMMON.get(key))
            if wanted is None:
                raise ValueError(f"fault {kind}: unknown key {key!r}")
            if not isinstance(value, wanted) \
                    or (isinstance(value, bool) and wanted is not bool):
                raise ValueError(f"fault {kind}: bad value of {key!r}")
        for key in NEEDED.get(kind, ()):
            if key not in fault:
                raise ValueError(f"fault {kind}: needs {key!r}")
        if fault.get("times", 1) < 1:
            raise ValueError(f"fault {kind}: \"times\" below 1")
        if fault.get("on", "study") not in KINDS_OF_REQUEST:
            raise ValueError(f"fault {kind}: \"on\" is none of "
                             + ", ".join(KINDS_OF_REQUEST))
        ids = [registry_studies.canonical(str(one))
               for one in fault.get("ids", [])]
        if None in ids:
            raise ValueError(f"fault {kind}: bad id in \"ids\"")
        with self._lock:
            if kind == "none":
                self._queue.clear()
                return
            entry = dict(fault)
            if "ids" in fault:
                entry["ids"] = ids
            if kind == "limit":
                entry["times_seen"] = collections.deque()
            self._queue.append(entry)

    def pending(self):
        with self._lock:
            return [{key: value for key, value in one.items()
                     if key != "times_seen"} for one in self._queue]

    def hidden(self):
        """Studies that "vanish" from lists: a set, or None for all."""
        with self._lock:
            chosen = [one for one in self._queue if one["fault"] == "vanish"]
            if any("ids" not in one for one in chosen):
                return None
            return frozenset(i for one in chosen for i in one["ids"])

    def take(self, kind, ids):
        """The faults for one request: seconds of delay, and the fault that
        shapes the answer or None."""
        delay, chosen = 0.0, None
        with self._lock:
            for one in list(self._queue):
                if not self._fits(one, kind, ids):
                    continue
                if one["fault"] == "delay":
                    delay += one["seconds"]
                elif chosen is not None:
                    continue
                elif one["fault"] == "limit" and not self._over(one):
                    continue
                else:
                    chosen = one
                if "times" in one:
                    one["times"] -= 1
                    if one["times"] <= 0:
                        self._queue.remove(one)
        return delay, chosen

    @staticmethod
    def _fits(fault, kind, ids):
        if fault.get("on", kind) != kind:
            return False
        if fault["fault"] == "vanish" and kind != "study":
            return False
        return "ids" not in fault or not ids.isdisjoint(fault["ids"])

    @staticmethod
    def _over(fault):
        """Whether a request exceeds a limit; refused ones do not count."""
        now = time.monotonic()
        seen = fault["times_seen"]
        while seen and now - seen[0] >= fault["seconds"]:
            seen.popleft()
        if len(seen) >= fault["requests"]:
            return True
        seen.append(now)
        return False


class Counters:
    """What was asked and answered; every method takes the lock itself."""

    def __init__(self):
        self._lock = threading.Lock()
        self._active = 0
        self.reset()

    def reset(self):
        with self._lock:
            self._start = time.monotonic()
            self._total = 0
            self._peak = self._active
            self._connections = 0
            self._bytes = 0
            self._paths = collections.Counter()
            self._ids = collections.Counter()
            self._listed = collections.Counter()
            self._status = collections.Counter()
            self._agents = collections.Counter()
            self._faulted = collections.Counter()
            self._gzip = 0
            self._arrivals = []

    def connected(self):
        with self._lock:
            self._connections += 1

    def begin(self, path, kind, ids, agent):
        with self._lock:
            self._active += 1
            self._peak = max(self._peak, self._active)
            self._total += 1
            self._paths[path] += 1
            self._agents[agent] += 1
            if kind == "study":
                self._ids.update(ids)
            if kind == "list":
                self._listed.update(ids)
            if len(self._arrivals) < ARRIVALS_MAX:
                self._arrivals.append(
                    round(time.monotonic() - self._start, 6))

    def faulted(self, kind):
        with self._lock:
            self._faulted[kind] += 1

    def end(self, status, size, packed):
        """The end of a request; status None if it got no answer."""
        with self._lock:
            self._active -= 1
            self._status[str(status or "none")] += 1
            self._bytes += size
            self._gzip += packed

    def show(self, arrivals=False):
        with self._lock:
            shown = {
                "total": self._total,
                "requests": dict(self._paths),
                "ids": dict(self._ids),
                "listed": dict(self._listed),
                "status": dict(self._status),
                "faulted": dict(self._faulted),
                "user_agents": dict(self._agents),
                "active": self._active,
                "max_concurrent": self._peak,
                "connections": self._connections,
                "gzip": self._gzip,
                "bytes": self._bytes,
            }
            if arrivals:
                shown["arrivals"] = list(self._arrivals)
            return shown
