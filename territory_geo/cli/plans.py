"""``territory-geo compare``, ``explain``, ``edit`` and ``diff``: what to do with plans that were saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from territory_geo.cli.app import app, messages
from territory_geo.cli.saved import loaded, named

if TYPE_CHECKING:
    import pandas as pd

    from territory_geo.analyze.compare import Comparison
    from territory_geo.plan.plan import TerritoryPlan

TODAY = "today"
"""What today's alignment is called."""


@app.command()
def compare(
    plans: Annotated[
        list[Path],
        typer.Argument(
            metavar="PLAN…", help="Folders of saved plans, as `design --save-plan` leaves them; NAME=DIR names one."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")],
    today: Annotated[
        bool,
        typer.Option("--today", help="Compare with who has what today; the plans were designed with --current."),
    ] = False,
    loss_rate: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="Share of the revenue that changes rep which is at risk, such as 0.1."),
    ] = None,
    km_cost: Annotated[float | None, typer.Option(metavar="MONEY", help="What a kilometre costs.")] = None,
    hour_cost: Annotated[float | None, typer.Option(metavar="MONEY", help="What an hour on the way costs.")] = None,
    tier: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Tell apart by this column. Default: tier or segment.")
    ] = None,
    container: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="What should stay whole. Default: state, county. Repeatable."),
    ] = None,
    capacity_hours: Annotated[float | None, typer.Option(metavar="HOURS", help="A year, of each rep.")] = None,
    match: Annotated[
        str, typer.Option(metavar="auto|names|accounts", help="Which territories of two plans are the same.")
    ] = "auto",
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Headline of the page.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print comparison.json, and nothing else.")] = False,
) -> None:
    """Compare plans with the first one, or with today.

    Writes comparison.html, .xlsx, .json, .png, and as CSV: plans, territories, reps, accounts, disruption, splits, and
    moves with a reason for each.

    Example: territory-geo compare maps/spring maps/gentle --today --loss-rate 0.1 --out maps/compared
    """
    with messages():
        from territory_geo.analyze.compare import compare as compared
        from territory_geo.render.compare import write_comparison
        from territory_geo.render.export import require_writable

        require_writable(out)
        found = compared(
            _compared(plans, today), loss_rate=loss_rate, km_cost=km_cost, hour_cost=hour_cost, tier=tier,
            containers=container or None, capacity_hours=capacity_hours, match=match,
        )  # fmt: skip
        written = write_comparison(found, out, title=title)
        if json:
            typer.echo((out / "comparison.json").read_text(encoding="utf-8"), nl=False)
            return
        show_comparison(found)
        typer.echo(f"\nWritten to {out}: {', '.join(written)}.")


@app.command()
def explain(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="Folder of a saved plan.")],
    account: Annotated[
        list[str] | None, typer.Option("--account", metavar="ID", help="Only this one. Repeatable. Default: all.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the whole table as CSV.")] = None,
) -> None:
    """Say of each account why it stays with its territory, or why it changes rep.

    Example: territory-geo explain maps/spring --account A00017
    """
    with messages():
        from territory_geo.analyze.explain import explain as explained
        from territory_geo.errors import OptionError
        from territory_geo.render.export import named_failures

        if not account and out is None:
            raise OptionError("Say which accounts (--account ID), or where the table of all goes (--out FILE).")
        table = explained(loaded(plan), account)
        if out is not None:
            with named_failures(out):
                out.parent.mkdir(parents=True, exist_ok=True)
                table.to_csv(out, index=False, lineterminator="\n", encoding="utf-8")
            typer.echo(f"{len(table):,} accounts written to {out}.")
        else:
            for id_, sentence in zip(table["id"], table["sentence"], strict=True):
                typer.echo(f"{id_}: {sentence}")


@app.command()
def edit(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="Folder of a saved plan.")],
    edits: Annotated[
        Path,
        typer.Argument(metavar="EDITS", help="Table id,action,to,reason,by; actions are move, lock, challenge."),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")],
    force: Annotated[
        bool, typer.Option("--force", help="Keep edits that break a constraint too; the outcome says what they break.")
    ] = False,
) -> None:
    """Apply manual edits to a plan: each is kept or refused with a reason, the effect is shown before and after.

    Writes edits.csv (what became of each), effect.csv, locks.csv (for `design --lock`), and the edited plan in saved/.

    Example: territory-geo edit maps/spring edits.csv --out maps/edited
    """
    with messages():
        from territory_geo.analyze.edits import apply_edits
        from territory_geo.render.export import SAVED, named_failures, require_writable

        require_writable(out)
        report = apply_edits(loaded(plan), edits, enforce=not force)
        with named_failures(out):
            out.mkdir(parents=True, exist_ok=True)
            kept = report.table[report.table["outcome"] == "kept"]
            locks = kept.assign(action="lock")[["id", "action", "to", "reason", "by"]]
            tables = {"edits": report.table, "effect": report.effect.reset_index(), "locks": locks}
            for name, table in tables.items():
                table.to_csv(out / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
        report.plan.save(out / SAVED)
        for row in report.table.to_dict("records"):
            typer.echo(f"row {row['row']}: {row['action']} {row['id']} to {row['to']}: {row['outcome']}, {row['why']}")
        typer.echo("")
        _table(_effect_shown(report.effect))
        typer.echo(f"\nWritten to {out}: edits.csv, effect.csv, locks.csv, {SAVED}/ (the edited plan).")


@app.command()
def diff(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="Folder of a saved plan.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="Folder of another one.")],
) -> None:
    """Say in plain text what differs between two saved plans: data, search, parameters, accounts.

    Example: territory-geo diff maps/spring maps/edited
    """
    with messages():
        typer.echo(loaded(before).diff(loaded(after)), nl=False)


def _compared(folders: list[Path], today: bool) -> dict[str, TerritoryPlan]:
    """Return the plans by name, today's alignment before them where it is asked for."""
    from territory_geo.errors import OptionError
    from territory_geo.plan.plan import TerritoryPlan

    found = named(folders)
    if today and TODAY in found:
        raise OptionError(f"One plan is called {TODAY!r}, as today's alignment is. Name it: NAME=DIR.")
    if today:
        return {TODAY: TerritoryPlan.from_current(next(iter(found.values())).problem), **found}
    if len(found) < 2:
        raise OptionError("Comparing needs two plans or more, or --today. Got one plan.")
    return found


def show_comparison(comparison: Comparison) -> None:
    """Print the plans side by side; texts come from data, so nothing in them is markup."""
    import pandas as pd

    from territory_geo.render.compare.lines import finite, lines
    from territory_geo.render.kpis.figures import shown

    rows = lines(comparison)
    table: dict[str, Any] = {"figure": [line.title for line in rows]}
    for name in comparison.plans.index:
        table[str(name)] = [shown(finite(comparison.plans.at[name, line.column]), line.unit) for line in rows]
    _table(pd.DataFrame(table))
    for note in comparison.notes:
        typer.echo(f"Note: {note}")


def _effect_shown(effect: pd.DataFrame) -> pd.DataFrame:
    """Return the effect of edits as texts: shares in per cent, their changes in points of it."""
    found = effect.reset_index().astype(object)
    for row in found.index[effect.index.str.endswith(("largest deviation", "changing rep"))]:
        before, after, change = (100 * effect.iloc[row][["before", "after", "change"]].to_numpy(dtype=float)).tolist()
        sign = "+" if change > 0 else ""
        found.loc[row, ["before", "after"]] = [f"{before:.2f} %", f"{after:.2f} %"]
        found.loc[row, "change"] = f"{sign}{change:.2f} points" if abs(change) >= 0.005 else "0"
    return found


def _table(table: pd.DataFrame) -> None:
    """Print a small table: the first column to the left, all others to the right."""
    cells = [[str(name) for name in table.columns]]
    cells += [[_cell(value) for value in row] for row in table.itertuples(index=False)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    for row in cells:
        line = [row[0].ljust(widths[0]), *(text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True))]
        typer.echo("  ".join(line).rstrip())


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"
    return str(value)
