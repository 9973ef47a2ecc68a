"""The colours: readable in every look."""

import flet as ft
import pytest

from views import theme
from views.theme import DARK, LIGHT, SUNLIGHT

ON = [
    ("on_surface", "surface"),
    ("on_surface", "surface_container_low"),
    ("on_surface", "surface_container_high"),
    ("on_surface_variant", "surface"),
    ("on_surface_variant", "surface_container_low"),
    ("on_surface_variant", "surface_container"),
    ("primary", "surface"),
    ("on_primary", "primary"),
    ("on_tertiary", "tertiary"),
    ("on_secondary_container", "secondary_container"),
    ("on_inverse_surface", "inverse_surface"),
    ("inverse_primary", "inverse_surface"),
    ("error", "surface"),
    ("on_error_container", "error_container"),
    ("on_primary_fixed", "primary_fixed"),
    ("on_primary_fixed_variant", "primary_fixed_dim"),
    ("on_secondary_fixed", "secondary_fixed"),
    ("on_tertiary_fixed", "tertiary_fixed"),
]


@pytest.mark.parametrize(
    ("scheme", "least"), [(LIGHT, 4.5), (DARK, 4.5), (SUNLIGHT, 7.0)], ids=["light", "dark", "sun"]
)
@pytest.mark.parametrize(("ink", "ground"), ON)
def test_words_stand_out_from_their_ground(scheme: ft.ColorScheme, least: float, ink: str, ground: str) -> None:
    assert _contrast(getattr(scheme, ink), getattr(scheme, ground)) >= least


@pytest.mark.parametrize("scheme", [LIGHT, DARK, SUNLIGHT], ids=["light", "dark", "sun"])
def test_edges_of_controls_can_be_seen(scheme: ft.ColorScheme) -> None:
    assert _contrast(str(scheme.outline), str(scheme.surface)) >= 3


@pytest.mark.parametrize("scheme", [LIGHT, DARK, SUNLIGHT], ids=["light", "dark", "sun"])
def test_no_text_is_below_14_and_every_style_has_a_colour(scheme: ft.ColorScheme) -> None:
    texts = theme.theme(scheme).text_theme
    assert texts is not None
    names = [f"{kind}_{size}" for kind in ("body", "label", "title") for size in ("small", "medium", "large")]
    styles = [getattr(texts, name) for name in names]
    for style in styles:
        assert (style.size or 0) >= 14
        assert style.color == scheme.on_surface


@pytest.mark.parametrize("scheme", [LIGHT, DARK, SUNLIGHT], ids=["light", "dark", "sun"])
def test_icons_grow_with_the_words_beside_them_and_have_their_colour(scheme: ft.ColorScheme) -> None:
    icons = theme.theme(scheme).icon_theme
    assert icons is not None
    assert icons.apply_text_scaling
    assert icons.color == scheme.on_surface


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
