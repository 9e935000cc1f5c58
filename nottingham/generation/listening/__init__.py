"""A page on which people hear the tunes: what models made of the same beginnings, and a blind test.

The page opens from disk, without a network: one HTML file, and beside it the folder `FILES` of
sounds, pictures and tunes to take along.
"""

from pathlib import Path

from nottingham.files import folder_written, write_text
from nottingham.generation.listening import blind, gallery, page
from nottingham.generation.listening.material import FILES, Material
from nottingham.generation.listening.programme import Programme


def write(folder: Path, programme: Programme, material: Material) -> None:
    """Write ``index.html`` and all that it refers to; a page that is there is whole.

    Args:
        folder: where; it replaces what an earlier page left there, once all files are written.
        programme: which tunes are heard.
        material: the tunes and what is known of them.
    """
    index, files = folder / "index.html", folder / FILES
    with folder_written(files) as new:
        data = {
            "gallery": gallery.write(new, programme.shown, material),
            "blind": blind.write(new / "blind", programme.pairs, material),
        }
        index.unlink(missing_ok=True)
    write_text(index, page.html(data))
