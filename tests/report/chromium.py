"""One headless Chromium, driven over its debugging pipe; nothing but Chromium itself is needed."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--remote-debugging-pipe",
)  # fmt: skip


def path() -> str | None:
    """Where Chromium is; None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """A page of a running Chromium, and what happened in it."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read, self._last, self._rest = write, read, 0, b""
        self.events: list[dict[str, Any]] = []
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send one command of the DevTools protocol to the page; its result."""
        return self._ask(method, self._session, **parameters)

    def open(self, page: Path, fragment: str = "") -> None:
        """Load a page as a reader would, and forget what happened before."""
        for url in ("about:blank", page.as_uri() + fragment):  # else only the fragment would change
            self.events.clear()
            self.ask("Page.navigate", url=url)
            self._until("Page.loadEventFired")

    def size(self, width: int, height: int = 800) -> None:
        """The size of the window. Not as a phone: those zoom out until nothing overflows."""
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height,
            deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def media(self, kind: str = "", scheme: str = "light") -> None:
        """Show it as on paper (``print``), or in light or dark."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", media=kind, features=features)

    def value(self, expression: str) -> Any:
        """What a JavaScript expression, or the promise it gives, comes to."""
        found = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def complaints(self) -> list[str]:
        """What went wrong in the page: exceptions, messages on the console, blocked loads."""
        kinds = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        return [json.dumps(e["params"]) for e in self.events if e["method"] in kinds]

    def requests(self) -> list[str]:
        """What the page loaded, itself included."""
        sent = [e for e in self.events if e["method"] == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in sent]

    def scripts(self, run: bool) -> None:
        """Let scripts of pages run, or not."""
        self.ask("Emulation.setScriptExecutionDisabled", value=not run)

    def picture(self, whole: bool = True) -> bytes:
        """A PNG of the page."""
        found = self.ask("Page.captureScreenshot", captureBeyondViewport=whole)
        return base64.b64decode(found["data"])

    def paper(self) -> bytes:
        """The page as PDF."""
        return base64.b64decode(
            self.ask("Page.printToPDF", paperWidth=8.27, paperHeight=11.7)["data"]
        )

    def _ask(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            heard = self._heard()
            if heard.get("id") == self._last:
                assert "error" not in heard, heard["error"]
                result: dict[str, Any] = heard["result"]
                return result
            self.events.append(heard)

    def _until(self, method: str) -> None:
        while not any(event["method"] == method for event in self.events):
            self.events.append(self._heard())

    def _heard(self, seconds: float = 60) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], max(0, end - time.monotonic()))
            assert ready, f"Chromium said nothing for {seconds:g} s"
            part = os.read(self._read, 1 << 20)
            assert part, "Chromium went away"
            self._rest += part
        message, _, self._rest = self._rest.partition(b"\0")
        heard: dict[str, Any] = json.loads(message)
        return heard


@contextmanager
def browser(program: str, profile: Path) -> Iterator[Browser]:
    """A Chromium with an empty profile, which ends with the block."""
    (its_read, write), (read, its_write) = os.pipe(), os.pipe()
    # Chromium reads commands from descriptor 3 and answers on 4.
    shell = f'exec "$@" 3<&{its_read} 4>&{its_write}'
    command = ["bash", "-c", shell, "bash", program, *FLAGS, f"--user-data-dir={profile}"]
    process = subprocess.Popen(
        command, pass_fds=(its_read, its_write), stdout=subprocess.DEVNULL,
        stderr=(profile / "chromium.log").open("wb"),
    )  # fmt: skip
    os.close(its_read)
    os.close(its_write)
    try:
        yield Browser(write, read)
    finally:
        os.close(write)  # Chromium ends when nobody commands it any more
        os.close(read)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
