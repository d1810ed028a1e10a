"""The report of a plan: one page of HTML for people who did not make it, which opens offline and prints.

`words.py` says it in sentences, `maps.py` and `charts.py` draw, `overview.py`, `territory.py`, `changes.py` and
`method.py` are its parts, `frame.py` holds them together, `write.py` writes the files.
"""

from territory_geo.render.report.write import report, report_page

__all__ = ["report", "report_page"]
