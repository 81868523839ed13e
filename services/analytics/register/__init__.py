"""The register and the worklists: searched, filtered, a page at a time."""
