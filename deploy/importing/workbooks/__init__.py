"""Workbooks of every kind: what their cells show, and why some cells show nothing that can be filed."""

from deploy.importing.workbooks.reading import Workbook, open_workbook

__all__ = ["Workbook", "open_workbook"]
