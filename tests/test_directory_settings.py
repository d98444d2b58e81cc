"""Settings: where they come from, what is refused, and that each is documented."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from directory.errors import SettingsError
from directory.settings import PREFIX, Settings, ensure_secret, load_settings

DOCUMENT = Path(__file__).parent.parent / "docs" / "settings.md"


def read_documented() -> dict[str, str]:
    rows = re.findall(r"^\| `(PALPATE_\w+)` \| (.+?) \|", DOCUMENT.read_text("utf-8"), flags=re.MULTILINE)
    return dict(rows)


def test_the_document_lists_exactly_the_settings_there_are() -> None:
    assert set(read_documented()) == {PREFIX + name.upper() for name in Settings.model_fields}


def test_the_document_states_each_default() -> None:
    stated = {name: "" if default == "empty" else default.strip("`") for name, default in read_documented().items()}
    actual = {PREFIX + name.upper(): str(field.default) for name, field in Settings.model_fields.items()}
    assert stated == actual


def test_defaults_hold_without_environment_and_file(tmp_path: Path) -> None:
    assert load_settings({}, tmp_path / "palpate.toml") == Settings()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "palpate.toml"
    file.write_text('data_dir = "here"\nindex_shards = 3\n', "utf-8")
    settings = load_settings({"PALPATE_DATA_DIR": "there", "HOME": "/nowhere"}, file)
    assert settings.data_dir == Path("there")
    assert settings.index_shards == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PALPATE_SEARCH_URL", "localhost:9200"),
        ("PALPATE_SEARCH_URL", "ftp://files.example"),
        ("PALPATE_DATABASE_URL", "mysql://db"),
        ("PALPATE_INDEX_SHARDS", "many"),
        ("PALPATE_INDEX_SHARDS", "0"),
        ("PALPATE_INDEX_ALIAS", "Therapists!"),
        ("PALPATE_VERIFICATION_MODE", "lenient"),
        ("PALPATE_CRAWL_DELAY_S", "-1"),
        ("PALPATE_SECURE_COOKIES", "perhaps"),
        ("PALPATE_SECOND_FACTOR", "nobody"),
        ("PALPATE_OIDC_ISSUER", "login.example.org"),
        ("PALPATE_OIDC_ISSUER", "http://login.example.org"),
        ("PALPATE_OIDC_ISSUER", "https://login.example.org/?realm=clinic"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings({name: value}, tmp_path / "palpate.toml")


def test_an_unknown_setting_in_the_environment_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"PALPATE_DATADIR is not a setting.*data_dir"):
        load_settings({"PALPATE_DATADIR": "x"}, tmp_path / "palpate.toml")


def test_an_unknown_setting_in_the_file_says_which_file(tmp_path: Path) -> None:
    file = tmp_path / "palpate.toml"
    file.write_text("colour = 'blue'\n", "utf-8")
    with pytest.raises(SettingsError, match=r"'colour' in .*palpate\.toml"):
        load_settings({}, file)


@pytest.mark.parametrize("content", [b"data_dir = ", b"data_dir = '\xff'\n"])
def test_a_file_that_cannot_be_read_says_so(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "palpate.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings({}, file)


def test_addresses_lose_their_last_slash(tmp_path: Path) -> None:
    settings = load_settings({"PALPATE_BASE_URL": "https://palpate.example/"}, tmp_path / "none.toml")
    assert settings.base_url == "https://palpate.example"


def test_a_missing_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    first = ensure_secret(settings)
    assert len(first.session_secret) >= 32
    assert ensure_secret(settings).session_secret == first.session_secret
    assert stat.S_IMODE((tmp_path / "data" / "session-secret").stat().st_mode) == 0o600


def test_a_secret_that_is_given_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", session_secret="given")
    assert ensure_secret(settings).session_secret == "given"
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_is_a_file_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("", "utf-8")
    with pytest.raises(SettingsError, match="PALPATE_DATA_DIR"):
        ensure_secret(Settings(data_dir=tmp_path / "data"))


def test_a_secret_is_read_from_the_file_that_is_named(tmp_path: Path) -> None:
    secret = tmp_path / "database_url"
    secret.write_text("postgresql://palpate:made-up@db/palpate\n", "utf-8")
    settings = load_settings({"PALPATE_DATABASE_URL_FILE": str(secret)}, tmp_path / "palpate.toml")
    assert settings.database_url == "postgresql://palpate:made-up@db/palpate"


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        (
            {"PALPATE_DATABASE_URL_FILE": "/nowhere/at-all"},
            "PALPATE_DATABASE_URL_FILE names a file that cannot be read",
        ),
        ({"PALPATE_DATABASE_URL_FILE": "/x", "PALPATE_DATABASE_URL": ""}, "both set"),
        ({"PALPATE_SHOE_SIZE_FILE": "/x"}, "PALPATE_SHOE_SIZE_FILE is not a setting"),
    ],
)
def test_a_file_that_is_no_use_is_named(environ: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=said):
        load_settings(environ, tmp_path / "palpate.toml")
