"""Where everything is."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

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

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="inbox"), name="home"),
    path("healthz", door.healthz, name="healthz"),
    path("sign-in/", door.sign_in, name="sign-in"),
    path("sign-out/", door.sign_out, name="sign-out"),
    path("enter/<str:token>/", door.enter, name="enter"),
    path("account/", door.account, name="account"),
    path("hooks/x/<int:pk>/", hooks.x, name="hook-x"),
    path("hooks/<slug:name>/", deliveries.take, name="hook"),
    path("robots.txt", handoff.robots, name="robots"),
    path("h/<str:token>/", handoff.page, name="page"),
    path("h/<str:token>/thread/", handoff.thread, name="page-thread"),
    path("h/<str:token>/back/<str:secret>/", handoff.back, name="page-back"),
    path("h/<str:token>/letters/<int:pk>.pdf", handoff.letter, name="page-letter"),
    path("h/<str:token>/calls/<str:name>.ics", handoff.call, name="page-call"),
    path("live/", live.stream, name="live"),
    path("posts/<int:pk>/correct/", corrections.correct, name="post-correct"),
    path("corrections/<int:pk>/undo/", corrections.undo, name="correction-undo"),
    path("palette/", palette.show, name="palette"),
    path("outbox/", outbox.show, name="outbox"),
    path("outbox/stops/", outbox.banner, name="stops"),
    path("outbox/stop/", outbox.stop, name="stop"),
    path("outbox/stops/<int:pk>/lift/", outbox.lift, name="stop-lift"),
    path("outbox/release/", outbox.release, name="release"),
    path("inbox/", inbox.show, name="inbox"),
    path("inbox/many/", batches.change, name="many"),
    path("inbox/many/<int:pk>/undo/", batches.undo, name="undo-many"),
    path("cases/new/", entering.new, name="enter-complaint"),
    path("cases/<str:ref>/", cases.show, name="case"),
    path("cases/<str:ref>/letters/<int:pk>/", letters.page, name="letter"),
    path("cases/<str:ref>/letters/<int:pk>.pdf", letters.download, name="letter-file"),
    path("cases/<str:ref>/calls/<int:pk>.ics", calling.download, name="call-file"),
    path("cases/<str:ref>/trail/", cases.trail, name="case-trail"),
    path("cases/<str:ref>/presence/", cases.presence, name="case-presence"),
    path("heads-ups/", heads_ups.listing, name="heads-ups"),
    path("heads-ups/seen/", heads_ups.seen, name="heads-ups-seen"),
    path("heads-ups/count/", heads_ups.count, name="heads-ups-count"),
    path("cases/<str:ref>/write/", acts.acting(acts.write, needs=None), name="case-write"),
    path("cases/<str:ref>/attach/", pictures.add, name="attach"),
    path("cases/<str:ref>/pictures/<int:pk>/remove/", pictures.remove, name="detach"),
    path("pictures/<int:pk>/", pictures.show, name="picture"),
    path("cases/<str:ref>/rank.csv", ranking.save, name="rank-csv"),
    path("cases/<str:ref>/draft/", acts.draft, name="case-draft"),
    path("cases/<str:ref>/guard/", guarding.look, name="case-guard"),
    path("cases/<str:ref>/snippets/", snippets.listing, name="case-snippets"),
    path("cases/<str:ref>/snippets/<int:pk>/attach/", snippets.attach, name="case-attach-snippet"),
    path("cases/<str:ref>/insert/", snippets.insert, name="case-insert"),
    path("cases/<str:ref>/link/", privately.link, name="case-link"),
    path("cases/<str:ref>/help/", drafting.show, name="case-help"),
    path("cases/<str:ref>/translate/", drafting.translation, name="case-translate"),
    path("cases/<str:ref>/replies/<int:pk>/refuse/", acts.refuse, name="reply-refuse"),
    path("cases/<str:ref>/replies/<int:pk>/time/", acts.retime, name="reply-time"),
    path("cases/<str:ref>/posts/<int:pk>/take-down/", acts.take_down, name="post-take-down"),
    *[
        path(f"cases/<str:ref>/{verb}/", acts.acting(act), name=f"case-{verb}")
        for verb, act in acts.ACTS.items()
    ],
    *[
        path(
            f"cases/<str:ref>/replies/<int:pk>/{verb}/",
            acts.deciding(decide),
            name=f"reply-{verb}",
        )
        for verb, decide in acts.DECISIONS.items()
    ],
]
urlpatterns.append(path("", include("amends.web.urls_claims")))
if find_spec("amends.web.urls_setup"):
    urlpatterns.append(path("", include("amends.web.urls_setup")))

handler400 = "amends.web.refusing.bad_request"
handler403 = "amends.web.refusing.forbidden"
handler404 = "amends.web.refusing.not_found"
handler500 = "amends.web.refusing.server_error"
