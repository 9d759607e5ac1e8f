"""Three places of reviews in a few lines each, and their worlds."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from amends.bench.faults.clock import HandClock
from amends.bench.faults.serving import Asked, Fake, Said
from amends.connectors.appstore import AppStoreConnector
from amends.connectors.googlebusiness import GoogleBusinessConnector
from amends.connectors.googleplay import GooglePlayConnector
from amends.connectors.reviewing import ReviewsConnector
from amends.outbound import Outbound
from amends.terms import Author, Channel, Credentials, ReplyTarget

PACKAGE, LOCATION, APP = "com.brindlewing.app", "accounts/7/locations/9", "682658836"
_HOUR_S = 3600


@cache
def keys() -> Mapping[str, tuple[str, Any]]:
    """A private key as it is pasted, and the public one, by algorithm."""
    made: dict[str, Any] = {
        "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "ES256": ec.generate_private_key(ec.SECP256R1()),
    }
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    return {
        name: (key.private_bytes(*pem, plain).decode(), key.public_key())
        for name, key in made.items()
    }


@dataclass
class Written:
    id: str
    text: str
    at: datetime
    stars: int = 1
    answer: str | None = None
    answered: datetime | None = None


class FakeReviews(Fake):
    """Reviews of one thing, those that changed last first."""

    page = 20

    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock)
        self.reviews: list[Written] = []
        self.valid = True  # whether the account's key is
        self._made = 0

    def add(self, text: str, *, stars: int = 1) -> str:
        self._made += 1
        self.reviews.insert(0, Written(self.id_of(self._made), text, self.clock.move(1), stars))
        return self.reviews[0].id

    def id_of(self, number: int) -> str:
        return f"review-{number}"

    def find(self, review_id: str) -> Written | None:
        return next((one for one in self.reviews if one.id == review_id), None)

    def answer(self, review: Written, text: str | None) -> None:
        review.answer, review.answered = text, self.clock.now()

    def cut(self, asked: Asked, name: str) -> tuple[list[Written], str | None]:
        """A page, and the token of the next one."""
        start = int(asked.one(name) or 0)
        end = start + self.page
        return self.reviews[start:end], str(end) if end < len(self.reviews) else None


class FakeGoogle(FakeReviews):
    """With the endpoint of tokens, which checks the assertion as Google does."""

    tokens = 0

    def sign_in(self, asked: Asked) -> Said | None:
        """The refusal of a call that is not signed, or the answer of the token endpoint."""
        if asked.path == "/token":
            return self._token(parse_qs(asked.body.decode()))
        if asked.headers.get("authorization") != f"Bearer token-{self.tokens}":
            return _refused(401, "Invalid credentials", "UNAUTHENTICATED")
        return None

    def _token(self, told: Mapping[str, list[str]]) -> Said:
        if not self.valid:
            said = {"error": "invalid_grant", "error_description": "Account has been deleted"}
            return Said(400, said)
        if "assertion" in told:
            claims = jwt.decode(
                told["assertion"][0], keys()["RS256"][1], algorithms=["RS256"],
                audience=f"{self.url}/token", options={"verify_exp": False, "verify_iat": False},
            )  # fmt: skip
            assert claims["exp"] - claims["iat"] == _HOUR_S
        self.tokens += 1
        return Said(200, {"access_token": f"token-{self.tokens}", "expires_in": 3599})


class FakePlay(FakeGoogle):
    def handle(self, asked: Asked) -> Said:
        if (refusal := self.sign_in(asked)) is not None:
            return refusal
        parts = asked.path.strip("/").split("/")
        assert parts[:4] == ["androidpublisher", "v3", "applications", PACKAGE]
        if (asked.method, parts[4:]) == ("GET", ["reviews"]):
            found, following = self.cut(asked, "token")
            page: dict[str, Any] = {"reviews": [_play(one) for one in found]} if found else {}
            return Said(200, page | _if(following, "tokenPagination", "nextPageToken"))
        review = self.find(parts[5].removesuffix(":reply")) if len(parts) == 6 else None
        if review is None:
            return _refused(404, "Review not found", "NOT_FOUND")
        if asked.method == "GET":
            return Said(200, _play(review))
        text = asked.json["replyText"]
        if len(text) > 350:
            return _refused(400, "The reply text is too long", "INVALID_ARGUMENT")
        self.answer(review, text)
        return Said(200, {"result": {"replyText": text, "lastEdited": _stamp(self.clock.now())}})


class FakeBusiness(FakeGoogle):
    def id_of(self, number: int) -> str:
        return f"{LOCATION}/reviews/AbF-{number}"

    def handle(self, asked: Asked) -> Said:
        if (refusal := self.sign_in(asked)) is not None:
            return refusal
        path = asked.path.removeprefix("/v4/")
        if (asked.method, path) == ("GET", f"{LOCATION}/reviews"):
            found, following = self.cut(asked, "pageToken")
            page: dict[str, Any] = {"reviews": [_business(one) for one in found]} if found else {}
            return Said(200, page | ({"nextPageToken": following} if following else {}))
        review = self.find(path.removesuffix("/reply"))
        if review is None:
            return _refused(404, "Requested entity was not found.", "NOT_FOUND")
        if asked.method == "GET":
            return Said(200, _business(review))
        if asked.method == "DELETE":
            gone = review.answer is None
            self.answer(review, None)
            return _refused(404, "There is no reply.", "NOT_FOUND") if gone else Said(200, {})
        self.answer(review, asked.json["comment"])
        return Said(200, _business(review)["reviewReply"])


class FakeAppStore(FakeReviews):
    def handle(self, asked: Asked) -> Said:
        if not self._signed(asked):
            said = {"status": "401", "code": "NOT_AUTHORIZED", "title": "Authentication failed"}
            return Said(401, {"errors": [said]})
        match asked.method, asked.path.strip("/").split("/")[1:]:
            case "GET", ["apps", app, "customerReviews"] if app == APP:
                found, following = self.cut(asked, "cursor")
                page: dict[str, Any] = {"data": [_apple(one) for one in found], "links": {}}
                page["included"] = [_apple_answer(one) for one in found if one.answer]
                if following:
                    page["links"] = {"next": f"https://far.example{asked.path}?cursor={following}"}
                return Said(200, page)
            case "GET", ["customerReviews", review_id]:
                if (review := self.find(review_id)) is not None:
                    included = [_apple_answer(review)] if review.answer else []
                    return Said(200, {"data": _apple(review), "included": included})
            case "POST", ["customerReviewResponses"]:
                told = asked.json["data"]
                assert told["type"] == "customerReviewResponses"
                review = self.find(told["relationships"]["review"]["data"]["id"])
                if review is not None:
                    self.answer(review, told["attributes"]["responseBody"])
                    return Said(201, {"data": _apple_answer(review)})
            case "DELETE", ["customerReviewResponses", answer_id]:
                review = self.find(answer_id.removeprefix("response-"))
                if review is not None and review.answer is not None:
                    self.answer(review, None)
                    return Said(204)
        said = {"status": "404", "code": "NOT_FOUND", "title": "The resource does not exist"}
        return Said(404, {"errors": [said]})

    def _signed(self, asked: Asked) -> bool:
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        claims = jwt.decode(
            token, keys()["ES256"][1], algorithms=["ES256"], audience="appstoreconnect-v1",
            options={"verify_exp": False, "verify_iat": False},
        )  # fmt: skip
        right = claims["exp"] - claims["iat"] <= 1200 and claims["iss"] == "issuer"
        return self.valid and right and jwt.get_unverified_header(token)["kid"] == "KEY1"


def play(fake: FakePlay, outbound: Outbound | None = None) -> GooglePlayConnector:
    settings = {"package": PACKAGE, "api": fake.url, "tokens": f"{fake.url}/token"}
    file = {"client_email": "desk@acme.example", "private_key": keys()["RS256"][0]}
    secrets = Credentials(values={"service_account": json.dumps(file)})
    channel = Channel(network="googleplay", handle="brindlewing", settings=settings)
    return GooglePlayConnector(channel, secrets, outbound or fake.outbound, fake.clock)


def business(fake: FakeBusiness, outbound: Outbound | None = None) -> GoogleBusinessConnector:
    settings = {"locations": LOCATION, "api": fake.url, "tokens": f"{fake.url}/token"}
    values = {"client_id": "c", "client_secret": "s3cret-of-client", "refresh_token": "r3fresh"}
    secrets = Credentials(values=values)
    channel = Channel(network="googlebusiness", handle="brindlewing", settings=settings)
    return GoogleBusinessConnector(channel, secrets, outbound or fake.outbound, fake.clock)


def appstore(fake: FakeAppStore, outbound: Outbound | None = None) -> AppStoreConnector:
    values = {"key_id": "KEY1", "issuer_id": "issuer", "private_key": keys()["ES256"][0]}
    secrets = Credentials(values=values)
    channel = Channel(
        network="appstore", handle="brindlewing", settings={"app": APP, "api": fake.url}
    )
    return AppStoreConnector(channel, secrets, outbound or fake.outbound, fake.clock)


FAKES: dict[str, tuple[type[Any], Callable[..., ReviewsConnector]]] = {
    "appstore": (FakeAppStore, appstore),
    "googlebusiness": (FakeBusiness, business),
    "googleplay": (FakePlay, play),
}


class ReviewsWorld:
    """What the contract test asks of a world."""

    greeting = ""

    def __init__(self, network: str, fake: FakeReviews) -> None:
        self.fake = fake
        self._make = FAKES[network][1]

    async def connector(self) -> ReviewsConnector:
        return self._make(self.fake)

    async def post_as_customer(self, text: str, *, mention: bool) -> str:
        return self.fake.add(text)

    async def posts_in_thread(self, post_id: str) -> list[str]:
        return replies(self.fake, post_id)

    async def aclose(self) -> None:
        """The fake closes by itself."""


class ReviewsFaults:
    greeting = ""
    renews = False
    private = False

    def __init__(self, network: str, clock: HandClock) -> None:
        kind, self._make = FAKES[network]
        self.fake: FakeReviews = kind(clock)
        self.source = f"reviews:{LOCATION}" if network == "googlebusiness" else "reviews"

    def connector(self, outbound: Outbound | None = None) -> ReviewsConnector:
        return self._make(self.fake, outbound)

    def post(self, text: str) -> str:
        return self.fake.add(text)

    def replies(self, post_id: str) -> Sequence[str]:
        return replies(self.fake, post_id)

    def target(self, post_id: str) -> ReplyTarget:
        return ReplyTarget(author=Author(id=post_id), post_id=post_id)

    def reads(self, asked: Asked) -> bool:
        return asked.method == "GET"

    def writes(self, asked: Asked) -> bool:
        return asked.method in ("POST", "PUT") and asked.path != "/token"

    def reset(self, at: datetime) -> dict[str, str]:
        return {"retry-after": format_datetime(at, usegmt=True)}

    def muddled(self, body: bytes) -> bytes:
        page: dict[str, Any] = json.loads(body)
        name = "data" if "data" in page else "reviews"
        items = page.get(name, [])
        return json.dumps(page | {name: [*items[::-1], *items]}).encode()

    def expire(self) -> None:
        self.fake.valid = False
        if isinstance(self.fake, FakeGoogle):
            self.fake.tokens += 1  # what was given is good no more

    def connect_again(self) -> None:
        self.fake.valid = True


def replies(fake: FakeReviews, post_id: str) -> list[str]:
    review = fake.find(post_id)
    return [] if review is None or review.answer is None else [review.answer]


def _refused(code: int, message: str, status: str) -> Said:
    return Said(code, {"error": {"code": code, "message": message, "status": status}})


def _if(value: str | None, holder: str, name: str) -> dict[str, Any]:
    return {holder: {name: value}} if value else {}


def _stamp(at: datetime | None) -> dict[str, Any]:
    return {"seconds": str(int(at.timestamp())), "nanos": at.microsecond * 1000} if at else {}


def _iso(at: datetime | None) -> str:
    return at.isoformat().replace("+00:00", "Z") if at else ""


def _play(review: Written) -> dict[str, Any]:
    said = {"text": review.text, "lastModified": _stamp(review.at), "starRating": review.stars,
            "reviewerLanguage": "en", "device": "fpc", "appVersionCode": 88}  # fmt: skip
    comments: list[dict[str, Any]] = [{"userComment": said}]
    if review.answer is not None:
        told = {"text": review.answer, "lastModified": _stamp(review.answered)}
        comments.append({"developerComment": told})
    return {"reviewId": review.id, "authorName": "Maud Fell", "comments": comments}


def _business(review: Written) -> dict[str, Any]:
    words = ("ONE", "TWO", "THREE", "FOUR", "FIVE")
    told: dict[str, Any] = {
        "name": review.id,
        "reviewId": review.id.rpartition("/")[2],
        "reviewer": {"displayName": "Maud Fell", "isAnonymous": False},
        "starRating": words[review.stars - 1],
        "comment": review.text,
        "createTime": _iso(review.at),
        "updateTime": _iso(review.at),
    }
    if review.answer is not None:
        told["reviewReply"] = {"comment": review.answer, "updateTime": _iso(review.answered)}
    return told


def _apple(review: Written) -> dict[str, Any]:
    attributes = {"rating": review.stars, "title": "", "body": review.text,
                  "reviewerNickname": "maudfell", "createdDate": _iso(review.at),
                  "territory": "GBR"}  # fmt: skip
    told: dict[str, Any] = {"type": "customerReviews", "id": review.id, "attributes": attributes}
    if review.answer is not None:
        answer = {"type": "customerReviewResponses", "id": f"response-{review.id}"}
        told["relationships"] = {"response": {"data": answer}}
    return told


def _apple_answer(review: Written) -> dict[str, Any]:
    attributes = {"responseBody": review.answer, "lastModifiedDate": _iso(review.answered),
                  "state": "PUBLISHED"}  # fmt: skip
    return {"type": "customerReviewResponses", "id": f"response-{review.id}",
            "attributes": attributes}  # fmt: skip
