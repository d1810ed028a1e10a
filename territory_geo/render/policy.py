"""The page's Content-Security-Policy: only the scripts that were written may run, and nothing is fetched.

Each inline script is allowed by its hash. Hosts are named only for tiles and for links that somebody's own
Folium elements bring along.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from branca.element import Element, Figure
from folium.raster_layers import TileLayer

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_LINK = re.compile(r"<(?:script|link)\b[^>]*?\b(?:src|href)\s*=\s*[\"']?(https?://[^\"'\s>]+)", re.IGNORECASE)
_HOST = re.compile(r"https?://[\w.*:-]+")
_META = '<meta http-equiv="content-type" content="text/html; charset=UTF-8" />'


class OfflineFigure(Figure):
    """A figure whose page carries a policy made from the scripts in it, and from the tiles that were asked for."""

    def render(self, **kwargs: Any) -> str:
        """Return the page with its policy right after the declaration of its encoding."""
        page = str(super().render(**kwargs))
        if _META not in page:
            raise RuntimeError("Folium's page no longer begins as it did: there is no place for the policy.")
        policy = policy_of(page, tuple(sorted(set(_tile_hosts(self)))))
        return page.replace(_META, f'{_META}\n    <meta http-equiv="Content-Security-Policy" content="{policy}" />', 1)


def _tile_hosts(element: Element) -> Iterator[str]:
    for child in element._children.values():
        if isinstance(child, TileLayer):
            # {s} stands for one of several servers of a host.
            host = _HOST.match(str(child.tiles).replace("{s}", "*"))
            if host:
                yield host[0]
        yield from _tile_hosts(child)


def policy_of(page: str, images: tuple[str, ...] = ()) -> str:
    """Return the policy of a page.

    Parameters
    ----------
    page : str
        HTML; its inline scripts may run, and links to other hosts may be followed.
    images : tuple of str
        Origins that images may come from besides.

    Examples
    --------
    >>> policy_of("<script>1</script>").split("; ")[1]
    "script-src 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"
    """
    hashes = []
    for found in _SCRIPT.finditer(page):
        attributes = found["attributes"].lower()
        if "src=" not in attributes and "application/json" not in attributes:
            # Browsers read line ends as a line feed before they take the hash.
            text = found["text"].replace("\r\n", "\n").replace("\r", "\n")
            digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
            hashes.append(f"'sha256-{base64.b64encode(digest).decode('ascii')}'")
    hosts = sorted({f"{part.scheme}://{part.netloc}" for part in map(urlsplit, _LINK.findall(page))})
    scripts = " ".join([*dict.fromkeys(hashes), *hosts]) or "'none'"
    outside = "".join(f" {host}" for host in hosts)
    pictures = "".join(f" {host}" for host in sorted({*images, *hosts}))
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {scripts}",
            f"style-src 'unsafe-inline'{outside}",
            f"img-src data: blob:{pictures}",
            f"font-src data:{outside}",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
