"""Django's settings, made from ours."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from amends.config.keys import kept_key
from amends.config.settings import Settings, load

AMENDS: Settings = load()
AMENDS_READER = AMENDS.reader
AMENDS_READER_DEPTH = AMENDS.reader_depth
BASE = Path(__file__).resolve().parent.parent


def _sqlite() -> dict[str, Any]:
    return {
        "ENGINE": "amends.config.sqlite",
        "NAME": str((AMENDS.home / "desk.sqlite3").absolute()),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "cached_statements": 512,  # kept read; Python keeps 128, which a few pages ask
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000; PRAGMA wal_autocheckpoint=25000;",
        },
    }


def _postgres(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "amends",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", parts.hostname or "")),
        "PORT": str(parts.port or options.pop("port", "") or ""),
        # Each page may come in a thread of its own: a connection kept for it would only pile up.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        # A new one costs the server more than most pages; those that nobody uses are closed.
        "OPTIONS": {**options, "pool": {"min_size": 0, "max_size": 20}},
    }


DATABASES = {"default": _postgres(AMENDS.database_url) if AMENDS.database_url else _sqlite()}

SECRET_KEY = AMENDS.secret_key or kept_key(AMENDS.home, "secret.key")
AMENDS_HOME = AMENDS.home.absolute()
AMENDS_NATS = AMENDS.nats
AMENDS_NATS_PARTITIONS, AMENDS_NATS_GIGABYTES = AMENDS.nats_partitions, AMENDS.nats_gigabytes
AMENDS_X_READ_PRICE = AMENDS.x_read_price
AMENDS_VAULT_KEY = kept_key(AMENDS.home, "vault.key")  # encrypts what channels keep secret
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *AMENDS.hosts]
for _address in (AMENDS.address, AMENDS.public_address):
    if (_host := urlsplit(_address).hostname) and _host not in ALLOWED_HOSTS:
        ALLOWED_HOSTS.append(_host)
AMENDS_PUBLIC_ADDRESS = AMENDS.public_address
CSRF_TRUSTED_ORIGINS = [
    one for one in dict.fromkeys((AMENDS.address, AMENDS.public_address)) if one.startswith("https")
]

CSRF_FAILURE_VIEW = "amends.web.outside.form_refused"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "amends.desk",
    "amends.web",
]
MIDDLEWARE = [
    "amends.web.middleware.security_headers",
    "amends.web.outside.keep_apart",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "amends.web.middleware.refusals",
]
ROOT_URLCONF = "amends.web.urls"
ASGI_APPLICATION = "amends.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "web" / "templates"],
        "OPTIONS": {
            "loaders": [
                ("amends.web.drawing.Loader", ["django.template.loaders.filesystem.Loader"])
            ],
            "builtins": ["amends.web.drawing"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "amends.web.context.desk",
            ],
        },
    }
]
FORM_RENDERER = "amends.web.fields.FieldRenderer"
AUTH_USER_MODEL = "desk.Responder"
AUTHENTICATION_BACKENDS = ["amends.web.sessions.People"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/inbox/"
LOGOUT_REDIRECT_URL = "/sign-in/"
SESSION_ENGINE = "amends.web.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = AMENDS.secure
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE / "web" / "static"]
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = False
SERVESTATIC_ALLOW_ALL_ORIGINS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "amends.config.logs.Discreet",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": AMENDS.log_level},
    # Below these levels they log addresses with their queries, headers and what streams bring.
    "loggers": {
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "websockets": {"level": "INFO"},
    },
}
