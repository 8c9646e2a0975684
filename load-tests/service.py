"""Starts bin/lm-bridge on the simulated LM Studio, on a free port of loopback, and ends it."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "bin" / "lm-bridge"
BUILD_SECONDS = 900
START_SECONDS = 120
STOP_SECONDS = 60
# How often a start looks again: what a measured start is exact to.
LOOK_EVERY_SECONDS = 0.003


class ServiceFailed(Exception):
    """The service did not start, answer or end as it should."""


def end_on_sigterm():
    """Whoever ends a script by SIGTERM ends its service, too: the `with` blocks are left in order."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def build():
    """The first use of the program builds it; so that no start waits for that."""
    try:
        done = subprocess.run(
            [PROGRAM, "--help"], capture_output=True, text=True, timeout=BUILD_SECONDS, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServiceFailed(f"{PROGRAM} --help did not work: {error}") from error
    if done.returncode != 0:
        raise ServiceFailed(f"{PROGRAM} --help ended with {done.returncode}:\n{done.stdout}{done.stderr}")


class Service:
    """One running `lm-bridge serve`. Use it in a `with`: it ends with the block."""

    def __init__(self, scratch, environment=None, prefix=()):
        """A second start in the same scratch folder finds the data directory of the first. The prefix stands before the command."""
        self.data_dir = Path(scratch) / "data"
        self.log = Path(scratch) / "stdout.log"
        self.environment = environment or {}
        self.prefix = prefix
        self.process = None
        self.url = None
        self.pid = None
        self.started_after = None

    def __enter__(self):
        port_file = self.data_dir / "lm-bridge.port"
        port_file.unlink(missing_ok=True)
        begin = time.perf_counter()
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [*self.prefix, PROGRAM, "serve", "--port", "0"],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            while True:
                if self.process.poll() is not None:
                    raise ServiceFailed(f"lm-bridge serve ended with {self.process.returncode} before it was ready")
                if time.perf_counter() - begin > START_SECONDS:
                    raise ServiceFailed(f"lm-bridge serve was not ready within {START_SECONDS} s")
                if self._is_ready(port_file):
                    break
                time.sleep(LOOK_EVERY_SECONDS)
            self.started_after = time.perf_counter() - begin
            if os.getsid(self.pid) != self.process.pid:
                raise ServiceFailed(f"{port_file} names the process {self.pid}, which is not the one started here")
        except BaseException as error:
            self._kill()
            if isinstance(error, ServiceFailed):
                raise ServiceFailed(f"{error}. It said:\n{self._tail()}") from error
            raise
        return self

    def __exit__(self, kind, value, trace):
        """SIGTERM, as an operator would; the exit code must be 0."""
        try:
            os.kill(self.pid, signal.SIGTERM)
            code = self.process.wait(STOP_SECONDS)
        except ProcessLookupError:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            self._kill()
        if code != 0 and kind is None:
            how = f"ended with {code}" if code is not None else f"did not end within {STOP_SECONDS} s"
            raise ServiceFailed(f"lm-bridge serve {how} after SIGTERM. It said:\n{self._tail()}")

    def _environment(self):
        # Nothing of the caller's settings, so that every run is the same and no real host is reached.
        keep = {"LM_BRIDGE_JAVA_HOME"}
        dropped = ("LM_BRIDGE_", "LMSTUDIO_", "DEFAULT_MODEL")
        environment = {
            name: value for name, value in os.environ.items() if name in keep or not name.startswith(dropped)
        }
        environment["LM_BRIDGE_DATA_DIR"] = str(self.data_dir)
        environment["LM_BRIDGE_SIMULATOR_ALLOWED"] = "always"
        environment.update(self.environment)
        return environment

    def _is_ready(self, port_file):
        if self.url is None:
            try:
                found = json.loads(port_file.read_text(encoding="utf-8"))
            except (FileNotFoundError, ValueError):
                return False
            self.url, self.pid = found["url"].rstrip("/"), int(found["pid"])
        try:
            return Client(self.url, timeout=5).get("/health/ready").status == 200
        except OSError:
            return False

    def _kill(self):
        """Ends whatever is left of the session that this start opened."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(STOP_SECONDS)

    def _tail(self):
        return self.log.read_bytes()[-4000:].decode("utf-8", "replace")


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Client:
    """One keep-alive connection to a service on loopback."""

    def __init__(self, url, timeout=60):
        address = urllib.parse.urlsplit(url)
        if address.scheme != "http" or address.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ServiceFailed(f"{url} is not on this machine; load is only made on loopback")
        self.connection = http.client.HTTPConnection(address.hostname, address.port or 80, timeout=timeout)

    def get(self, path):
        return self._exchange("GET", path, None)

    def post(self, path, body):
        return self._exchange("POST", path, json.dumps(body).encode())

    def _exchange(self, method, path, body):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        return Answer(response.status, response.headers, response.read())
