"""The rules that a new case of a site takes."""

from shared.procedures.course.rules import Rules
from shared.procedures.language.company import Company
from shared.procedures.language.loader import load_pack


def rules_at(company: Company, site: str) -> Rules:
    """The site's current pack, at the site. Raises KeyError for a site that the company lacks."""
    place = company.sites[site]
    return Rules(load_pack(place.pack), place)
