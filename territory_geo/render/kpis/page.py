"""The frame of a page: head, style, title; everything in it is already escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

_STYLE = """
:root{color-scheme:light dark;--ink:#1d2733;--soft:#5b6773;--line:#d8dee4;--paper:#fff;--card:#f7f8fa;
--blue:#4366c6;--teal:#128a75;--red:#b63a60;--gold:#b7791f}
@media(prefers-color-scheme:dark){:root{--ink:#e8edf2;--soft:#a3afba;--line:#3a4550;--paper:#14191f;--card:#1c232b;
--blue:#8aa4f0;--teal:#4fd0b5;--red:#f08aa8;--gold:#e0b25a}}
body{margin:0;background:var(--paper);color:var(--ink);font:14px/1.45 system-ui,sans-serif;
font-variant-numeric:tabular-nums}
main{max-width:1160px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:24px;margin:0 0 4px}h2{font-size:18px;margin:0}h3{font-size:13px;margin:14px 0 2px;color:var(--soft);
font-weight:600}
p{margin:4px 0;max-width:80ch}.soft{color:var(--soft)}a{color:var(--blue)}
table{border-collapse:collapse;width:100%}th{font-weight:500;color:var(--soft);text-align:left;
border-bottom:1px solid var(--line);vertical-align:bottom}th,td{padding:4px 12px 4px 0;vertical-align:top}
tbody th{width:130px;border:0}
td.number,th.number{text-align:right;white-space:nowrap}
tbody tr+tr td{border-top:1px solid var(--line)}
.wide{overflow-x:auto}.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:16px 18px;
margin:18px 0}.head{display:flex;flex-wrap:wrap;gap:6px 18px;align-items:baseline}
sup{line-height:0}.better{color:var(--teal)}.worse{color:var(--red)}.note{color:var(--soft);font-size:12px}
.other{color:var(--gold)}ul{margin:4px 0;padding-left:18px}
.bullet .axis{stroke:var(--line)}.bullet .range{stroke:var(--blue);stroke-width:4;stroke-opacity:.35;
stroke-linecap:round}.bullet .tick{stroke:var(--ink);stroke-width:1.5}.bullet .dot{fill:var(--blue)}
.bullet .target{fill:none;stroke:var(--gold);stroke-width:1.5}.shares .both{fill:var(--gold)}
.shares .territory{fill:var(--blue)}
small{color:var(--soft);font-size:12px}a{text-decoration:none}a:hover{text-decoration:underline}
nav{display:flex;flex-wrap:wrap;gap:2px 16px;margin:10px 0}
table.figures{table-layout:fixed;min-width:960px}table.figures .chart{width:170px}
svg{vertical-align:middle;max-width:100%}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,500px),1fr));gap:14px}
.grid .card{margin:0}.grid h2{font-size:16px}
.bar{display:block;height:10px;margin-top:5px;border-radius:2px;background:var(--blue)}.bar.below{background:var(--gold)}
tr.above .dot{fill:var(--teal)}tr.above .range{stroke:var(--teal)}tr.below .dot{fill:var(--red)}
tr.below .range{stroke:var(--red)}table.ranking .chart{width:350px}
.expected{stroke:var(--ink);stroke-dasharray:3 3}
.people svg{display:block;height:auto;margin:8px auto 0}.people .paper{fill:none}
.people svg .ink{fill:var(--ink)}.people svg .soft{fill:var(--soft)}.people g .ink,.people g .soft{stroke:var(--card)}
.people .ring circle{fill:var(--card)}
.plain{list-style:none;padding:0}details{margin-top:14px}summary{cursor:pointer;color:var(--blue)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));gap:8px 18px;margin:14px 0 4px;
padding:12px 0;border:solid var(--line);border-width:1px 0}.tiles div>*{display:block}
.tiles b{font-size:17px;font-weight:600}
.tiles small.better{color:var(--teal)}.tiles small.worse{color:var(--red)}
.halves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:6px 34px}
td.bars{width:30%}.state{color:var(--soft);white-space:nowrap}.state.bought,.state.won{color:var(--teal)}
.state.new,.state.open{color:var(--blue)}.state.lapsed,.state.lost{color:var(--red)}
@media(max-width:700px){main{padding:20px 12px 40px}.card{padding:12px}
table.figures,table.figures tbody{display:block;min-width:0}
td.who small{display:block;white-space:nowrap}table.figures thead,table.figures colgroup{display:none}
th,td{padding-right:8px}th:last-child,td:last-child{padding-right:0}
table.figures tr{display:flex;flex-wrap:wrap;gap:1px 14px;padding:7px 0;border-top:1px solid var(--line)}
table.figures td[data-head]{order:4}table.figures td[data-head=interval]{order:2;flex-basis:100%;text-align:left}
table.figures tr:first-child{border-top:0}table.figures td{padding:0;border:0!important}
table.figures td.number{white-space:normal}table.figures td:empty{display:none}
table.figures td[data-head]::before{content:attr(data-head) " ";color:var(--soft);font-size:12px}
table.figures .chart{order:3;flex-basis:100%;width:auto}table.figures .name{flex:1 1 55%;font-weight:500}
.optional{display:none}table.figures td[data-head=target] br{display:none}
table.ranking,table.ranking tbody{display:block}table.ranking thead{display:none}
table.ranking tr{display:flex;flex-wrap:wrap;gap:1px 10px;padding:7px 0;align-items:baseline}
table.ranking tr+tr{border-top:1px solid var(--line)}table.ranking td{padding:0;border:0!important}
table.ranking td.optional{display:none}table.ranking .place{min-width:18px}table.ranking .who{flex:1}
table.ranking .chart{order:3;flex-basis:100%;width:auto}table.ranking .chart svg{width:100%}
table.ranking .sure{min-width:92px;text-align:left}
table.ranking .sure::before{content:"surely ";font-size:12px}
table:not(.plans) tbody th{display:block;width:auto;padding:6px 0 0}
table:not(.plans) tbody th+td{display:block;padding:0;border:0!important}}
@media print{.card{break-inside:avoid}}
"""


def linked(html: str, links: Mapping[str, str]) -> str:
    """Return a page with links to its neighbours on top: words by file name; all of it is ours."""
    if len(links) < 2:
        return html
    said = "".join(f'<a href="{name}">{escape(words)}</a>' for name, words in links.items())
    return html.replace("<main>", f"<main><nav>{said}</nav>", 1)


def page(title: str, body: str, style: str = "") -> str:
    """Return a page of HTML that needs nothing else; `body` is already escaped, `title` is not; `style` is ours."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}{style}</style></head><body><main>{body}</main></body></html>\n"
    )
