"""Rules that the desk follows by itself, in versions, and what they did."""

from typing import ClassVar

from django.db import models

from amends.casework.automation import Trigger


class RuleRow(models.Model):
    """A rule as it is now. ``data`` is what ``casework.automation`` reads; its trigger and minutes
    stand beside it, to be looked for."""

    name = models.CharField(max_length=80)
    enabled = models.BooleanField(default=False)
    trigger = models.CharField(max_length=10, choices=[(t.value, t.value) for t in Trigger])
    after = models.PositiveIntegerField(default=0)
    data = models.JSONField()
    number = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)
    place = models.PositiveIntegerField(default=0)
    """Rules run in the order of their places; by age where two have the same."""

    def __str__(self) -> str:
        return self.name


class RuleVersion(models.Model):
    """What a rule was from one change to the next. Never edited."""

    rule = models.ForeignKey(RuleRow, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    data = models.JSONField()
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "number"], name="one_rule_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.number}"


class RuleChange(models.Model):
    """Somebody saved a rule, switched it, or granted it something. Never edited."""

    KINDS: ClassVar = [
        (k, k)
        for k in ("saved", "switched_on", "switched_off", "granted", "revoked", "removed", "moved")
    ]

    rule = models.ForeignKey(RuleRow, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=12, choices=KINDS)
    number = models.PositiveIntegerField()
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.rule_id}"


class RuleGrant(models.Model):
    """An administrator lets one version of a rule write to customers, so often and no oftener.

    Whoever granted it stands for what is sent. Another version needs another grant.
    """

    rule = models.ForeignKey(RuleRow, on_delete=models.CASCADE, related_name="grants")
    number = models.PositiveIntegerField()
    public = models.BooleanField(default=False)
    per_hour = models.PositiveIntegerField()
    per_day = models.PositiveIntegerField()
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"grant of {self.rule_id}"


class RuleDue(models.Model):
    """Something happened, or will have, that rules wait for. Written with what happened, in one
    transaction, and taken away with what the rules did.

    ``key``: the event's number in its case; of a wait the rule and since when. ``post``: what the
    customer wrote, where that is what happened.
    """

    case = models.ForeignKey("desk.Case", on_delete=models.CASCADE, related_name="+")
    trigger = models.CharField(max_length=10, choices=[(t.value, t.value) for t in Trigger])
    key = models.CharField(max_length=60)
    rule = models.ForeignKey(RuleRow, null=True, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey("desk.PostRow", null=True, on_delete=models.CASCADE, related_name="+")
    clock = models.CharField(max_length=16, blank=True)
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "key"], name="one_due_per_happening"),
        ]
        indexes: ClassVar = [models.Index(fields=["due_at", "id"], name="rules_by_due")]

    def __str__(self) -> str:
        return f"{self.trigger} of {self.case_id}"


class RuleRun(models.Model):
    """What a rule did, once for each case and happening. ``did``: acts; ``left``: acts that could not
    be done, each with a sentence that says why."""

    rule = models.ForeignKey(RuleRow, on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField()
    case = models.ForeignKey("desk.Case", on_delete=models.CASCADE, related_name="rule_runs")
    key = models.CharField(max_length=60)
    at = models.DateTimeField()
    did = models.JSONField(default=list)
    left = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "case", "key"], name="one_run_per_happening"),
        ]
        indexes: ClassVar = [models.Index(fields=["rule", "-at"], name="runs_of_a_rule")]

    def __str__(self) -> str:
        return f"run {self.pk} of {self.rule_id}"
