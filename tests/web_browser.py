"""A real browser on a real server: Debian's Chromium, driven by Playwright, never downloaded."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
LATEST_MS = 240_000  # a busy machine is slow, and no promise here is about speed
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def need(path: Path, what: str) -> None:
    """Skip the test where a tool is missing; on CI its absence is a failure."""
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{what} is missing: {path}")
        pytest.skip(f"{what} is not installed ({path})")


@contextmanager
def serve(app: FastAPI, *, port: int = 0) -> Iterator[str]:
    """The address of the site, served on loopback until the end of the block; on any free port if none is named."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the site did not start"
            thread.join(0.02)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(60)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    need(CHROMIUM, "Chromium")
    expect.set_options(timeout=LATEST_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS), timeout=LATEST_MS)
        yield browser
        browser.close()


@contextmanager
def open_page(browser: Browser, *, width: int = 1280, script: bool = True, language: str = "en-US") -> Iterator[Page]:
    """A fresh page that fails the test on any error in its console."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=script, locale=language, bypass_csp=False
    )
    context.set_default_timeout(LATEST_MS)
    page, errors = context.new_page(), list[str]()
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors


def find_violations(browser: Browser, url: str, *, width: int, cookie: tuple[str, str] | None = None) -> list[str]:
    """What axe finds wrong on a page: rule, and the first element it is wrong with."""
    context = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
    if cookie:
        context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": url}])
    context.set_default_timeout(LATEST_MS)
    page = context.new_page()
    page.goto(url)
    for details in page.query_selector_all("details"):
        details.evaluate("element => { element.open = true; }")
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG)
    overflow = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    context.close()
    violations = [f"{item['id']}: {item['nodes'][0]['html'][:160]}" for item in found["violations"]]
    return [*violations, *(["the page is wider than the window"] if overflow else [])]
