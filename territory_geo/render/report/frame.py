"""The page around the report: head, policy, navigation, and the map in a frame of its own.

Nothing is fetched and the report itself has no script. Only the scripts of the interactive map may run, each known by
its hash, in a frame that cannot reach the page.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from html.parser import HTMLParser

from territory_geo.render.offline import asset, html_text

_EXECUTED = (None, "", "text/javascript", "module")


class _Scripts(HTMLParser):
    """Collects the text of the scripts of a page that a browser would run."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[str] = []
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._open = tag == "script" and dict(attributes).get("type") in _EXECUTED
        if self._open:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[-1] += data


def script_hashes(page: str) -> list[str]:
    """Return the hash of each script in a page, as a policy names it, sorted.

    >>> script_hashes("<script>1</script><script type='application/json'>2</script>")
    ["'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"]
    """
    hashes = {hashlib.sha256(text.encode("utf-8")).digest() for text in _Scripts(page).found}
    return sorted(f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in hashes)


def live_map(page: str) -> str:
    """Return a whole map page in a frame of its own: it may run its scripts, and reaches nothing outside.

    It is lazy because a map needs the size of its frame, which is there once the page is laid out.
    """
    return (
        f'<iframe class="live" title="Interactive map" loading="lazy" sandbox="allow-scripts" allow="fullscreen" '
        f'srcdoc="{escape(page, quote=True)}"></iframe>'
    )


def page(title: str, body: str, *, links: list[tuple[str, str]], scripts: list[str]) -> str:
    """Return the whole report.

    Parameters
    ----------
    title : str
        Any text; also runs along the top of printed pages.
    body : str
        Escaped HTML.
    links : list of (anchor, text)
        Of the navigation.
    scripts : list of str
        Hashes of the scripts that may run.
    """
    policy = "; ".join(
        ["default-src 'none'", "style-src 'unsafe-inline'", "img-src data: blob:", "font-src data:",
         f"script-src {' '.join(scripts) or chr(39) + 'none' + chr(39)}", "base-uri 'none'", "form-action 'none'"]
    )  # fmt: skip
    navigation = "".join(f'<a href="#{anchor}">{html_text(text)}</a>' for anchor, text in links)
    style = asset("report/report.css").replace("/*TITLE*/", _css_text(title))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy, quote=True)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{html_text(title)}</title><style>{style}</style></head>\n"
        f"<body><nav>{navigation}</nav><main>{body}</main></body></html>\n"
    )


def _css_text(text: str) -> str:
    r"""Return a text as a string of a style sheet: everything but letters, digits and spaces by its number.

    >>> _css_text('</style>"')
    '"\\00003c\\00002fstyle\\00003e\\000022"'
    """
    kept = re.sub(r"[^A-Za-z0-9 ]", lambda found: f"\\{ord(found[0]):06x}", text.encode("utf-8", "replace").decode())
    return f'"{kept}"'
