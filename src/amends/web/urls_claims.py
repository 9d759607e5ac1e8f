"""Where claims are, and what came of cases."""

from django.urls import path

from amends.web.views import claims, outcomes, surveys

urlpatterns = [
    path("h/survey/<str:token>/", surveys.answer, name="survey"),
    path("satisfaction/", surveys.listing, name="surveys"),
    path("claims/holds/", claims.holds_listing, name="holds"),
    path("friends/", outcomes.listing, name="friends"),
    path("claims/", claims.listing, name="claims"),
    path("claims/<int:pk>/", claims.show, name="claim"),
    path("claims/<int:pk>/evidence/<int:number>/", claims.download, name="claim-evidence"),
    *[
        path(f"claims/<int:pk>/{verb}/", claims.acting(do, needs), name=f"claim-{verb}")
        for verb, (do, needs) in claims.DEEDS.items()
    ],
]
