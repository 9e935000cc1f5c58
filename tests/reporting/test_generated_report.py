"""``reports/generated.md``, from measures written out by hand."""

from nottingham.models.names import REAL
from nottingham.models.sampling import SamplingConfig
from nottingham.reporting import generated_report, player_report


def figure(value):
    return {"value": value, "interval": value and [value - 0.1, value + 0.1]}


def described(repeats, distances):
    """Describe a set in which all else is a half."""
    columns = [column for table in generated_report._TABLES.values() for column in table]
    figures = dict.fromkeys(columns, figure(0.5)) | {"repeats_8": figure(repeats)}
    return {"tunes": 7, "figures": figures, "distances": distances}


def match(median, above, limit):
    run = {"least": 1, "quarter": 2.5, "median": median, "three_quarters": 9.0, "most": 20.0}
    limit = {"run": limit, "share": limit / 100}
    return {"run": run, "share": {"mean": 0.25}, "above_limit": above, "limit": limit}


def distances(overlap):
    one = {"overlap": figure(overlap), "divergence": figure(2.0)}
    return {"interval": one, "pitch": one}


MUSIC = {
    REAL: described(0.6, {}),
    "lstm": described(0.2, distances(0.9)),
    "mute": described(None, distances(None)),
}
ORIGINALITY = {
    "sets": {
        REAL: match(12.0, 0.05, 34.0),
        "lstm": match(11.0, 0.0, 34.0),
        "real (notes)": match(10.0, 0.05, 31.0),
        "note-copy": match(9.0, 0.125, 31.0),
    },
}


def report(substituted=""):
    origin = [{"substituted": substituted}]
    nothing = {"new": None, "continued": None}
    player = player_report.gathered({}, None, {"player": nothing, "two_sample": nothing})
    sampling = SamplingConfig(0.9, top_p=0.5, guidance=2.0)
    how = {"sampling": sampling, "temperature_continued": 0.8}
    return generated_report.markdown(ORIGINALITY, MUSIC, player, origin, measures=32, **how)


def test_each_set_has_a_row_in_each_table():
    """Real ones have no distances; what could not be counted is a dash."""
    text = report()
    assert (
        "\n\n7 tunes of 32 measures by each model, drawn at temperature 0.9 (0.8 where models "
        "of notes continue), top-p 0.5, w" in text
    )
    assert "of `real` is 34 notes in a row" in text
    assert "34% of the passages" in text
    assert "; of `real (notes)`, 31 and 31%." in text
    assert "| real | 12 | 2.5–9 | 20 | 0.250 | 0.050 |" in text
    assert "| lstm | 11 | 2.5–9 | 20 | 0.250 | 0.000 |" in text
    assert "| note-copy | 9 | 2.5–9 | 20 | 0.250 | 0.125 |" in text
    assert text.index("## What a player sees") < text.index("## Originality")
    half = "0.500 [0.400, 0.600]"
    assert "|  | repeats 4 | repeats 8 | repeats 16 | aabb |" in text
    assert f"| lstm | {half} | 0.200 [0.100, 0.300] | {half} | {half} |" in text
    assert f"| mute | {half} | – | {half} | {half} |" in text
    overlap = text.partition("### Overlap")[2].partition("###")[0]
    assert [line for line in overlap.splitlines() if line.startswith("|")][2:] == [
        "| lstm | 0.900 [0.800, 1.000] | 0.900 [0.800, 1.000] |",
        "| mute | – | – |",
    ]


def test_a_substituted_corpus_is_named_first():
    text = report("NOT THE REAL TUNES\nbut others")
    assert text.split("\n\n")[1] == "> **NOT THE REAL TUNES**  \n> **but others**"
