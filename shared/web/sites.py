"""The rules that a new case of a site takes."""

from shared.procedures.company import Company
from shared.procedures.loader import load_pack
from shared.procedures.rules import Rules


def rules_at(company: Company, site: str) -> Rules:
    """The site's current pack, at the site. Raises KeyError for a site that the company lacks."""
    place = company.sites[site]
    return Rules(load_pack(place.pack), place)
