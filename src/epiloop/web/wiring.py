"""What `project/settings.py` takes from the pages: names only, importable before Django is set up."""

APPS = ("django.contrib.contenttypes", "django.contrib.auth", "django.contrib.messages", "django.contrib.staticfiles")

MIDDLEWARE = (
    "epiloop.web.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "epiloop.web.middleware.Acts",
    "epiloop.web.pressed.Pressed",
)

CONTEXT = (
    "django.template.context_processors.request",
    "django.template.context_processors.csrf",
    "django.contrib.messages.context_processors.messages",
    "epiloop.web.context.frame",
)

LANGUAGES = (("en", "English"), ("zh-hans", "简体中文"))
