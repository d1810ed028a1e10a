"""crm_*.csv: two years of contacts, activities, opportunities, orders and leads of the synthetic company. SYNTHETIC.

Made from accounts.csv and reps.csv alone: orders of 2025 sum to each account's revenue, visits follow its call
policy, named accounts are its largest. Only `Generator.random` and rounded results, so that every machine agrees.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd
from demo_company import PRODUCT_LINES
from demo_targets import build_targets

SEED = 81_025
FIRST, MIDDLE, LAST = (np.datetime64(day) for day in ("2024-01-01", "2025-01-01", "2025-12-31"))
YEARS = (2024, 2025)
N_NAMED, N_EXECUTIVES, N_LEADS, N_OPEN = 40, 8, 2_000, 500
TEAMS = {"East": range(1, 10), "Central": range(10, 19), "West": range(19, 25)}
MANAGERS = {"East": "M01", "Central": "M02", "West": "M03", "Key accounts": "M04"}
MANAGER_NAMES = {"M01": "Wanda Price", "M02": "Xavier Lund", "M03": "Zoe Marchetti", "M04": "Abel Thorne"}
EXECUTIVES = ("Bea Lindqvist", "Cyrus Doyle", "Dana Moretti", "Eli Novak", "Fay Osborne", "Gus Park", "Hana Reyes",
              "Ivo Stern")  # fmt: skip
FIRST_NAMES = ("Ada", "Bo", "Cleo", "Dev", "Eva", "Finn", "Gia", "Hal", "Ida", "Jay", "Kim", "Lou", "Mia", "Ned", "Ola",
               "Pia", "Ray", "Sam", "Tia", "Uma", "Val", "Wes", "Xen", "Yan", "Zia")  # fmt: skip
CONTACTS = {"enterprise": (4, 4), "mid-market": (2, 2), "smb": (1, 2)}
ROLES = (
    "managing director",
    "head of purchasing",
    "plant manager",
    "maintenance lead",
    "buyer",
    "engineer",
    "controller",
)
SENIORITY = ("executive", "director", "manager", "manager", "staff", "staff", "staff")
CONTENT = ("C01", "C02", "C03", "C04", "C05", "C06")
SOURCES = ("web", "trade show", "referral", "partner")
ORDERS = {"enterprise": 8, "mid-market": 4, "smb": 2}


def build_crm(accounts: pd.DataFrame, reps: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the tables by file name without ending: contacts, activities, …, coverage, targets."""
    rng = np.random.default_rng(SEED)
    coverage = _coverage(accounts)
    people = _people(reps, rng)
    owner = accounts["account_id"].map(coverage.set_index("account_id")["owner"]).fillna(accounts["current_rep"])
    accounts = accounts.assign(owner=owner, named=accounts["account_id"].isin(coverage["account_id"]))
    contacts = _contacts(accounts, rng)
    activities = _activities(accounts, contacts, rng)
    orders = _orders(accounts, rng)
    opportunities = _opportunities(accounts, orders, rng)
    leads = _leads(accounts, rng)
    return {
        "crm_contacts": contacts, "crm_activities": activities, "crm_opportunities": opportunities,
        "crm_orders": orders, "crm_leads": leads, "crm_people": people, "crm_coverage": coverage,
        "crm_targets": build_targets(owner.set_axis(accounts["account_id"]), orders),
    }  # fmt: skip


def _coverage(accounts: pd.DataFrame) -> pd.DataFrame:
    """The 40 named accounts: four for each account executive, eight with the rep who always had them."""
    ranked = accounts.sort_values(["potential_usd", "account_id"], ascending=[False, True]).head(N_NAMED)
    rows = []
    for place, account in enumerate(ranked.itertuples()):
        stays = place % 5 == 4
        executive = f"AE{(place - place // 5) % N_EXECUTIVES + 1:02d}"
        rows.append((account.account_id, "account", account.current_rep if stays else executive, "Key accounts"))
    table = pd.DataFrame(rows, columns=["account_id", "motion", "owner", "team"])
    return table.sort_values("account_id").reset_index(drop=True)


def _people(reps: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    team = {f"R{number:02d}": name for name, numbers in TEAMS.items() for number in numbers}
    rows = [
        (rep.rep_id, rep.name, "territory rep", team[rep.rep_id], MANAGERS[team[rep.rep_id]],
         round(105_000 * rep.capacity_hours / 1_600 / 1_000) * 1_000)
        for rep in reps.itertuples(index=False)
    ]  # fmt: skip
    rows += [
        (f"AE{i:02d}", name, "account executive", "Key accounts", "M04", 150_000 + 5_000 * int(rng.random() * 7))
        for i, name in enumerate(EXECUTIVES, 1)
    ]
    rows += [(code, MANAGER_NAMES[code], "sales manager", team, "", 190_000) for team, code in MANAGERS.items()]
    return pd.DataFrame(rows, columns=["person_id", "name", "role", "team", "manager", "cost_usd"])


def _contacts(accounts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The first of an account decides and the others report to somebody before them; some block."""
    least, more = (np.array([CONTACTS[s][i] for s in accounts["segment"]]) for i in (0, 1))
    count = least + (rng.random(len(accounts)) * more).astype(int)
    # Of small prospects, half are known by their address alone.
    bare = ((accounts["kind"] == "prospect") & (accounts["segment"] == "smb")).to_numpy()
    count[bare & (rng.random(len(accounts)) < 0.5)] = 0
    rows = []
    for account, n in zip(accounts["account_id"], count, strict=True):
        draws = rng.random((max(n, 1), 4))
        for i in range(n):
            place = 0 if i == 0 else 1 + int(draws[i, 0] * 6)
            power = "decides" if i == 0 or (place == 1 and draws[i, 1] < 0.5) else (
                "blocks" if draws[i, 1] < 0.08 else "influences" if draws[i, 1] < 0.45 else "uses")  # fmt: skip
            above = "" if i == 0 else f"{account}-{1 + int(draws[i, 2] * i)}"
            name = FIRST_NAMES[int(draws[i, 3] * len(FIRST_NAMES))]
            rows.append((f"{account}-{i + 1}", account, name, ROLES[place], SENIORITY[place], power, above))
    return pd.DataFrame(
        rows, columns=["contact_id", "account_id", "name", "role", "seniority", "decision_power", "reports_to"]
    )


def _activities(accounts: pd.DataFrame, contacts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Visits by the call policy, more or less, as each rep does; calls and e-mails; what was shown on the way."""
    reps = sorted(set(accounts["owner"]))
    zeal = dict(zip(reps, 0.55 + 0.45 * rng.random(len(reps)), strict=True))
    n_contacts = contacts.groupby("account_id").size()
    columns: dict[str, list[object]] = {name: [] for name in ("date", "account_id", "contact_id", "rep_id", "type",
                                                              "content", "minutes", "travel_minutes")}  # fmt: skip
    for account in accounts.itertuples(index=False):
        known = int(n_contacts.get(account.account_id, 0))
        heat = zeal[account.owner] * (1.0 if account.kind == "customer" else 0.45)
        # Some contacts are never met.
        met = max(1, round(known * 0.6)) if known else 0
        for year in YEARS:
            visits = int(account.visits_per_year * heat * (0.92 if year == 2024 else 1.0) + rng.random())
            calls = int(visits * (0.0 if account.segment == "smb" else 0.5) + 0.5 * rng.random())
            emails = int((10 + 14 * rng.random()) if account.named else calls * 0.6 * rng.random())
            kinds = ["visit"] * visits + ["call"] * calls + ["email"] * emails
            draws = rng.random((len(kinds), 5))
            for kind, (when, who, what, long, far) in zip(kinds, draws, strict=True):
                day = FIRST + int(when * 365) + (366 if year == 2025 else 0)
                shown = CONTENT[int(what * 20)] if what < 0.3 else ""
                columns["date"].append(_workday(day))
                columns["account_id"].append(account.account_id)
                columns["contact_id"].append(f"{account.account_id}-{1 + int(who * who * met)}" if known else "")
                columns["rep_id"].append(account.owner)
                columns["type"].append(kind if account.named is False or kind != "visit" or far < 0.8 else "demo")
                columns["content"].append(shown)
                minutes = account.visit_minutes if kind == "visit" else 15
                columns["minutes"].append(minutes + 15 * (long < 0.1))
                columns["travel_minutes"].append(15 * (1 + int(far * 5)) if columns["type"][-1] == "visit" else 0)
    table = pd.DataFrame(columns).sort_values(["date", "account_id", "type"], kind="stable").reset_index(drop=True)
    table.insert(0, "activity_id", [f"V{i}" for i in range(1, len(table) + 1)])
    return table


def _workday(day: np.datetime64) -> str:
    """The day, or the Friday before a weekend."""
    weekday = (day.astype("datetime64[D]").astype(int) + 3) % 7
    return str(day - max(0, weekday - 4) if weekday > 4 and day > FIRST + 6 else day)


def _orders(accounts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Orders of 2025 sum to the account's revenue; new customers have none in 2024, lost ones none in 2025."""
    rows = []
    for account in accounts.itertuples(index=False):
        luck = rng.random(3)
        yearly = {2025: int(account.revenue_usd)}
        if account.kind == "customer":
            yearly[2024] = 0 if luck[0] < 0.08 else int(account.revenue_usd * (0.7 + 0.5 * luck[1]) / 50) * 50
        else:
            yearly[2024] = int(account.potential_usd * 0.6 / 50) * 50 if luck[0] < 0.035 else 0
        others = [line for line in PRODUCT_LINES if line != account.product_line]
        lines = [account.product_line, *others[: int(luck[2] * (1 if account.segment == "smb" else 3))]]
        for year in YEARS:
            total = yearly[year]
            n = min(ORDERS[account.segment], max(1, total // 1_000))
            draws = rng.random((n, 3))
            if not total:
                continue
            shares = np.floor((0.5 + draws[:, 0]) / (0.5 + draws[:, 0]).sum() * total / 10).astype(int) * 10
            shares[0] += total - shares.sum()
            for amount, (_, when, which) in zip(shares, draws, strict=True):
                day = FIRST + int(when * 365) + (366 if year == 2025 else 0)
                line = lines[0] if which < 0.6 else lines[int((which - 0.6) / 0.4 * len(lines))]
                rows.append((_workday(day), account.account_id, line, int(amount)))
    table = pd.DataFrame(rows, columns=["date", "account_id", "product", "amount_usd"])
    table = table.sort_values(["date", "account_id", "amount_usd"], kind="stable").reset_index(drop=True)
    table.insert(0, "order_id", [f"B{i}" for i in range(1, len(table) + 1)])
    return table


def _opportunities(accounts: pd.DataFrame, orders: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One order in four was an opportunity that was won; about as many were lost; some are open."""
    owner = accounts.set_index("account_id")["owner"]
    segment = accounts.set_index("account_id")["segment"]
    inverse = NormalDist().inv_cdf
    rows = []

    def cycle(account: str, u: float) -> int:
        median = {"enterprise": 120, "mid-market": 70, "smb": 30}[segment[account]]
        return max(3, round(median * float(np.exp(0.5 * inverse(min(max(u, 1e-6), 1 - 1e-6))))))

    draws = rng.random((len(orders), 3))
    for order, (pick, length, _) in zip(orders.itertuples(index=False), draws, strict=True):
        if pick < 0.22:
            closed = np.datetime64(order.date)
            rows.append((str(closed - cycle(order.account_id, length)), order.account_id, "won", order.amount_usd,
                         str(closed), order.product))  # fmt: skip
    won = len(rows)
    ids, potential = accounts["account_id"].to_numpy(), accounts["potential_usd"].to_numpy()
    weight = np.cumsum(np.sqrt(potential))
    for i, (who, when, length, size, what) in enumerate(rng.random((round(1.1 * won) + N_OPEN, 5))):
        at = int(np.searchsorted(weight / weight[-1], who, side="right"))
        account, line = ids[at], PRODUCT_LINES[int(what * 3)]
        amount = max(500, int(potential[at] * (0.1 + 0.4 * size) / 100) * 100)
        if i < round(1.1 * won):
            closed = FIRST + int(when * 731)
            created, stage = closed - cycle(account, length), "lost"
            rows.append((str(created), account, stage, amount, str(closed), line))
        else:
            created = LAST - int(when * cycle(account, length))
            rows.append((str(created), account, "qualified" if size < 0.6 else "proposal", amount, "", line))
    names = ["created", "account_id", "stage", "amount_usd", "closed", "product"]
    table = pd.DataFrame(rows, columns=names).sort_values(names, kind="stable").reset_index(drop=True)
    table.insert(0, "opportunity_id", [f"O{i}" for i in range(1, len(table) + 1)])
    table.insert(3, "rep_id", table["account_id"].map(owner))
    return table


def _leads(accounts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Inquiries: three in five from known prospects, the others from nobody that the accounts know yet."""
    prospects = accounts[accounts["kind"] == "prospect"].reset_index(drop=True)
    reps = sorted(set(accounts["current_rep"]))
    rows = []
    for when, known, who, where, speed, wins, hour in rng.random((N_LEADS, 7)):
        created = FIRST.astype("datetime64[m]") + int(when * 731) * 1440 + (480 + int(hour * 600))
        account = prospects.iloc[int(who * len(prospects))] if known < 0.6 else None
        rep = reps[int(who * len(reps))] if account is None else account["owner"]
        source = SOURCES[int(where * len(SOURCES))]
        answered = speed < 0.9
        contacted = created + round(30 * float(np.exp(5.2 * speed))) if answered else None
        chance = 0.10 + 0.18 * (speed < 0.4) + 0.15 * (source == "referral")
        converted = contacted + 1440 * (3 + int(hour * 40)) if answered and wins < chance else None
        if converted is not None and converted > LAST + 1:
            converted = None
        rows.append((str(created).replace("T", " "), "" if account is None else account["account_id"], rep, source,
                     "" if contacted is None else str(contacted).replace("T", " "),
                     "" if converted is None else str(converted)[:10]))  # fmt: skip
    names = ["created", "account_id", "rep_id", "source", "contacted", "converted"]
    table = pd.DataFrame(rows, columns=names).sort_values(names, kind="stable").reset_index(drop=True)
    table.insert(0, "lead_id", [f"L{i}" for i in range(1, len(table) + 1)])
    return table
