"""The read models as a whole: built anew, compared with the stores, repaired."""
