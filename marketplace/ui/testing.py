"""A browser on our pages: used by tests/browser and bin/shots, never by the product.

Playwright and axe are development requirements: they are imported when called.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any

# The shell, a Chromium without windows, opens a page for half the work.
CHROMIUM_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
)
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage", "--disable-gpu"]
# DSFR writes its name in the console with console.log; only warnings and errors are faults.
FAULTY = frozenset({"error", "warning"})


def chromium_path() -> str | None:
    return next((found for name in CHROMIUM_NAMES if (found := which(name))), None)


@contextmanager
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        try:
            yield chromium
        finally:
            chromium.close()


def open_context(
    chromium: Any,
    *,
    url: str,
    cookie: tuple[str, str] | None = None,
    width: int = 1280,
    javascript: bool = True,
) -> Any:
    """A browser of one person: its pages share the cookie, the window's width and the cached files."""
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        java_script_enabled=javascript,
        locale="fr-FR",
        timezone_id="Europe/Paris",
        bypass_csp=False,
    )
    if cookie:
        context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": url}])
    context.javascript = javascript
    return context


def open_page(context: Any, *, home: str) -> Any:
    """``page.faults`` fills with console faults, page errors and requests to another host than ``home``."""
    page = context.new_page()
    page.faults = []
    page.on("console", lambda said: _keep(page, said.type, said.text))
    page.on("pageerror", lambda error: page.faults.append(f"script: {error}"))
    page.on("request", lambda sent: _watch(page, sent.url, home=home))
    page.javascript = context.javascript
    return page


def _keep(page: Any, kind: str, text: str) -> None:
    """A page answered 4xx on purpose also writes an error in the console: it is not a fault."""
    if kind in FAULTY and "Failed to load resource: the server responded with a status of 4" not in text:
        page.faults.append(f"console: {text}")


def _watch(page: Any, address: str, *, home: str) -> None:
    if not address.startswith((home, "data:", "blob:", "about:")):
        page.faults.append(f"other host: {address}")


def faults_of(page: Any, *, axe: bool = True) -> list[str]:
    """Console faults, side scroll, and what axe finds (axe needs JavaScript)."""
    found = list(page.faults)
    if page.javascript:
        overflow = side_scroll(page)
        found += [f"side scroll: {overflow}"] if overflow else []
        found += axe_violations(page) if axe else []
    return found


def side_scroll(page: Any) -> str:
    """« 480 > 375: .css-of-the-widest » when the page is wider than its window, "" otherwise."""
    return page.evaluate(
        """() => {
          const root = document.documentElement;
          if (root.scrollWidth <= root.clientWidth) { return ""; }
          let widest = null;
          for (const node of document.body.querySelectorAll("*")) {
            const box = node.getBoundingClientRect();
            if (box.right > root.clientWidth + 1 && (!widest || box.right > widest.right)) {
              widest = { right: box.right, name: node.tagName + "." + (node.getAttribute("class") || "") };
            }
          }
          return `${root.scrollWidth} > ${root.clientWidth}: ${widest && widest.name}`;
        }"""
    )


def axe_violations(page: Any) -> list[str]:
    """Evaluated through the debugger, so the page's content policy does not stop it.

    Style sheets are not fetched and parsed again: no rule that runs reads them.
    """
    import axe_playwright_python

    script = Path(axe_playwright_python.__file__).parent / "axe.min.js"
    page.evaluate(script.read_text(encoding="utf-8"))
    found = page.evaluate(
        """async () => {
          const results = await axe.run(document, {
            resultTypes: ["violations"], preload: { assets: ["media"] },
          });
          const where = (n) => n.target.join(" ") + " — " + n.html.slice(0, 160);
          return results.violations.map((v) =>
            `axe ${v.id} (${v.impact}): ` + v.nodes.slice(0, 3).map(where).join(" | "));
        }"""
    )
    return list(found)


def session_for(*, email: str = "", role: str = "") -> str:
    """The key of a new session of that person, acting for the organisation where the role is held.

    Raises LookupError when nobody answers to it.
    """
    session = open_session(_membership(email=email, role=role))
    prove_second_factor(session)
    session.save()
    return str(session.session_key)


def open_session(membership: Any) -> Any:
    """A stored session such as the sign-in by password leaves it, acting for this member's organisation."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from marketplace.accounts.middleware import SESSION_KEY as ORGANISATION_KEY
    from marketplace.accounts.session_length import use

    session = SessionStore()
    session[SESSION_KEY] = str(membership.user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = membership.user.get_session_auth_hash()
    session[ORGANISATION_KEY] = membership.pk
    use(session, now=time.time())
    session.create()
    return session


def prove_second_factor(session: Any) -> None:
    """What the page of the second factor writes; the caller saves."""
    session["account_authentication_methods"] = [{"method": "password"}, {"method": "mfa", "type": "totp"}]


def _membership(*, email: str, role: str) -> Any:
    from marketplace.accounts.models import Membership

    found = Membership.objects.select_related("user", "organisation")
    found = found.filter(user__email=email) if email else found
    found = found.filter(grants__role=role, grants__revoked_at=None) if role else found
    membership = found.order_by("pk").first()
    if membership is None:
        raise LookupError(f"nobody is {email or role}")
    return membership
