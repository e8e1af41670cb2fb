import stat
from pathlib import Path

import pytest

from consult.foundation.config import Settings, UnsafeSettings, stored_secret


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name in (
        "DATABASE_URL",
        "QUEUE_URL",
        "SECRET_KEY",
        "SECURE_COOKIES",
        "PUBLIC_URL",
        "TRUSTED_HOSTS",
        "MAIL_URL",
    ):
        monkeypatch.delenv(f"CONSULT_{name}", raising=False)
    monkeypatch.setenv("CONSULT_INSTANCE", str(tmp_path / "new" / "instance"))
    return monkeypatch


def test_nothing_needs_to_be_set(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = Settings.from_env()
    assert settings.instance == tmp_path / "new" / "instance"
    assert settings.database_url.endswith("/instance/consult.db")
    assert settings.queue_url.endswith("/instance/queue.db")


def test_the_secret_is_generated_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    first = stored_secret(path)
    assert len(first) >= 32
    assert stored_secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("CONSULT_SECRET_KEY", "short", "at least 32 characters"),
        ("CONSULT_DATABASE_URL", "mysql://x", "must start with"),
        ("CONSULT_PUBLIC_URL", "https://evidence.example.org", "CONSULT_SECURE_COOKIES=1"),
        ("CONSULT_MAIL_URL", "smtp://localhost?from=a@example.org", "CONSULT_PUBLIC_URL"),
    ],
)
def test_unsafe_settings_stop_the_start(
    environment: pytest.MonkeyPatch, name: str, value: str, advice: str
) -> None:
    environment.setenv(name, value)
    with pytest.raises(UnsafeSettings, match=advice):
        Settings.from_env()
