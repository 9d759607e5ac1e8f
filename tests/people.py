"""Who works at the desk in the tests: Mina owns the case, Omar is on her team, Priya leads."""

from django.db.models import QuerySet

from amends.casework import Role
from amends.desk.models import Responder
from amends.desk.queries.prepared import prepared

PASSWORD = "a-long-enough-pass-phrase"


@prepared
def _by_email(email: str) -> QuerySet[Responder]:
    return Responder.objects.filter(email=email)


def _person(name: str, role: Role, *, approves: bool = False) -> Responder:
    email = f"{name.split(maxsplit=1)[0].lower()}@desk.example"
    for found in _by_email(email):
        return found
    person = Responder.objects.create_user(email, name=name, role=role)
    if approves:
        person.may_approve = True
        person.save(update_fields=["may_approve"])
    return person


def mina() -> Responder:
    return _person("Mina Kaya", Role.RESPONDER)


def omar() -> Responder:
    return _person("Omar Haddad", Role.RESPONDER)


def priya() -> Responder:
    return _person("Priya Nair", Role.LEAD, approves=True)


def ada() -> Responder:
    return _person("Ada Berg", Role.ADMINISTRATOR, approves=True)


def noor() -> Responder:
    return _person("Noor Aziz", Role.ANALYST)


def sol() -> Responder:
    return _person("Sol Reyes", Role.SALES)


def vic() -> Responder:
    return _person("Vic Lund", Role.VIEWER)


EVERYBODY = (ada, priya, mina, omar, noor, sol, vic)
