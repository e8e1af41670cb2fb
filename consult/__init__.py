"""The application factory: build, register each room, return."""

from datetime import timedelta
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from consult.foundation.config import Settings

# Each module has a `blueprint`.
VIEW_MODULES = (
    "calls.views_public",
    "calls.views",
    "calls.views_closing",
    "calls.views_questions",
    "calls.views_sections",
    "calls.views_languages",
    "calls.views_lists",
    "calls.views_report",
    "accounts.views",
    "foundation.jobs.views",
    "evidence.views",
    "evidence.views_versions",
    "evidence.views_withdrawal",
    "evidence.views_inbox",
    "evidence.views_comparing",
    "evidence.views_batches",
    "evidence.views_entry",
    "evidence.views_campaigns",
    "evidence.views_documents",
    "evidence.views_paragraphs",
    "evidence.views_imports",
    "respond.views",
    "respond.views_preview",
    "publication.views_public",
    "publication.views",
    "publication.views_publishing",
    "codebook.views",
    "codebook.views_groups",
    "coding.views",
    "coding.views_settings",
    "assist.views_quality",
    "assist.views_runs",
    "themes.views",
    "reports.views",
    "privacy.views",
    "privacy.views_retention",
    "privacy.views_notice",
)
# Every table must be known before a migration is compared or a mapper configured.
MODEL_MODULES = (
    "foundation.audit",
    "foundation.jobs.models",
    "foundation.mail",
    "accounts.models",
    "calls.models",
    "evidence.models",
    "evidence.models_batches",
    "evidence.models_campaigns",
    "evidence.models_desk",
    "evidence.models_documents",
    "evidence.models_imports",
    "respond.models",
    "publication.models",
    "codebook.models",
    "codebook.models_groups",
    "coding.models",
    "coding.models_quality",
    "themes.models",
    "privacy.models",
)
# Each registers handlers with @handles, or chores with @hourly, when imported.
JOB_MODULES = (
    "foundation.mail",
    "evidence.jobs",
    "evidence.jobs_imports",
    "respond.jobs",
    "assist.jobs",
    "privacy.jobs",
)
# Each says what its room's tables hold, and registers how an erasure reaches what no foreign key leads to.
STORE_MODULES = (
    "accounts.stores",
    "calls.stores",
    "evidence.stores",
    "respond.stores",
    "publication.stores",
    "codebook.stores",
    "coding.stores",
    "assist.stores",
    "themes.stores",
    "privacy.stores",
)
# Each registers, when imported, what a room below shows without knowing of it.
PANEL_MODULES = ("publication.became", "themes.became", "themes.panels", "themes.published")
# Each module has `commands`, a list of click commands and groups.
COMMAND_MODULES = (
    "foundation.jobs.commands",
    "foundation.file_keeping",
    "calls.commands",
    "codebook.commands",
    "evidence.commands",
    "respond.commands",
    "assist.commands",
    "reports.commands",
    "privacy.commands",
    "demo.commands",
)
MIGRATIONS = Path(__file__).with_name("migrations")
LONGEST_POST = 8 * 1024 * 1024


def create_app(settings: Settings) -> Flask:
    """Return the application for these settings; each call gives a new one."""
    app = Flask(__name__, instance_path=str(settings.instance))
    configure(app, settings)
    register_foundation(app, settings)
    register_rooms(app)
    register_commands(app)
    serve_static_files(app)
    trust_proxies(app, settings.proxies)
    check_durability(app)
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Set Flask's configuration from ours."""
    from consult.foundation.database import engine_options

    app.config.from_mapping(
        CONSULT=settings,
        TESTING=settings.testing,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_NAME="__Host-consult" if settings.secure_cookies else "consult",
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        MAX_CONTENT_LENGTH=LONGEST_POST,
        # Werkzeug's own default would answer a long typed text with a bare 413.
        MAX_FORM_MEMORY_SIZE=LONGEST_POST,
        MAX_FORM_PARTS=2_000,
        # A token lives as long as its session: respondents write for hours.
        WTF_CSRF_TIME_LIMIT=None,
        # Some browsers never say where a request came from; the token and SameSite cookies stand without it.
        WTF_CSRF_SSL_STRICT=False,
    )


def register_foundation(app: Flask, settings: Settings) -> None:
    """Register what every room stands on."""
    from flask_migrate import Migrate

    from consult.accounts import sign_in
    from consult.calls.queries import identify
    from consult.foundation import assets, database, guard, language, language_choice, mail, web
    from consult.foundation.jobs import service as job_service

    database.init_app(app)
    Migrate(app, database.db, directory=str(MIGRATIONS))
    web.init_app(app)
    language.init_app(app)
    language_choice.init_app(app)
    mail.init_app(app)
    assets.init_app(app)
    sign_in.init_app(app)
    guard.init_app(app, identify)
    job_service.init_app(app, settings.queue_url)


def register_rooms(app: Flask) -> None:
    """Register the pages and job handlers of each room."""
    from importlib import import_module

    for name in MODEL_MODULES:
        import_module(f"consult.{name}")
    for name in VIEW_MODULES:
        app.register_blueprint(import_module(f"consult.{name}").blueprint)
    for name in JOB_MODULES + PANEL_MODULES + STORE_MODULES:
        import_module(f"consult.{name}")


def register_commands(app: Flask) -> None:
    """Register the `flask` commands of each room."""
    from importlib import import_module

    for name in COMMAND_MODULES:
        for command in import_module(f"consult.{name}").commands:
            app.cli.add_command(command)


def trust_proxies(app: Flask, count: int) -> None:
    """Believe what this many proxies say of the reader's address and of https; without it, nobody."""
    if count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way to wrap
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )


def check_durability(app: Flask) -> None:
    """Stop here when the database could lose an acknowledged submission."""
    from consult.foundation import durability

    app.extensions["consult.durability"] = durability.check(app)


def serve_static_files(app: Flask) -> None:
    """Let WhiteNoise serve the static folder; built names carry a hash, so they may be kept for ever."""
    static = Path(app.static_folder or "")
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]  # Flask's documented way to wrap
        app.wsgi_app,
        root=static,
        prefix="static/",
        immutable_file_test=lambda _path, url: "/dist/" in url,
    )
