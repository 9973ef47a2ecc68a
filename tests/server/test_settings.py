"""Settings: defaults for a fresh clone, the environment over them, and secrets in files nobody else reads."""

import stat
from pathlib import Path

import pytest

from server.settings import SettingError, Settings, keep_secret, local_url


def test_a_fresh_clone_runs_with_none_set() -> None:
    settings = Settings.load({})
    assert (settings.data, settings.host, settings.port) == (Path("var"), "127.0.0.1", 8080)
    assert settings.base_url == "http://127.0.0.1:8080"
    assert not settings.secure


def test_the_environment_goes_over_the_defaults() -> None:
    settings = Settings.load(
        {"BEATBOOK_DATA": "/srv/beatbook", "HOST": "0.0.0.0", "PORT": "9", "BEATBOOK_BASE_URL": "https://b.example/"}  # noqa: S104
    )
    assert settings.database_path == Path("/srv/beatbook/district.sqlite")
    assert (settings.host, settings.port) == ("0.0.0.0", 9)  # noqa: S104
    assert settings.base_url == "https://b.example"
    assert settings.secure


def test_the_escrows_key_may_lie_elsewhere() -> None:
    assert Settings.load({"BEATBOOK_DATA": "/srv/b"}).escrow_key_path == Path("/srv/b/escrow.key")
    assert Settings.load({"BEATBOOK_ESCROW_KEY": "/media/usb/key"}).escrow_key_path == Path("/media/usb/key")


@pytest.mark.parametrize(
    ("host", "port", "url"),
    [
        ("127.0.0.1", 8080, "http://127.0.0.1:8080"),
        ("0.0.0.0", 80, "http://127.0.0.1:80"),  # noqa: S104
        ("::1", 8080, "http://[::1]:8080"),
        ("beatbook.local", 8080, "http://beatbook.local:8080"),
    ],
)
def test_a_local_address_is_one_that_a_browser_can_open(host: str, port: int, url: str) -> None:
    assert local_url(host, port) == url


def test_a_database_may_be_named_and_its_password_is_never_shown() -> None:
    url = "postgresql://beatbook:s3cret@db.example/district"
    settings = Settings.load({"BEATBOOK_DATABASE_URL": url})
    assert settings.database_url == url
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    "bad",
    [
        *({"PORT": "x"}, {"PORT": "-1"}, {"BEATBOOK_BASE_URL": "ftp://x"}),
        *({"BEATBOOK_BASE_URL": f"https://{rest}"} for rest in ("", "x.example/beat", "x.example?y", "x:y", "u:p@x")),
        *({"BEATBOOK_DATABASE_URL": "mysql://s3cret@x/y"}, {"BEATBOOK_BLOBS_URL": "ftp://s3cret@x/y"}),
    ],
)
def test_a_setting_that_cannot_be_is_named(bad: dict[str, str]) -> None:
    with pytest.raises(SettingError, match=next(iter(bad))) as caught:
        Settings.load(bad)
    assert "s3cret" not in str(caught.value)


def test_a_secret_is_made_once_for_this_user_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret"
    assert keep_secret(path, lambda: "first") == "first"
    assert keep_secret(path, lambda: "second") == "first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_empty_secret_is_waited_for_and_never_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"
    path.touch()
    monkeypatch.setattr("time.sleep", lambda _seconds: path.write_text("of the other process\n"))
    assert keep_secret(path, lambda: "mine") == "of the other process"
    path.write_text("\n")
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with pytest.raises(SettingError, match="is empty"):
        keep_secret(path, lambda: "mine")
