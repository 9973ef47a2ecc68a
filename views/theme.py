"""One look for every screen: colours, type and space, in light, dark and for reading in full sun."""

from dataclasses import dataclass
from typing import Final

import flet as ft

# Type, never below SMALL (the sizes are before the phone's own text size is applied).
NUMBER: Final = 30
TITLE: Final = 22
SECTION: Final = 17
BODY: Final = 16
SMALL: Final = 14
LABEL: Final = 19  # of a text field: floating above what is typed it is drawn at three quarters
# The client brings Roboto in its regular weight only; it draws "medium" as regular and makes bold from 600 on.
STRONG: Final = ft.FontWeight.W_600

# Space on a grid of 4.
EDGE: Final = 16
GAP: Final = 12
GROUP: Final = 24
NEAR: Final = 8
RADIUS: Final = 12
TARGET: Final = 48

LOOKS: Final = ("auto", "light", "dark", "sunlight")


@dataclass(frozen=True, slots=True)
class Paint:
    """A ground and what is written on it."""

    ground: str
    ink: str


# Colours are roles of the colour scheme, so that the phone itself switches between light and dark. Material's "fixed"
# roles, which no control uses by itself, carry what Material has no name for.
CAPTURE: Final = Paint(ft.Colors.PRIMARY_FIXED_DIM, ft.Colors.ON_PRIMARY_FIXED_VARIANT)
BLUE: Final = Paint(ft.Colors.PRIMARY_FIXED, ft.Colors.ON_PRIMARY_FIXED)
GREEN: Final = Paint(ft.Colors.SECONDARY_FIXED, ft.Colors.ON_SECONDARY_FIXED)
AMBER: Final = Paint(ft.Colors.TERTIARY_FIXED, ft.Colors.ON_TERTIARY_FIXED)
RED: Final = Paint(ft.Colors.ERROR_CONTAINER, ft.Colors.ON_ERROR_CONTAINER)
PLAIN: Final = Paint(ft.Colors.SURFACE_CONTAINER_HIGH, ft.Colors.ON_SURFACE)
ACCENT: Final = ft.Colors.TERTIARY

LIGHT: Final = ft.ColorScheme(
    primary="#14284B",
    on_primary="#FFFFFF",
    primary_container="#DCE5F5",
    on_primary_container="#14284B",
    secondary="#35558A",
    on_secondary="#FFFFFF",
    secondary_container="#D3E0F5",
    on_secondary_container="#14284B",
    tertiary="#F2A900",
    on_tertiary="#14284B",
    tertiary_container="#FFE9B8",
    on_tertiary_container="#4A3400",
    error="#B3261E",
    on_error="#FFFFFF",
    error_container="#FBDAD6",
    on_error_container="#6B0F0A",
    surface="#FAF7F2",
    on_surface="#1B1E26",
    on_surface_variant="#4A4E5A",
    surface_bright="#FFFFFF",
    surface_dim="#E2DBCE",
    surface_container_lowest="#FFFFFF",
    surface_container_low="#FFFFFF",
    surface_container="#F2EDE5",
    surface_container_high="#ECE6DC",
    surface_container_highest="#E6DFD3",
    surface_tint="#14284B",
    outline="#6F737E",
    outline_variant="#D5CFC3",
    inverse_surface="#262B36",
    on_inverse_surface="#F8F5F0",
    inverse_primary="#FFC94D",
    primary_fixed="#D3E4FD",
    on_primary_fixed="#0B3D82",
    primary_fixed_dim="#14284B",
    on_primary_fixed_variant="#FFFFFF",
    secondary_fixed="#CFEBD6",
    on_secondary_fixed="#0E4A25",
    tertiary_fixed="#FFE3A3",
    on_tertiary_fixed="#553B00",
)

DARK: Final = ft.ColorScheme(
    primary="#B4C9F3",
    on_primary="#0B1A36",
    primary_container="#22407A",
    on_primary_container="#E3ECFC",
    secondary="#B4C9F3",
    on_secondary="#0B1A36",
    secondary_container="#2A4270",
    on_secondary_container="#E3ECFC",
    tertiary="#F7BC3A",
    on_tertiary="#2B1D00",
    tertiary_container="#5E4300",
    on_tertiary_container="#FFE3A3",
    error="#FFB4AB",
    on_error="#690005",
    error_container="#7A1E18",
    on_error_container="#FFE1DD",
    surface="#0E1420",
    on_surface="#E9EBF0",
    on_surface_variant="#BCC1CC",
    surface_bright="#2B354A",
    surface_dim="#0A0F19",
    surface_container_lowest="#0A0F19",
    surface_container_low="#171F2E",
    surface_container="#192131",
    surface_container_high="#222B3D",
    surface_container_highest="#2B354A",
    surface_tint="#B4C9F3",
    outline="#8C93A1",
    outline_variant="#3A4457",
    inverse_surface="#E9EBF0",
    on_inverse_surface="#1B1E26",
    inverse_primary="#7A4B00",
    primary_fixed="#173A6E",
    on_primary_fixed="#D9E7FE",
    primary_fixed_dim="#22407A",
    on_primary_fixed_variant="#FFFFFF",
    secondary_fixed="#14512B",
    on_secondary_fixed="#D5F0DC",
    tertiary_fixed="#5E4300",
    on_tertiary_fixed="#FFE9B8",
)

# Black on white and strong edges: what is left when the sun stands on the glass.
SUNLIGHT: Final = ft.ColorScheme(
    primary="#06122B",
    on_primary="#FFFFFF",
    primary_container="#06122B",
    on_primary_container="#FFFFFF",
    secondary="#06122B",
    on_secondary="#FFFFFF",
    secondary_container="#FFCF40",
    on_secondary_container="#000000",
    tertiary="#FFC21A",
    on_tertiary="#000000",
    tertiary_container="#FFCF40",
    on_tertiary_container="#000000",
    error="#8C0000",
    on_error="#FFFFFF",
    error_container="#8C0000",
    on_error_container="#FFFFFF",
    surface="#FFFFFF",
    on_surface="#000000",
    on_surface_variant="#000000",
    surface_bright="#FFFFFF",
    surface_dim="#FFFFFF",
    surface_container_lowest="#FFFFFF",
    surface_container_low="#FFFFFF",
    surface_container="#FFFFFF",
    surface_container_high="#F0F0F0",
    surface_container_highest="#E6E6E6",
    surface_tint="#FFFFFF",
    outline="#000000",
    outline_variant="#000000",
    inverse_surface="#000000",
    on_inverse_surface="#FFFFFF",
    inverse_primary="#FFCF40",
    primary_fixed="#0B3D82",
    on_primary_fixed="#FFFFFF",
    primary_fixed_dim="#06122B",
    on_primary_fixed_variant="#FFFFFF",
    secondary_fixed="#0A4A1F",
    on_secondary_fixed="#FFFFFF",
    tertiary_fixed="#FFC21A",
    on_tertiary_fixed="#000000",
)


def theme(scheme: ft.ColorScheme) -> ft.Theme:
    """A Flet theme of a colour scheme."""
    # A text style without a colour is drawn black, in the dark too.
    ink = scheme.on_surface
    body = ft.TextStyle(size=BODY, color=ink)
    label = ft.TextStyle(size=BODY, weight=STRONG, color=ink)
    small = ft.TextStyle(size=SMALL, color=ink)
    return ft.Theme(
        color_scheme=scheme,
        visual_density=ft.VisualDensity.STANDARD,
        scaffold_bgcolor=scheme.surface,
        icon_theme=ft.IconTheme(color=ink, apply_text_scaling=True),  # as large as the words beside them
        text_theme=ft.TextTheme(
            body_large=body,
            body_medium=body,
            body_small=small,
            label_large=label,
            label_medium=small,
            label_small=small,
            title_large=ft.TextStyle(size=TITLE, weight=STRONG, color=ink),
            title_medium=ft.TextStyle(size=SECTION, weight=STRONG, color=ink),
            title_small=label,
        ),
        page_transitions=ft.PageTransitionsTheme(
            android=ft.PageTransitionTheme.FADE_UPWARDS,
            ios=ft.PageTransitionTheme.CUPERTINO,
            linux=ft.PageTransitionTheme.NONE,
            macos=ft.PageTransitionTheme.NONE,
            windows=ft.PageTransitionTheme.NONE,
        ),
    )


def dress(page: ft.Page, look: str) -> None:
    """Gives the page one of LOOKS; "auto" follows the phone. The caller updates the page."""
    sunny = look == "sunlight"
    page.theme = theme(SUNLIGHT) if sunny else theme(LIGHT)
    page.dark_theme = theme(DARK)
    page.theme_mode = {"auto": ft.ThemeMode.SYSTEM, "dark": ft.ThemeMode.DARK}.get(look, ft.ThemeMode.LIGHT)
