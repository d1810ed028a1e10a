"""The people of one account as a graph: who reports to whom, who decides, who was met, who blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np

from territory_geo.analyze.kpis.coverage import MET
from territory_geo.analyze.kpis.table import chosen_period
from territory_geo.errors import DataError
from territory_geo.geodata.clean import id_text
from territory_geo.geodata.columns import did_you_mean

if TYPE_CHECKING:
    from territory_geo.geodata.crm import CRM

_PULL = {"decides": 4.0, "blocks": 2.0, "influences": 2.0, "uses": 1.0, "unknown": 1.0}
"""How much a role weighs beside the place in the hierarchy."""


def influence_map(crm: CRM, account: Any, *, period: Any = None) -> nx.DiGraph:
    """Return the influence map of an account.

    Parameters
    ----------
    crm : CRM
        With contacts; activities say who was met.
    account : str
        Id of the account.
    period : str, pair of dates or Period, optional
        In which somebody counts as met; as in `kpis`.

    Returns
    -------
    networkx.DiGraph
        A node per contact, in the order of ids, with `name`, `role`, `seniority`, `decision_power`, `contacts` (how
        often in the period), `met`, `influence` (shares that sum to 1: PageRank along the lines of reporting, started
        from decision power). An edge goes from whoever reports to the superior. The graph has `account`, `period`.

    Raises
    ------
    DataError
        If there are no contacts, or none of this account.

    References
    ----------
    Page, L., Brin, S., Motwani, R. and Winograd, T. (1999). The PageRank citation ranking.

    Examples
    --------
    >>> import pandas as pd
    >>> from territory_geo.geodata.crm import read_crm
    >>> people = pd.DataFrame({"contact_id": ["p", "q"], "account_id": ["A", "A"], "name": ["Pat", "Quinn"],
    ...                        "decision_power": ["decides", "uses"], "reports_to": ["", "p"]})
    >>> met = pd.DataFrame({"activity_id": [1], "contact_id": ["q"], "type": ["visit"], "date": ["2025-12-31"]})
    >>> graph = influence_map(read_crm(contacts=people, activities=met), "A", period="2025")
    >>> [(node, data["met"]) for node, data in graph.nodes(data=True)], list(graph.edges)
    ([('p', False), ('q', True)], [('q', 'p')])
    """
    wanted = id_text(account).strip()
    contacts = crm["contacts"]
    ours = contacts[contacts["account_id"] == wanted]
    if ours.empty:
        some = list(contacts["account_id"].unique())
        raise DataError(f"There are no contacts of account {wanted!r}.{did_you_mean(wanted, some[:5000])}")
    when = chosen_period(period, crm)
    count: dict[str, int] = {}
    if "activities" in crm:
        done = crm["activities"]
        start, stop = when.start, when.stop
        spoken = done[
            done["contact_id"].isin(set(ours["contact_id"])) & (done["date"] >= start) & (done["date"] < stop)
        ]
        spoken = spoken[spoken["type"].isin([*MET, "call"])]
        count = {str(name): int(n) for name, n in spoken["contact_id"].value_counts().items()}
    graph = nx.DiGraph(account=wanted, period=str(when))
    for person in ours.itertuples(index=False):
        times = count.get(str(person.contact_id), 0)
        graph.add_node(
            person.contact_id, name=person.name, role=person.role, seniority=person.seniority,
            decision_power=person.decision_power, contacts=times, met=times > 0,
        )  # fmt: skip
    pairs = zip(ours["contact_id"], ours["reports_to"], strict=True)
    graph.add_edges_from((low, high) for low, high in pairs if high in graph and high != low)
    start_at = {node: _PULL[data["decision_power"]] for node, data in graph.nodes(data=True)}
    rank = nx.pagerank(graph, alpha=0.5, personalization=start_at, dangling=start_at, tol=1e-12, max_iter=500)
    total = float(np.sum(list(rank.values())))
    nx.set_node_attributes(graph, {node: value / total for node, value in rank.items()}, "influence")
    return graph
