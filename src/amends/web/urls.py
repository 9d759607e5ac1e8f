"""Where everything is."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from amends.web.addresses import Remembered
from amends.web.views import (
    acts,
    batches,
    calling,
    cases,
    corrections,
    deliveries,
    door,
    drafting,
    entering,
    guarding,
    handoff,
    heads_ups,
    hooks,
    inbox,
    letters,
    live,
    outbox,
    palette,
    pictures,
    privately,
    ranking,
    snippets,
)

_CASE: list[URLPattern | URLResolver] = [
    path("", cases.show, name="case"),
    path("letters/<int:pk>/", letters.page, name="letter"),
    path("letters/<int:pk>.pdf", letters.download, name="letter-file"),
    path("calls/<int:pk>.ics", calling.download, name="call-file"),
    path("trail/", cases.trail, name="case-trail"),
    path("presence/", cases.presence, name="case-presence"),
    path("write/", acts.acting(acts.write, needs=None), name="case-write"),
    path("attach/", pictures.add, name="attach"),
    path("pictures/<int:pk>/remove/", pictures.remove, name="detach"),
    path("rank.csv", ranking.save, name="rank-csv"),
    path("draft/", acts.draft, name="case-draft"),
    path("guard/", guarding.look, name="case-guard"),
    path("snippets/", snippets.listing, name="case-snippets"),
    path("snippets/<int:pk>/attach/", snippets.attach, name="case-attach-snippet"),
    path("insert/", snippets.insert, name="case-insert"),
    path("link/", privately.link, name="case-link"),
    path("help/", drafting.show, name="case-help"),
    path("translate/", drafting.translation, name="case-translate"),
    path("replies/<int:pk>/refuse/", acts.refuse, name="reply-refuse"),
    path("replies/<int:pk>/time/", acts.retime, name="reply-time"),
    path("posts/<int:pk>/take-down/", acts.take_down, name="post-take-down"),
    *[path(f"{verb}/", acts.acting(act), name=f"case-{verb}") for verb, act in acts.ACTS.items()],
    *[
        path(
            f"replies/<int:pk>/{verb}/",
            acts.deciding(decide),
            name=f"reply-{verb}",
        )
        for verb, decide in acts.DECISIONS.items()
    ],
]
_PAGE = [
    path("", handoff.page, name="page"),
    path("thread/", handoff.thread, name="page-thread"),
    path("back/<str:secret>/", handoff.back, name="page-back"),
    path("letters/<int:pk>.pdf", handoff.letter, name="page-letter"),
    path("calls/<str:name>.ics", handoff.call, name="page-call"),
]
_OUTBOX = [
    path("", outbox.show, name="outbox"),
    path("stops/", outbox.banner, name="stops"),
    path("stop/", outbox.stop, name="stop"),
    path("stops/<int:pk>/lift/", outbox.lift, name="stop-lift"),
    path("release/", outbox.release, name="release"),
]
PAGES: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="inbox"), name="home"),
    path("healthz", door.healthz, name="healthz"),
    path("sign-in/", door.sign_in, name="sign-in"),
    path("sign-out/", door.sign_out, name="sign-out"),
    path("enter/<str:token>/", door.enter, name="enter"),
    path("account/", door.account, name="account"),
    path("hooks/x/<int:pk>/", hooks.x, name="hook-x"),
    path("hooks/<slug:name>/", deliveries.take, name="hook"),
    path("robots.txt", handoff.robots, name="robots"),
    path("h/<str:token>/", include(_PAGE)),
    path("live/", live.stream, name="live"),
    path("posts/<int:pk>/correct/", corrections.correct, name="post-correct"),
    path("corrections/<int:pk>/undo/", corrections.undo, name="correction-undo"),
    path("palette/", palette.show, name="palette"),
    path("outbox/", include(_OUTBOX)),
    path("inbox/", inbox.show, name="inbox"),
    path("inbox/many/", batches.change, name="many"),
    path("inbox/many/<int:pk>/undo/", batches.undo, name="undo-many"),
    path("cases/new/", entering.new, name="enter-complaint"),
    path("cases/<str:ref>/", include(_CASE)),
    path("heads-ups/", heads_ups.listing, name="heads-ups"),
    path("heads-ups/seen/", heads_ups.seen, name="heads-ups-seen"),
    path("heads-ups/count/", heads_ups.count, name="heads-ups-count"),
    path("pictures/<int:pk>/", pictures.show, name="picture"),
]
PAGES.append(path("", include("amends.web.urls_claims")))
if find_spec("amends.web.urls_setup"):
    PAGES.append(path("", include("amends.web.urls_setup")))
urlpatterns = [Remembered(PAGES)]

handler400 = "amends.web.refusing.bad_request"
handler403 = "amends.web.refusing.forbidden"
handler404 = "amends.web.refusing.not_found"
handler500 = "amends.web.refusing.server_error"
