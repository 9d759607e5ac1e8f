"""``amends evidence``."""

import click


@click.group(short_help="What is kept to show that a claim is false.")
def evidence() -> None:
    """What is kept to show that a claim is false."""


@evidence.command(short_help="Prove that kept evidence is as it came.")
def verify() -> None:
    """Hold every piece of evidence against its SHA-256, and that against the history of its case."""
    from collections import Counter

    from amends.cli.start import prepare

    prepare()
    from amends.casework.evidence import Proof
    from amends.desk.actions import proof
    from amends.desk.actions.evidence import proofs
    from amends.desk.models import Case, Evidence

    told, broken = Counter[Proof](), 0
    rows = Evidence.objects.select_related("claim__case").order_by("pk")
    for row, found in proofs(rows):
        told[found] += 1
        if found in {Proof.CHANGED, Proof.UNPROVED}:
            click.echo(f"{row.claim.case.ref}, claim {row.claim_id}, {row.name}: {found}.")
    for case in Case.objects.filter(claims__isnull=False).distinct().order_by("pk"):
        verdict = proof(case)
        if not verdict.whole:
            broken += 1
            click.echo(f"{case.ref}: its history proves nothing, as {verdict.reason}.")
    wrong = told[Proof.CHANGED] + told[Proof.UNPROVED]
    click.echo(
        f"{told[Proof.WHOLE]} pieces of evidence are whole, {wrong} are not; {told[Proof.ERASED]} were"
        f" erased, {told[Proof.AWAITED]} not there yet."
    )
    if wrong or broken:
        raise click.exceptions.Exit(1)
