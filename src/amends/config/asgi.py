"""The pages as an ASGI application."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.config.django_settings")

from django.core.asgi import get_asgi_application

from amends.web.bodies import BodyLimit

application = BodyLimit(get_asgi_application())
