"""Headless Chromium for tests, and where their pictures are kept."""

import shutil
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.support.require import need

PICTURES = Path(__file__).resolve().parents[2] / "test-artefacts" / "screenshots"
FLAGS = [
    "--headless",
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str | None:
    return (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; the test is skipped with one line where there is none (part ``browser``)."""
    path = chromium_path()
    need("browser", None if path else "Chromium is not installed")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def _is_complaint(said: ConsoleMessage) -> bool:
    """A request that was given up for a newer one, or for another page, is no error; one that was
    answered with an error says more than that."""
    given_up = said.text.startswith(("htmx:sendAbort", "htmx:afterRequest"))
    return said.type == "error" and not given_up


@contextmanager
def page_of(
    browser: Browser, address: str, *, refused: Any = False, **settings: Any
) -> Iterator[Page]:
    """A page that fails the test for any script error or broken content policy it met; that something
    was ``refused`` with a sentence is none."""
    context = browser.new_context(
        base_url=address, **({"viewport": {"width": 1440, "height": 900}} | settings)
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if _is_complaint(said) else None,
    )
    page.set_default_timeout(15_000)
    asked = deque[str](maxlen=40)
    page.on("request", lambda one: asked.append(f"{one.method} {one.url}"))
    page.on("response", lambda one: asked.append(f"{one.status} {one.url}"))
    page.on("requestfailed", lambda one: asked.append(f"failed {one.url} {one.failure}"))
    try:
        yield page
    except BaseException as error:
        error.add_note("\n  ".join((f"The page was at {page.url}. It had asked for:", *asked)))
        with suppress(PlaywrightError):
            picture(page, f"failed-{len(list(PICTURES.glob('failed-*')))}")
        raise
    context.close()
    left = [one for one in _without_aborted(complaints) if not (refused and " 400 " in one)]
    assert left == [], left


def _without_aborted(complaints: list[str]) -> list[str]:
    """A page that is left gives up what it has asked for, and htmx tells of that in two lines."""
    kept = [one for one in complaints if not one.startswith("htmx:sendAbort")]
    for _ in range(len(complaints) - len(kept)):
        told = next((one for one in kept if one.startswith("htmx:afterRequest")), None)
        if told is not None:
            kept.remove(told)
    return kept


def bring_into_sight(part: Locator) -> None:
    """Scroll to a part. Playwright's own waits for it to stand still, and a part that is drawn anew
    meanwhile is no longer the one it waits for."""
    part.evaluate("part => part.scrollIntoView({ block: 'center' })")


def picture(page: Page, name: str) -> Path:
    """Keep what the page looks like as an artefact."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    return path


_FAINT = """least => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, ground) => ground.map((one, at) => one * (1 - top[3]) + top[at] * top[3]);
  const ground = part => {
    const found = rgba(getComputedStyle(part).backgroundColor);
    const below = part.parentElement ? () => ground(part.parentElement) : () => [255, 255, 255];
    return found[3] === 1 ? found.slice(0, 3) : over(found, below());
  };
  const light = colour => colour
    .map(one => one / 255)
    .map(one => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const part = texts.currentNode.parentElement, said = texts.currentNode.data.trim();
    const hidden = part.closest(".visually-hidden, script, style, option");
    if (!said || hidden || !part.checkVisibility({visibilityProperty: true})) continue;
    const back = ground(part);
    const both = [light(back), light(over(rgba(getComputedStyle(part).color), back))];
    const contrast = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    if (contrast < least) found.push(`${said.slice(0, 40)} (${contrast.toFixed(2)})`);
  }
  return found;
}"""


def faint_texts(page: Page, *, least: float = 4.5) -> list[str]:
    """Texts in sight whose contrast with what lies behind them is under ``least``, as WCAG counts it."""
    found: list[str] = page.evaluate(_FAINT, least)
    return found
