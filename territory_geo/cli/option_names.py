"""What the command `design` calls the keys of a study."""

from __future__ import annotations

OPTION_NAMES = {
    "data.source": "SOURCE", "data.layer": "--layer", "data.id": "--id", "data.lon": "--lon", "data.lat": "--lat",
    "data.crs": "--crs", "data.postcode": "--postcode", "data.town": "--town", "data.state": "--state",
    "data.postal_file": "--postal-file", "data.country": "--country", "data.fix": "--fix", "data.keep": "--keep",
    "data.reject": "--reject", "design.territories": "--territories", "design.balance": "--balance",
    "design.weight": "--weight", "design.power": "--power", "design.detour": "--detour",
    "design.islands": "--islands", "design.lock_file": "--lock", "search.seed": "--seed",
    "search.iterations": "--iterations", "search.time_limit": "--time-limit", "outputs.directory": "--out",
    "outputs.title": "--title", "data.areas": "--areas", "data.areas_layer": "--areas-layer",
    "data.areas_id": "--areas-id", "data.nearest_km": "--nearest-km", "data.hexagons": "--hexagons",
    "data.measures": "--measure", "design.bridges": "--bridges", "design.barriers": "--barriers",
    "design.reps": "--reps", "design.role": "--role", "design.center": "--center",
    "design.distances": "--distances", "design.symmetric": "--symmetric", "design.minimise": "--minimise",
    "design.current": "--current",
    "rules.together": "--together", "rules.apart_file": "--apart", "rules.max_radius_km": "--max-radius",
    "rules.accounts": "--accounts", "rules.home_inside": "--home-inside", "rules.keep_whole": "--keep-whole",
    "rules.border_cost": "--border", "rules.overlap_cost": "--overlap", "rules.disruption": "--disruption",
    "design.roads": "--roads",
    "design.roads_cache": "--roads-cache", "design.snap_km": "--snap-km", "design.most_on_roads": "--most-on-roads",
    "workload.policy": "--policy", "workload.visits": "--visits", "workload.minutes": "--minutes",
    "workload.segment": "--segment", "workload.kind": "--kind", "workload.day_hours": "--day-hours",
    "workload.max_nights": "--max-nights",
    "data.land": "--land", "data.encoding": "--encoding", "data.delimiter": "--delimiter", "data.decimal": "--decimal",
}  # fmt: skip
"""What the command calls the keys of a study."""
