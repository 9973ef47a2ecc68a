"""What comes out of the printer, and what may happen to it: pages as pictures, and the codes on them."""

from dataclasses import dataclass

import pypdfium2 as pdfium
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

DPI = 300
# What the coarsest copier of a school does.
COPIER = 150
MARGIN = 4


@dataclass(frozen=True)
class Printed:
    """A code on a page: the picture of the page, and the box around what is black of it, in pixels."""

    page: Image.Image
    text: str
    level: str
    box: tuple[int, int, int, int]
    dpi: int

    @property
    def module(self) -> float:
        """How wide a module is, in pixels: the corner of a code begins with seven dark ones."""
        left, top, right, _ = self.box
        row = self.page.crop((left, top + 1, right, top + 2)).point(lambda value: 255 if value >= 128 else 0)
        return row.tobytes().index(255) / 7

    @property
    def millimetres(self) -> float:
        """How wide a module is on paper."""
        return self.module / self.dpi * 25.4

    @property
    def modules(self) -> int:
        """How many modules wide the code is, without its margin."""
        return round((self.box[2] - self.box[0]) / self.module)

    @property
    def picture(self) -> Image.Image:
        """The code with its margin."""
        return self.page.crop(self._around(MARGIN * self.module - 1))

    @property
    def margin_is_white(self) -> bool:
        """Whether nothing is printed in the four modules around the code."""
        around = self.page.crop(self._around(MARGIN * self.module - 1.5))
        edge = round(MARGIN * self.module - 1.5)
        wide, high = self.box[2] - self.box[0], self.box[3] - self.box[1]
        around.paste(255, (edge - 1, edge - 1, edge + wide + 1, edge + high + 1))
        return around.getextrema() == (255, 255)

    def _around(self, edge: float) -> tuple[int, int, int, int]:
        left, top, right, bottom = self.box
        whole = round(edge)
        return left - whole, top - whole, right + whole, bottom + whole


def pages(pdf: bytes, dpi: int = DPI) -> list[Image.Image]:
    """A PDF's pages as a printer shows them."""
    document = pdfium.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L") for page in document]
    finally:
        document.close()


def words_on(pdf: bytes) -> list[str]:
    """What can be read on each page, without the ends of lines."""
    document = pdfium.PdfDocument(pdf)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def letters_on(pdf: bytes) -> dict[str, float]:
    """The size in points of each word on the first page."""
    document = pdfium.PdfDocument(pdf)
    try:
        page = document[0]
        texts = page.get_objects([pdfium.raw.FPDF_PAGEOBJ_TEXT], textpage=page.get_textpage())
        return {word: written.get_font_size() for written in texts for word in written.extract().split()}
    finally:
        document.close()


def codes_on(page: Image.Image, dpi: int = DPI) -> list[Printed]:
    """The codes on a page, from the top left, as zxing-cpp finds them."""
    found = []
    for code in zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)):
        at = code.position
        corners = (at.top_left, at.top_right, at.bottom_left, at.bottom_right)
        left, right = min(one.x for one in corners), max(one.x for one in corners)
        top, bottom = min(one.y for one in corners), max(one.y for one in corners)
        # Its corners are a pixel or two off: what is black there says where the code really ends.
        near = (left - 6, top - 6, right + 6, bottom + 6)
        black = page.crop(near).point(lambda value: 255 if value < 128 else 0).getbbox()
        assert black
        box = (near[0] + black[0], near[1] + black[1], near[0] + black[2], near[1] + black[3])
        found.append(Printed(page, code.bytes.decode(), code.ec_level, box, dpi))
    return sorted(found, key=lambda one: (one.box[1] // 20, one.box[0]))


def turned(picture: Image.Image) -> Image.Image:
    """Held at an angle, on paper: zbar loses one in five where the picture ends with the code's margin."""
    paper = ImageOps.expand(picture, picture.width // 8, fill=255)
    return paper.rotate(17, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)


def shrunk(picture: Image.Image) -> Image.Image:
    """Copied at 70 %."""
    return picture.resize((round(picture.width * 0.7),) * 2, Image.Resampling.BOX)


def blurred(picture: Image.Image, module: float) -> Image.Image:
    """Out of focus; zbar gives up at half a module, zxing-cpp a little later."""
    return picture.filter(ImageFilter.GaussianBlur(0.4 * module))


def covered(picture: Image.Image, edge: float, *, low: bool = False) -> Image.Image:
    """A tenth of the code under a sticker: in the middle, or low on its right, beside the pattern that it needs."""
    copy = picture.copy()
    side = picture.width - 2 * edge
    patch = side * 0.1**0.5
    x, y = (edge + side * 0.62, edge + side * 0.3) if low else (edge + (side - patch) / 2,) * 2
    ImageDraw.Draw(copy).rectangle((x, y, x + patch, y + patch), fill=255)
    share = sum(ImageChops.difference(copy, picture).histogram()[128:]) / side**2
    assert share > 0.02, "what is covered was dark in part"
    return copy
