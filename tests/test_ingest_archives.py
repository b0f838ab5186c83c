"""Every real archive is imported: what can be read is stored, what is damaged is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from backref.errors import UnknownFormat
from backref.ingest import import_inputs
from backref.ingest.importing import ImportReport
from backref.lake.lake import Lake

REFUSED = {
    "pywb-invalid_example_1.wacz": "is a WACZ, but",
    "whirlwind.warc.wet": "it is a WET file",
    "whirlwind.warc.wet.gz": "it is a WET file",
}
DAMAGED = {
    "fastwarc-clipped.warc.gz": 1,
    "iipc-link-extraction-test.warc": 1,
    "pywb-example.warc": 1,
    "warcio-bad.arc": 3,
    "warcio-example-space-in-url.arc": 1,
    "warcio-example-trunc.warc": 1,
}
"""Files with damages, and how many."""
FIGURES = {"pages", "links", "external_links", "nofollow", "ugc", "sponsored"}


@pytest.fixture(scope="module")
def reports(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, ImportReport]:
    """Each sample's report, all in one store."""
    paths = sorted((shared_data / "warc-samples").iterdir())
    wanted = [str(path) for path in paths if path.name not in REFUSED]
    with Lake.create(tmp_path_factory.mktemp("samples") / ".backref") as lake:
        return {Path(one.file).name: one for one in import_inputs(lake, wanted, processes=1)}


def test_every_sample_reconciles(reports: dict[str, ImportReport], shared_data: Path) -> None:
    assert len(reports) == len(list((shared_data / "warc-samples").iterdir())) - len(REFUSED)
    for one in reports.values():
        assert one.read == one.stored + one.duplicate + one.rejected


def test_damages_are_counted_once(reports: dict[str, ImportReport]) -> None:
    assert {name: one.rejected for name, one in reports.items() if one.rejected} == DAMAGED


def test_figures_of_archives_are_told(reports: dict[str, ImportReport]) -> None:
    for one in reports.values():
        if one.stored + one.duplicate:
            assert one.counts.keys() >= FIGURES


def test_a_second_form_of_an_archive_holds_nothing_new(reports: dict[str, ImportReport]) -> None:
    for first, second in (
        ("fastwarc-warcfile.warc.gz", "fastwarc-warcfile.warc.lz4"),
        ("warcio-example.arc", "warcio-example.arc.gz"),
        ("whirlwind.warc", "whirlwind.warc.gz"),
    ):
        assert reports[first].read == reports[second].read > 0
        assert reports[second].stored == 0


def test_the_others_are_refused(shared_data: Path, tmp_path: Path) -> None:
    with Lake.create(tmp_path / ".backref") as lake:
        for name, reason in REFUSED.items():
            with pytest.raises(UnknownFormat, match=reason):
                list(import_inputs(lake, [str(shared_data / "warc-samples" / name)]))
