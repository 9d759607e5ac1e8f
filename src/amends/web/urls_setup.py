"""Where set-up, people, heard and listening are."""

from django.urls import path

from amends.web.views import (
    authors,
    heard,
    listening,
    people,
    setup,
    setup_channels,
    setup_drafts,
    setup_guard,
    setup_paste,
    setup_watches,
)

urlpatterns = [
    path("set-up/", setup.overview, name="setup"),
    path("set-up/brands/new/", setup.brand_form, name="brand-new"),
    path("set-up/brands/sample/", setup.threshold_sample, name="threshold-sample"),
    path("set-up/brands/<int:pk>/", setup.brand_form, name="brand"),
    path("set-up/channels/", setup_channels.listing, name="channels"),
    path("set-up/channels/new/<slug:network>/", setup_channels.connect, name="channel-new"),
    path("set-up/channels/<int:pk>/", setup_channels.reconnect, name="channel"),
    path("set-up/channels/<int:pk>/switch/", setup_channels.switch, name="channel-switch"),
    path("set-up/watches/", setup_watches.listing, name="watches"),
    path("set-up/watches/new/", setup_watches.form, name="watch-new"),
    path("set-up/watches/paste/", setup_paste.paste, name="watches-paste"),
    path("set-up/watches/sample/", setup_watches.sample, name="watch-sample"),
    path("set-up/watches/<int:pk>/", setup_watches.form, name="watch"),
    path("set-up/watches/<int:pk>/remove/", setup_watches.remove, name="watch-remove"),
    path("set-up/authors/", authors.listing, name="authors"),
    path("set-up/authors/<int:pk>/forget/", authors.forget, name="author-forget"),
    path("set-up/guard/", setup_guard.show, name="guard"),
    path("set-up/drafts/", setup_drafts.show, name="drafts"),
    path("people/", people.listing, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<int:pk>/", people.change, name="person"),
    path("people/<int:pk>/link/", people.new_link, name="person-link"),
    path("heard/", heard.listing, name="heard"),
    path("heard/posts.csv", heard.save, name="heard-csv"),
    path("heard/<int:pk>/open-case/", heard.open_case, name="heard-open"),
    path("authors/<int:pk>/role/", authors.role, name="author-role"),
    path("listening/", listening.show, name="listening"),
    path("listening/cluster/", listening.cluster, name="listening-cluster"),
]
