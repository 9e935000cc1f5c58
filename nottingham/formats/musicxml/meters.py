"""The meters of MusicXML: ``<time>``, as one plain meter.

A measure is as long as all that its signature names: 3+2 over 8, and 3/8+2/8, are 5/8, and 2/4+3/8
is 7/8. Of two signatures that may be taken for each other, 6/8 (3/4), the first counts.
"""

from math import lcm
from xml.etree.ElementTree import Element

from nottingham.formats.unfold import check_meter
from nottingham.music.limits import UnreadableTuneError


def read(time: Element) -> str | None:
    """Read ``<time>``, as in ``6/8``; None where it says that there is no meter.

    Raises:
        UnreadableTuneError: naming a meter that is none.
    """
    if time.find("senza-misura") is not None:
        return None
    beats, units = ([e.text or "" for e in time.findall(tag)] for tag in ("beats", "beat-type"))
    written = "+".join(f"{b}/{u}".replace(" ", "") for b, u in zip(beats, units, strict=False))
    try:
        pairs = [(sum(map(int, b.split("+"))), int(u)) for b, u in zip(beats, units, strict=True)]
        unit = lcm(*(u for _, u in pairs))
        meter = f"{sum(b * unit // u for b, u in pairs)}/{unit}"
        check_meter(meter)
    except (ValueError, ZeroDivisionError) as error:
        raise UnreadableTuneError(f"its meter is {written or 'empty'}") from error
    return meter
