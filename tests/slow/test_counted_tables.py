"""The tables of docs/data.md, counted anew in the real corpus."""

import pytest

from checks import data_card, renew
from nottingham import params
from nottingham.corpus import collection, sources
from tests.closure import ROOT


@pytest.mark.slow
def test_the_tables_are_those_of_the_corpus(real_archive, tmp_path):
    record = sources.fetch("nottingham", tmp_path / "raw", archive=str(real_archive))
    results = collection.read_all(tmp_path / "raw" / record["notation"])
    report = tmp_path / "parse.json"
    tunes = list(collection.keep(results, report=report, max_skipped_share=0))
    settings = params.load(ROOT / "params.yaml").window
    part = renew.PARTS[1]
    shown = renew.between((ROOT / part.document).read_text(), part)[2]
    counted = data_card.tables(data_card.Corpus.of(tunes, settings, skipped=0))
    assert shown == counted, "run: make docs"
