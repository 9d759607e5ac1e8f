"""Where networks post to us. Everything here is signed; nothing here knows a session."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from amends.connectors.x.webhook import LARGEST, SIGNATURE, challenge_answer
from amends.desk.actions.secrets import unseal
from amends.desk.models import ChannelRow
from amends.desk.workers.hooks import inbox_of, take_in
from amends.terms import NotAllowed


@csrf_exempt  # a signature stands for it
@login_not_required
@require_http_methods(["GET", "POST"])
def x(request: HttpRequest, pk: int) -> HttpResponse:
    """X's webhook: the challenge is answered, and deliveries that X signed are taken in."""
    channel = ChannelRow.objects.select_related("brand").filter(pk=pk, network="x").first()
    if channel is None:
        return HttpResponse(status=404)
    if request.method == "GET":
        return _challenged(request, channel)
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or len(length) > 18 or int(length) > LARGEST:
        return HttpResponse(status=413)
    try:
        signature = request.headers.get(SIGNATURE, "")
        inbox_of(channel).take(request.body, signature, lambda page: take_in(channel, page))
    except RequestDataTooBig:
        return HttpResponse(status=413)
    except NotAllowed:
        return HttpResponse(status=403)
    return HttpResponse(status=200)


def _challenged(request: HttpRequest, channel: ChannelRow) -> HttpResponse:
    secret = unseal(bytes(channel.secret)).get("consumer_secret", "")
    token = request.GET.get("crc_token", "")
    if not secret or not token:
        return HttpResponse(status=404)
    return JsonResponse(challenge_answer(secret, token))
