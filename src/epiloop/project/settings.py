"""Django's settings, read from the installation. Importable without one, for type checks and builds."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from epiloop.project.home import Installation, Role, current_installation

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
ALLOWED_HOSTS = list(_given.get("hosts", ())) if PRODUCTION else ["*"]
ROOT_URLCONF = "epiloop.project.urls"
WSGI_APPLICATION = "epiloop.project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {"default": _database(INSTALLATION, "app"), "owner": _database(INSTALLATION, "owner")}
DATABASE_ROUTERS: list[str] = []

_apps = ("epiloop.store", "epiloop.web")
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    *(app for app in _apps if find_spec(app) is not None),
]


def _has_django_part(name: str) -> bool:
    return (_source / Path(*name.split("."))).with_suffix(".py").is_file()


_own_middleware = ["epiloop.web.middleware.ContentSecurityPolicy"] if _has_django_part("web.middleware") else []
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    *_own_middleware,
]

_context = ["epiloop.web.context.page"] if _has_django_part("web.context") else []
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                *_context,
            ]
        },
    }
]

LANGUAGE_CODE = str(_given.get("language", "zh-hans"))
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [_source / "locale"]
TIME_ZONE = str(_given.get("time_zone", "Asia/Shanghai"))
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = INSTALLATION.home / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

# Uploads are personal data: they stay in memory and are never spilt to a temporary file (PRIVACY R16).
FILE_UPLOAD_HANDLERS = ["epiloop.project.uploads.MemoryOnly"]
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "epiloop"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
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
