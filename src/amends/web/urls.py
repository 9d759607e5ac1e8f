"""Where everything is."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from amends.web.views import door, inbox

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="inbox"), name="home"),
    path("healthz", door.healthz, name="healthz"),
    path("sign-in/", door.sign_in, name="sign-in"),
    path("sign-out/", door.sign_out, name="sign-out"),
    path("enter/<str:token>/", door.enter, name="enter"),
    path("account/", door.account, name="account"),
    path("inbox/", inbox.show, name="inbox"),
]
if find_spec("amends.web.urls_setup"):
    urlpatterns.append(path("", include("amends.web.urls_setup")))

handler400 = "amends.web.refusing.bad_request"
handler403 = "amends.web.refusing.forbidden"
handler404 = "amends.web.refusing.not_found"
handler500 = "amends.web.refusing.server_error"
