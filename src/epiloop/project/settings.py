"""Django's settings, read from the installation. Importable without one, for type checks and builds."""

from pathlib import Path
from typing import Any

from epiloop.project.home import Installation, Role, current_installation
from epiloop.project.rulebooks import rulebooks_folder
from epiloop.web import wiring

INSTALLATION = current_installation()
_given = INSTALLATION.settings
_source = Path(__file__).resolve().parent.parent


def _database(installation: Installation, role: Role) -> dict[str, Any]:
    """Django's form of a role's connection; without an installation one that connects nowhere."""
    given = installation.connection(role)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    settings = {names[key]: value for key, value in given.items() if key in names}
    options = {key: value for key, value in given.items() if key not in names}
    return settings | {
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": options | {"application_name": f"epiloop {role}"},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


PRODUCTION = bool(_given.get("production", False))
DEBUG = False
SECRET_KEY = INSTALLATION.secret("django") or "no installation yet: nothing is signed with this"
ALLOWED_HOSTS = [*_given.get("hosts", ()), "127.0.0.1", "localhost", "[::1]"] if PRODUCTION else ["*"]
ROOT_URLCONF = "epiloop.project.urls"
WSGI_APPLICATION = "epiloop.project.wsgi.application"
RULEBOOKS = rulebooks_folder()
GATE_ADDRESS = INSTALLATION.gate_address
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {"default": _database(INSTALLATION, "app"), "owner": _database(INSTALLATION, "owner")}
DATABASE_ROUTERS: list[str] = []

INSTALLED_APPS = [*wiring.APPS, "epiloop.store", "epiloop.web"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", *wiring.MIDDLEWARE]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": list(wiring.CONTEXT)},
    }
]
AUTH_USER_MODEL = "store.Account"
AUTHENTICATION_BACKENDS = ["epiloop.web.accounts.backend.Accounts"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "sign-in"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LANGUAGE_CODE = str(_given.get("language", "zh-hans"))
LANGUAGES = list(wiring.LANGUAGES)
LOCALE_PATHS = [_source / "locale"]
TIME_ZONE = str(_given.get("time_zone", "Asia/Shanghai"))
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/(built/assets/|\w+\.(css|svg)$)"  # their addresses carry a digest
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # uploads never become files
    "staticfiles": {"BACKEND": "epiloop.web.versions.Versioned"},
}

# Uploads are personal data: they stay in memory and are never spilt to a temporary file (PRIVACY R16).
FILE_UPLOAD_HANDLERS = ["epiloop.project.uploads.MemoryOnly"]
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

SESSION_ENGINE = "epiloop.web.sessions"
SESSION_COOKIE_NAME = "epiloop"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = "language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in _given.get("hosts", ())]
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_REDIRECT_EXEMPT = ["^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Logs name the address and the kind of error, never a person: no query strings, bodies, parameters or local values.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "epiloop.project.logs.PlainLine"}},
    "handlers": {"standard": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["standard"], "level": "WARNING"},
    "loggers": {
        "epiloop": {"level": "INFO"},
        "django": {"handlers": ["standard"], "level": "WARNING", "propagate": False},
    },
}
