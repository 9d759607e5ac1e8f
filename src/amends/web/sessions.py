"""Who asks: sessions and people as Django keeps them in the database, looked up by prepared queries,
as each page begins so.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from amends.desk.models import Responder
from amends.desk.queries.prepared import prepared


class SessionStore(db.SessionStore):
    """Named by ``SESSION_ENGINE``."""

    def load(self) -> dict[str, Any]:
        for kept in _kept(self.session_key, timezone.now()) if self.session_key else ():
            return self.decode(kept)
        self._session_key = None
        return {}


@prepared
def _kept(key: str, now: datetime) -> QuerySet[Session, str]:
    rows = Session.objects.filter(session_key=key, expire_date__gt=now)
    return rows.values_list("session_data", flat=True)


class People(ModelBackend):
    """Named by ``AUTHENTICATION_BACKENDS``."""

    def get_user(self, user_id: int) -> Responder | None:
        for person in _person(user_id):
            return person if self.user_can_authenticate(person) else None
        return None


@prepared
def _person(pk: int) -> QuerySet[Responder]:
    return Responder.objects.filter(pk=pk)
