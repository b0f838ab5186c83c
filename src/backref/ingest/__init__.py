"""Files to facts: recognise, parse, number equal records, drop what is stored, publish."""

from backref.ingest.importing import ImportReport, import_inputs

__all__ = ["ImportReport", "import_inputs"]
