"""Settings: one frozen dataclass, read once from the environment and the instance folder."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[2]
SHORTEST_SECRET = 32


class UnsafeSettings(Exception):
    """The settings would put evidence or accounts at risk; start-up stops here."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs between machines; docs/operate/configure.md explains each field."""

    instance: Path
    database_url: str
    queue_url: str
    secret_key: str
    secure_cookies: bool = False
    public_url: str = ""
    trusted_hosts: tuple[str, ...] = ()
    proxies: int = 0
    mail_url: str = ""
    erasure_ledger: str = ""
    # Folder of the sentence encoder; without one suggestions rest on words alone.
    encoder: Path | None = None
    testing: bool = False

    @classmethod
    def from_env(cls) -> "Settings":
        """Read CONSULT_* variables; what is missing gets a safe default inside the instance folder."""
        env = os.environ
        instance = Path(env.get("CONSULT_INSTANCE") or PROJECT_ROOT / "instance").resolve()
        instance.mkdir(parents=True, exist_ok=True)
        hosts = env.get("CONSULT_TRUSTED_HOSTS", "")
        return cls(
            instance=instance,
            database_url=env.get("CONSULT_DATABASE_URL") or sqlite_url(instance / "consult.db"),
            queue_url=env.get("CONSULT_QUEUE_URL") or sqlite_url(instance / "queue.db"),
            secret_key=env.get("CONSULT_SECRET_KEY") or stored_secret(instance / "secret_key"),
            secure_cookies=env.get("CONSULT_SECURE_COOKIES", "") == "1",
            public_url=env.get("CONSULT_PUBLIC_URL", "").rstrip("/"),
            mail_url=env.get("CONSULT_MAIL_URL", ""),
            erasure_ledger=env.get("CONSULT_ERASURE_LEDGER", ""),
            encoder=encoder_folder(env.get("CONSULT_ENCODER", "")),
            proxies=whole_number("CONSULT_PROXIES", env.get("CONSULT_PROXIES", "0")),
            trusted_hosts=tuple(host.strip() for host in hosts.split(",") if host.strip()),
        ).checked()

    def checked(self) -> "Settings":
        """Return these settings, or raise UnsafeSettings naming what to change."""
        if len(self.secret_key) < SHORTEST_SECRET:
            raise UnsafeSettings(
                f"CONSULT_SECRET_KEY must have at least {SHORTEST_SECRET} characters; "
                "leave it unset to have one generated in the instance folder."
            )
        if not self.database_url.startswith(("sqlite:", "postgresql+psycopg:")):
            raise UnsafeSettings("CONSULT_DATABASE_URL must start with sqlite:/// or postgresql+psycopg://")
        if self.public_url.startswith("https:") and not self.secure_cookies:
            raise UnsafeSettings("A site on https needs CONSULT_SECURE_COOKIES=1.")
        if self.mail_url and not self.public_url:
            # A mail's links must not come from what a request claims the site to be called.
            raise UnsafeSettings(
                "CONSULT_MAIL_URL needs CONSULT_PUBLIC_URL, which the links in mails begin with."
            )
        return self


def encoder_folder(given: str) -> Path | None:
    """Return where the sentence encoder is looked for: where it is said, else where ./run puts it."""
    if given == "none":
        return None
    return Path(given).resolve() if given else PROJECT_ROOT / ".cache" / "encoder"


def whole_number(name: str, text: str) -> int:
    """Return a setting that counts; raises UnsafeSettings for anything else."""
    if not text.isdecimal():
        raise UnsafeSettings(f"{name} must be a whole number such as 1, not “{text}”.")
    return int(text)


def sqlite_url(path: Path) -> str:
    """Return the SQLAlchemy address of a SQLite file."""
    return f"sqlite:///{path}"


def stored_secret(path: Path) -> str:
    """Return the generated secret of this instance, making it (readable by its owner alone) when missing."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()
