"""Why each account moves or stays: moves tried one by one, told in one sentence each."""

from territory_geo.analyze.explain.explain import explain

__all__ = ["explain"]
