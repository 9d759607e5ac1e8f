"""Responders and their way in."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from amends.casework import Role
from amends.casework.signing import Signs, initials_of, signature_of


class ResponderManager(BaseUserManager["Responder"]):
    def create_user(
        self, email: str, *, name: str, role: Role, password: str | None = None
    ) -> "Responder":
        """A responder; without ``password`` they can sign in by a one-time link only."""
        responder = Responder(email=self.normalize_email(email).lower(), name=name, role=role)
        responder.set_password(password)
        responder.save(using=self._db)
        return responder

    def get_by_natural_key(self, username: str | None) -> "Responder":
        return self.get(email=(username or "").lower())


class Responder(AbstractBaseUser):
    """A person who works at the desk. ``may_approve`` is a permission beside the role."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=16, choices=[(r.value, r.value) for r in Role])
    signs = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in Signs], default=Signs.INITIALS
    )
    may_approve = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    zone = models.CharField(max_length=60, default="UTC")  # by whose clock they write times
    invited_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[ResponderManager] = ResponderManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        """First letters of first and last name."""
        return initials_of(self.name)

    @property
    def signature(self) -> str:
        """What stands under this person's replies (R27)."""
        return signature_of(self.name, Signs(self.signs))


class SignInLink(models.Model):
    """A one-time link: random, expiring, single use, only its hash at rest."""

    responder = models.ForeignKey(Responder, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link of {self.responder_id}"
