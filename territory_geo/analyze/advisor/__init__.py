"""Which sales model fits: territory, account-based or hybrid, from three solved designs and evidence in numbers."""

from territory_geo.analyze.advisor.advice import Advice, advise
from territory_geo.analyze.advisor.terms import AdviceTerms

__all__ = ["Advice", "AdviceTerms", "advise"]
