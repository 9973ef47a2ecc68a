"""Draws Beatbook's icons anew: python assets/icons/draw.py. An amber notebook with a badge on navy ground."""

import math
from pathlib import Path

from PIL import Image, ImageDraw

HERE = Path(__file__).parent
NAVY, AMBER, PAPER = "#14284B", "#F2A900", "#FFF8E8"
SIZE = 512
STAR = [
    (
        round(296 + radius * math.sin(step * math.pi / 5), 1),
        round(256 - radius * math.cos(step * math.pi / 5), 1),
    )
    for step in range(10)
    for radius in [72 if step % 2 == 0 else 31]
]
# (x0, y0, x1, y1, corner, colour), from back to front
SHAPES = [
    (140, 108, 396, 420, 26, PAPER),  # the pages, a little below the cover
    (132, 92, 388, 404, 26, AMBER),  # the cover
    (188, 92, 200, 404, 0, NAVY),  # the spine
    (112, 142, 152, 162, 10, PAPER),  # the rings
    (112, 238, 152, 258, 10, PAPER),
    (112, 334, 152, 354, 10, PAPER),
]


def svg() -> str:
    """The icon as SVG, with a rounded ground."""
    shapes = "".join(
        f'<rect x="{x0}" y="{y0}" width="{x1 - x0}" height="{y1 - y0}" rx="{corner}" fill="{colour}"/>'
        for x0, y0, x1, y1, corner, colour in [(0, 0, SIZE, SIZE, 96, NAVY), *SHAPES]
    )
    star = " ".join(f"{x:g},{y:g}" for x, y in STAR)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}">'
    return f'{head}{shapes}<polygon points="{star}" fill="{NAVY}"/></svg>\n'


def picture(size: int, *, corner: int, scale: float = 1.0) -> Image.Image:
    """The icon in pixels; `corner` rounds the ground, `scale` shrinks the mark into a maskable icon's safe zone."""
    fine = size * 4
    image = Image.new("RGBA", (fine, fine), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    unit = fine / SIZE
    draw.rounded_rectangle((0, 0, fine - 1, fine - 1), corner * unit, fill=NAVY)

    def at(value: float) -> float:
        return (SIZE / 2 + (value - SIZE / 2) * scale) * unit

    for x0, y0, x1, y1, round_corner, colour in SHAPES:
        draw.rounded_rectangle((at(x0), at(y0), at(x1), at(y1)), round_corner * unit * scale, fill=colour)
    draw.polygon([(at(x), at(y)) for x, y in STAR], fill=NAVY)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    """Writes every icon beside this file."""
    (HERE / "icon.svg").write_text(svg(), "utf-8")
    picture(192, corner=96).save(HERE / "icon-192.png", optimize=True)
    picture(512, corner=96).save(HERE / "icon-512.png", optimize=True)
    picture(512, corner=0, scale=0.82).save(HERE / "icon-maskable-512.png", optimize=True)
    picture(180, corner=0, scale=0.95).convert("RGB").save(HERE / "apple-touch-icon.png", optimize=True)
    picture(48, corner=96).save(HERE / "favicon.png", optimize=True)


if __name__ == "__main__":
    main()
