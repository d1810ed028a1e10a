"""Databases by URL and query: an analyst points at the warehouse and gets the accounts that a file would give.

PostGIS tests start a server of Debian's own packages in a temporary folder; without it they are skipped aloud.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely

import territory_geo as tg
from territory_geo.errors import DataError, MissingDependency, OptionError
from territory_geo.geodata.readers import databases

PLACES = [("A1", 13.4, 52.5), ("A2", 9.99, 53.55), ("A3", 11.57, 48.14)]


# ------------------------------------------------------------------ DuckDB


@pytest.fixture
def warehouse(tmp_path: Path) -> str:
    """A DuckDB file with accounts as numbers and as well-known binary."""
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "sales.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE accounts (account_id TEXT, lon DOUBLE, lat DOUBLE, revenue DECIMAL(9, 2), shape BLOB)"
        )
        rows = [(i, x, y, 10.5, shapely.to_wkb(shapely.Point(x, y))) for i, x, y in PLACES]
        connection.executemany("INSERT INTO accounts VALUES (?, ?, ?, ?, ?)", rows)
    return f"duckdb:///{path}"


def test_duckdb_numbers(warehouse: str) -> None:
    accounts = tg.read_accounts(warehouse, query="SELECT account_id, lon, lat, revenue FROM accounts ORDER BY 1")
    assert accounts.frame["id"].tolist() == ["A1", "A2", "A3"]
    assert accounts.frame["revenue"].tolist() == [10.5] * 3
    assert [(p.x, p.y) for p in accounts.frame.geometry] == [place[1:] for place in PLACES]
    assert accounts.source == "duckdb:sales.duckdb"


def test_duckdb_well_known_binary(warehouse: str) -> None:
    accounts = tg.read_accounts(warehouse, query="SELECT account_id, shape FROM accounts ORDER BY 1")
    assert [(p.x, p.y) for p in accounts.frame.geometry] == [place[1:] for place in PLACES]
    said = accounts.report().set_index("rule")["action"]
    assert said["no_crs"] == "taken as EPSG:4326"
    moved = tg.read_accounts(warehouse, query="SELECT account_id, shape FROM accounts", crs="EPSG:25833")
    assert moved.report().set_index("rule").loc["no_crs", "action"] == "taken as EPSG:25833"


@pytest.mark.parametrize(
    ("query", "error", "message"),
    [
        (None, OptionError, "A database needs a query"),
        ("SELECT * FROM nowhere", DataError, r"duckdb:sales.duckdb: .*nowhere"),
        ("DELETE FROM accounts", DataError, r"read-only"),  # a reader changes nothing
    ],
)
def test_duckdb_errors(warehouse: str, query: str | None, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        tg.read_accounts(warehouse, query=query)


def test_a_duckdb_file_that_is_not_there(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    with pytest.raises(DataError, match="does not exist"):
        tg.read_accounts(f"duckdb:///{tmp_path}/none.duckdb", query="SELECT 1")
    assert not (tmp_path / "none.duckdb").exists()


def test_a_missing_package_gives_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(databases.importlib, "import_module", refuse)
    with pytest.raises(MissingDependency, match=r"pip install 'territory-geo\[duckdb\]'"):
        tg.read_accounts("duckdb:///x.duckdb", query="SELECT 1")
    with pytest.raises(MissingDependency, match=r"pip install 'territory-geo\[postgis\]'"):
        tg.read_accounts("postgresql://host/db", query="SELECT 1")


def test_sqlite_through_sqlalchemy(tmp_path: Path) -> None:
    sqlalchemy = pytest.importorskip("sqlalchemy")
    url = f"sqlite:///{tmp_path / 'crm.sqlite'}"
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE a (id TEXT, lat REAL, lon REAL)"))
        connection.execute(sqlalchemy.text("INSERT INTO a VALUES ('A1', 52.5, 13.4), ('A2', NULL, 9.9)"))
    engine.dispose()
    accounts = tg.read_accounts(url, query="SELECT * FROM a")
    assert accounts.frame["id"].tolist() == ["A1"]
    assert accounts.rejects["reason"].tolist() == ["lat is missing"]
    with pytest.raises(DataError, match="no such table"):
        tg.read_accounts(url, query="SELECT * FROM b")


@pytest.mark.parametrize("source", ["C:\\data\\accounts.csv", "accounts.csv", "file:///x.csv", "a:b.csv"])
def test_paths_are_no_databases(source: str) -> None:
    assert not databases.is_database(source)


# ------------------------------------------------------------------ PostGIS


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def postgis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server of this test's own, with PostGIS and a table of accounts."""
    sqlalchemy = pytest.importorskip("sqlalchemy")
    pytest.importorskip("psycopg")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    extensions = list(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))
    if not programs or not extensions:
        pytest.skip("NOT TESTED: PostGIS is not installed (Debian: apt-get install postgresql postgresql-postgis)")
    folder = Path(tmp_path_factory.mktemp("postgres"))
    # PostgreSQL refuses to run as root, and its user must be able to reach the folder.
    user: list[str] = []
    if os.geteuid() == 0:
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        folder = Path("/var/lib/postgresql") / f"territory-geo-test-{os.getpid()}"
        folder.mkdir(parents=True)
        shutil.chown(folder, "postgres", "postgres")
    port, data = free_port(), folder / "data"

    def run(*command: object) -> None:
        done = subprocess.run([*user, *map(str, command)], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    control = programs[-1] / "pg_ctl"
    try:
        run(programs[-1] / "initdb", "-D", data, "-A", "trust", "-U", "tester", "-E", "UTF8", "--no-sync")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        run(control, "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
        url = f"postgresql://tester:secret@127.0.0.1:{port}/postgres"
        engine = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE EXTENSION postgis"))
            connection.execute(
                sqlalchemy.text("CREATE TABLE accounts (account_id TEXT, revenue NUMERIC, geom geometry(Point, 25832))")
            )
            insert = "INSERT INTO accounts VALUES (:i, 10.5, ST_Transform(ST_SetSRID(ST_Point(:x, :y), 4326), 25832))"
            connection.execute(sqlalchemy.text(insert), [{"i": i, "x": x, "y": y} for i, x, y in PLACES])
            connection.execute(sqlalchemy.text("INSERT INTO accounts VALUES ('A4', 1, NULL)"))
        engine.dispose()
        yield url
    finally:
        if (data / "postmaster.pid").exists():
            run(control, "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.postgis
def test_postgis_geometries_come_with_their_reference_system(postgis: str) -> None:
    accounts = tg.read_accounts(postgis, query="SELECT * FROM accounts ORDER BY account_id")
    assert accounts.frame["id"].tolist() == ["A1", "A2", "A3"]
    assert accounts.frame.crs == "EPSG:4326"
    for point, (_, x, y) in zip(accounts.frame.geometry, PLACES, strict=True):
        assert (point.x, point.y) == pytest.approx((x, y), abs=1e-6)
    assert accounts.frame["revenue"].tolist() == [10.5] * 3
    assert accounts.rejects["id"].tolist() == ["A4"]
    assert "secret" not in accounts.source
    assert "no_crs" not in accounts.report()["rule"].tolist()


@pytest.mark.postgis
def test_postgis_numbers_and_errors(postgis: str) -> None:
    inner = "SELECT account_id, ST_Transform(geom, 4326) AS p FROM accounts"
    query = f"SELECT account_id, ST_X(p) AS lon, ST_Y(p) AS lat FROM ({inner}) AS a"
    assert len(tg.read_accounts(postgis, query=query)) == 3
    with pytest.raises(DataError, match=r"nowhere") as error:
        tg.read_accounts(postgis, query="SELECT * FROM nowhere")
    assert "secret" not in str(error.value)
    with pytest.raises(DataError, match=r"Check the address"):
        tg.read_accounts(postgis.replace("/postgres", "/nothing"), query="SELECT 1")
