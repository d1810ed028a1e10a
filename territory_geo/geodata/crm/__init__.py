"""What happened with the accounts: contacts, activities, opportunities, orders, leads, and who sells.

`fields.py` says which tables and fields there are, `read.py` reads one table, `links.py` checks tables against each
other, `rules.py` names the checks, `crm.py` holds all of it together.
"""

from territory_geo.geodata.crm.crm import CRM, read_crm
from territory_geo.geodata.crm.table import CrmTable

__all__ = ["CRM", "CrmTable", "read_crm"]
