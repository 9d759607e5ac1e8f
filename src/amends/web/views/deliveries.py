"""Where others post to us. Everything here is signed; nothing here knows a session."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from amends.connectors.webhook.signing import LARGEST, SIGNATURE, TIMESTAMP
from amends.desk.actions.deliveries import take_delivery
from amends.terms import BadInput, NotAllowed

_MOST_FAULTS = 20


@csrf_exempt  # a signature stands for it
@login_not_required
@require_POST
def take(request: HttpRequest, name: str) -> HttpResponse:
    """Take a delivery: 202 once it is kept, 422 where nothing in it can be read (it is kept with
    what could not be read), 413 and 403 where it is refused."""
    length = request.headers.get("Content-Length") or "0"
    try:
        if not length.isdecimal() or len(length) > 18 or int(length) > LARGEST:
            raise RequestDataTooBig
        body = request.body
    except RequestDataTooBig:
        return _refused(413, f"A delivery has at most {LARGEST:,} bytes; send fewer posts at once.")
    try:
        receipt = take_delivery(
            name,
            body,
            timestamp=request.headers.get(TIMESTAMP, ""),
            signature=request.headers.get(SIGNATURE, ""),
            now=timezone.now(),
        )
    except NotAllowed as error:
        return _refused(403, str(error))
    except BadInput:
        # The key in the home folder is not the one that sealed the secret: the desk's own trouble.
        return _refused(503, "The desk cannot check signatures just now; send it again later.")
    answer = {"posts": receipt.posts, "unreadable": list(receipt.faults[:_MOST_FAULTS])}
    return JsonResponse(answer, status=422 if receipt.faults and not receipt.posts else 202)


def _refused(status: int, sentence: str) -> HttpResponse:
    return JsonResponse({"error": sentence}, status=status)
