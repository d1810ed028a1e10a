"""Progress: the title at once, a line per stage where no terminal listens, nothing on standard output."""

from __future__ import annotations

import re

import pytest

from territory_geo.progress import live, silent, throttled


def stages(progress: object) -> None:
    for stage, share, text in [
        ("read data", 0.0, ""), ("read data", 1.0, "40 units"), ("seeds", 0.2, "start 1"), ("seeds", 0.4, "start 2"),
        ("local search", 0.1, "first"), ("reoptimise", 0.2, "pairs"), ("local search", 0.5, "[bold]second[/bold]"),
        ("write", 0.0, "a folder with a long name " * 9),
    ]:  # fmt: skip
        progress(stage, share, text)  # type: ignore[operator]


def test_one_line_a_stage_after_the_title(capfd: pytest.CaptureFixture[str]) -> None:
    with live("A [red]title[/red]") as progress:
        out, said = capfd.readouterr()
        assert (out, said) == ("", "A [red]title[/red]\n")
        stages(progress)
    out, said = capfd.readouterr()
    assert out == ""
    lines = [re.sub(r"^ +\d+\.\d s  ", "", line) for line in said.splitlines()]
    assert [re.split(" {2,}", line) for line in lines] == [
        ["read data", "40 units"],
        ["seeds", "start 2"],
        ["local search", "first"],
        ["reoptimise", "pairs"],
        ["write", ("a folder with a long name " * 9).strip()],
    ]


def test_whoever_waits_is_told_how_far_it_is(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("territory_geo.progress.time.monotonic", lambda: now)
    with live("title") as progress:
        for step in range(8):
            now = 100.0 + 6.0 * step
            progress("seeds" if step == 0 else "local search", 0.0, f"round {step}")
    lines = [re.split(" {2,}", line.strip()) for line in capfd.readouterr().err.splitlines()[1:]]
    # Seeds end after 6 seconds; then a line every 15 seconds or as soon as something is heard; the stage's own at last.
    assert lines == [
        ["6.0 s", "seeds", "round 0"],
        ["24.0 s", "local search", "round 4"],
        ["42.0 s", "local search", "round 7"],
        ["42.0 s", "local search", "round 7"],
    ]


def test_a_long_stage_does_not_run_into_its_text(capfd: pytest.CaptureFixture[str]) -> None:
    with live("title") as progress:
        progress("a scenario with a long name", 0.0, "local search: 12 km a trip")
    assert capfd.readouterr().err.endswith(" s  a scenario with a long name  local search: 12 km a trip\n")


def test_a_stage_that_fails_is_not_reported_as_done(capfd: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        with live("title") as progress:
            progress("read data", 0.0, "")
            raise ValueError("stuck")

    with pytest.raises(ValueError, match="stuck"):
        work()
    assert capfd.readouterr().err == "title\n"


@pytest.mark.parametrize("width", [40, 80, 200])
def test_on_a_terminal_each_stage_has_one_bar(
    width: int, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": str(width)}.items():
        monkeypatch.setenv(name, value)
    with live("title") as progress:
        stages(progress)
    out, said = capfd.readouterr()
    assert out == ""
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said)
    last = [line for line in plain.replace("\r", "\n").splitlines() if line.strip()][-5:]
    assert [line.split("  ")[0].split(" ━")[0].strip() for line in last] == [
        "read data", "seeds", "local search", "reoptimise", "write",
    ]  # fmt: skip
    assert all(len(line) <= width for line in last)


def test_throttled_passes_on_starts_and_ends() -> None:
    seen: list[tuple[str, float]] = []
    call = throttled(lambda stage, share, _: seen.append((stage, share)), seconds=1000)
    for share in (0.0, 0.3, 0.6, 1.0):
        call("a", share, "")
        call("b", share / 2, "")
    assert seen == [("a", 0.0), ("b", 0.0), ("a", 1.0)]
    silent("a", 0.0, "")
