"""The JSON Schema of study files: made from what studies are checked by, and shipped as a file for editors."""

from __future__ import annotations

import json
from pathlib import Path

FILE = Path(__file__).with_name("study.schema.json")
"""The shipped file; a test holds it equal to `made`."""


def made() -> str:
    """Return the schema as text, from the definition that studies are checked by."""
    from territory_geo.study.schema import Study

    schema = Study.model_json_schema()
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "territory-geo study"}
    whole = {**head, **{key: value for key, value in schema.items() if key not in head}}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def shipped() -> str:
    """Return the schema that ships."""
    return FILE.read_text(encoding="utf-8")
