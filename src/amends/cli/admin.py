"""What an administrator does from the shell."""

import click


@click.command(short_help="Bring the database up to date.")
def migrate() -> None:
    """Bring the database up to date (`amends run` does it by itself)."""
    from amends.cli.start import bring_up_to_date, prepare

    prepare()
    count = bring_up_to_date()
    click.echo(f"{count} steps applied." if count else "The database is up to date.")


@click.command("sign-in", short_help="Print a new one-time sign-in link.")
@click.argument("email")
def sign_in(email: str) -> None:
    """Print a one-time sign-in link for the person with that e-mail address."""
    import secrets

    from amends.cli.start import bring_up_to_date, prepare
    from amends.terms import BadInput, SystemClock

    settings = prepare()
    bring_up_to_date()
    from amends.desk.actions import make_sign_in_link
    from amends.desk.models import Responder

    person = Responder.objects.filter(email=email.strip().lower(), is_active=True).first()
    if person is None:
        known = ", ".join(
            Responder.objects.filter(is_active=True).values_list("email", flat=True)[:20]
        )
        raise BadInput(
            f"Nobody here has the address {email}. There are: {known or 'no people yet'}."
        )
    token = make_sign_in_link(
        person, now=SystemClock().now(), new_token=lambda: secrets.token_urlsafe(32)
    )
    click.echo(f"{settings.address}/enter/{token}/")


@click.command(short_help="Prove that histories are whole.")
def audit() -> None:
    """Prove that the history of every case is whole: nothing missing, changed or cut off."""
    from amends.cli.start import prepare

    prepare()
    from amends.desk.actions import proof
    from amends.desk.models import Case

    broken = 0
    cases = Case.objects.order_by("pk")
    for case in cases.iterator():
        verdict = proof(case)
        if not verdict.whole:
            broken += 1
            click.echo(f"{case.ref}: {verdict.reason}")
    click.echo(f"{cases.count() - broken} histories are whole, {broken} are not.")
    if broken:
        raise click.exceptions.Exit(1)
