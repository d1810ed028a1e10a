"""The frame of a plain page for a sales leader: no script, no network; headline, figures, tables, bars.

Whatever comes from data is escaped by whoever writes the body; titles are escaped here.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root{color-scheme:light dark;--ink:#1d2733;--soft:#586573;--line:#dbe1e7;--paper:#fff;--card:#f6f8fa;
--blue:#3d62b8;--gold:#c98a1b;--teal:#12806d;--red:#a92d4e}
@media(prefers-color-scheme:dark){:root{--ink:#e8edf2;--soft:#a5b1bd;--line:#38434e;--paper:#14191f;--card:#1b222a;
--blue:#86a3ee;--gold:#e3b35a;--teal:#56cdb3;--red:#f08aa8}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif;
font-variant-numeric:tabular-nums}
main{max-width:68rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.6rem;line-height:1.2;margin:0;letter-spacing:-.01em}h2{font-size:1.15rem;margin:2.4rem 0 .5rem}
h3{font-size:1rem;margin:0}p{margin:.4rem 0;max-width:46rem}.soft,small{color:var(--soft)}
small{display:block;font-size:.85em;line-height:1.35}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.8rem;margin:1.4rem 0}
.tile{border-top:3px solid var(--blue);background:var(--card);padding:.7rem .9rem .8rem;border-radius:0 0 6px 6px}
.tile b{display:block;font-size:1.45rem;line-height:1.25;font-weight:600}.tile.gold{border-color:var(--gold)}
.tile.teal{border-color:var(--teal)}
.wide{overflow-x:auto}.wide:has(.stack){overflow:visible}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.45rem .9rem .45rem 0}
th{font-weight:500;color:var(--soft);border-bottom:1px solid var(--ink);vertical-align:bottom;line-height:1.25}
td{border-bottom:1px solid var(--line)}tr:last-child td{border-bottom:0}
td.number,th.number{text-align:right}td.number{white-space:nowrap}
td:last-child,th:last-child{padding-right:0}.best{font-weight:650;color:var(--teal)}
.nobody,.bad{color:var(--red);font-weight:600}
.bar{display:block;width:100%;min-width:9rem;height:.8rem;margin-top:.35rem}.bar .room{fill:var(--line)}
.bar .blue,.key .blue{fill:var(--blue);background:var(--blue)}
.bar .gold,.key .gold{fill:var(--gold);background:var(--gold)}
.bar .teal,.key .teal{fill:var(--teal);background:var(--teal)}
.key .room{background:var(--line)}
.bar .cost,.key .cost{fill:var(--soft);background:var(--soft);opacity:.55}
.chart{width:100%;min-width:34rem;height:auto}
.key{font-size:.85rem;color:var(--soft);margin:.2rem 0 .6rem}.key i{display:inline-block;width:.75em;height:.75em;
border-radius:2px;margin:0 .4em 0 1.1em}.key i:first-child{margin-left:0}
.card{border:1px solid var(--line);border-radius:8px;padding:1rem 1.2rem;margin:1rem 0}
.verdict{font-size:1.02rem;font-weight:600;color:var(--teal);margin:0}.card ul{margin:.5rem 0 0;padding-left:1.1rem}
.card .head{display:flex;flex-wrap:wrap;gap:.1rem 1rem;align-items:baseline;justify-content:space-between}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:.4rem 2rem}
.two h4{margin:.8rem 0 0;font-size:.9rem;color:var(--soft);font-weight:600}
details{border-bottom:1px solid var(--line);padding:.35rem 0}summary{cursor:pointer}
details ul{columns:15rem;padding-left:1.1rem;margin:.5rem 0 .8rem;font-size:.9rem}
.chart text{fill:var(--soft);font-size:12px}.chart .name{fill:var(--ink);font-weight:600}
.chart .axis{stroke:var(--line)}.chart .line{fill:none;stroke-width:2.5;stroke-linejoin:round}
.chart .a{stroke:var(--blue)}.chart .b{stroke:var(--gold)}.chart .c{stroke:var(--teal)}
.chart .pa{fill:var(--blue)}.chart .pb{fill:var(--gold)}.chart .pc{fill:var(--teal)}
td>div+div{margin-top:.4rem}.stack th:first-child{width:32%}.stack th{position:sticky;top:0;background:var(--paper)}
@media(max-width:40rem){main{padding:1.3rem 1rem 3rem}h1{font-size:1.35rem}
.stack thead{display:none}.stack tr{display:block;padding:.7rem 0;border-bottom:1px solid var(--line)}
.stack td{display:grid;grid-template-columns:6.5rem 1fr;padding:.12rem 0;border:0}.stack td:empty{display:none}
.stack td::before{content:attr(data-head);color:var(--soft);font-size:.85em;line-height:1.75;white-space:normal}
.stack td>*{grid-column:2}.stack td:first-child{display:block;font-weight:600;padding-bottom:.3rem}
.stack td:first-child::before{content:none}.stack small{font-weight:400}.stack td.number{text-align:left}}
@media print{.card,tr{break-inside:avoid}}
"""


def sheet(title: str, body: str) -> str:
    """Return a page; `body` is already escaped, `title` is not."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body><main>\n<h1>{escape(title)}</h1>\n"
        f"{body}\n</main></body></html>\n"
    )


def tiles(figures: Sequence[tuple[str, str, str, str]]) -> str:
    """Return large figures side by side: (label, value, note, colour) each."""
    found = [
        f'<div class="tile {colour}"><small>{escape(label)}</small><b>{escape(value)}</b>'
        f"<small>{escape(note)}</small></div>"
        for label, value, note, colour in figures
    ]
    return f'<div class="tiles">{"".join(found)}</div>'


def table(heads: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]], *, stacked: bool = False) -> str:
    """Return a table; heads are (text, whether a number), cells are already escaped.

    With `stacked`, a row becomes a short list on a narrow screen, each cell beside its head, and heads stay in sight
    on a wide one.
    """
    top = "".join(f'<th scope="col"{_number(number)}>{escape(text)}</th>' for text, number in heads)
    body = "\n".join(
        f"<tr>{''.join(f'<td{_said(heads[i], stacked)}>{cell}</td>' for i, cell in enumerate(row))}</tr>"
        for row in rows
    )
    kind = ' class="stack"' if stacked else ""
    return f'<div class="wide"><table{kind}><thead><tr>{top}</tr></thead><tbody>\n{body}\n</tbody></table></div>'


def bar(parts: Sequence[tuple[float, str]], said: str) -> str:
    """Return a bar over its room, which is 1: parts as (share, colour) from the left; `said` reads it aloud."""
    left, found = 0.0, []
    for share, colour in parts:
        width = max(0.0, min(share, 1.0 - left))
        found.append(f'<rect class="{colour}" x="{100 * left:.2f}" width="{100 * width:.2f}" height="8"/>')
        left += width
    return (
        f'<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{escape(said)}">'
        f'<rect class="room" width="100" height="8"/>{"".join(found)}</svg>'
    )


def key(entries: Sequence[tuple[str, str]]) -> str:
    """Return what colours stand for: (colour, text) each."""
    return f'<div class="key">{"".join(f"<i class={c!r}></i>{escape(text)}" for c, text in entries)}</div>'


def _said(head: tuple[str, bool], stacked: bool) -> str:
    """Return the attributes of a cell: whether it is a number, and its head where rows may be stacked."""
    return _number(head[1]) + (f' data-head="{escape(head[0])}"' if stacked else "")


def _number(yes: bool) -> str:
    return ' class="number"' if yes else ""
