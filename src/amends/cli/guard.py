"""``amends guard``: ask the guard from the shell."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from amends.terms import AmendsError, BadInput


@click.command(short_help="Say what a reply must not say.")
@click.argument("reply", required=False)
@click.option(
    "--json", "as_json", is_flag=True, help="Read one JSON object a line, write one a line."
)
@click.option("--post", default=None, help="The complaint's text.")
@click.option("--private", is_flag=True, help="The reply is a private message.")
@click.option("--fault", default=None, help="ours, third_party, customer or unclear.")
@click.option("--network", default=None, help="Whose counting of length applies, such as bluesky.")
@click.option(
    "--history",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=None,
    help="Recent replies of this desk, one a line: plain text, or JSON with text.",
)
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=None,
    help='Levels by code, as JSON: {"hashtags": "note"}.',
)
def guard(
    reply: str | None,
    as_json: bool,
    post: str | None,
    private: bool,
    fault: str | None,
    network: str | None,
    history: Path | None,
    policy_file: Path | None,
) -> None:
    """Check REPLY, or with --json each line of standard input; see docs/guard.md.

    Exit status 0: every reply passes or is asked about; 3: one is stopped.
    """
    from amends.guard.asking import answer, read_question
    from amends.guard.copies import RecentReplies

    policy = _policy(policy_file)
    recent = RecentReplies(_history(history)) if history is not None else None
    if as_json:
        _answer_lines(recent, policy)
        return
    if reply is None:
        raise click.UsageError("Give a reply, or --json and objects on standard input.")
    mode = "private" if private else "public"
    fields = {"reply": reply, "post": post, "mode": mode, "fault": fault, "network": network}
    said = answer(read_question(fields), recent=recent, policy=policy)
    click.echo(said["verdict"])
    for finding in said["findings"]:
        start, end = finding["span"]
        click.echo(f"  {finding['level']:4} {finding['code']}: {finding['reason']}")
        if (start, end) != (0, len(reply)):
            click.echo(f"       \u201c{reply[start:end]}\u201d")
        click.echo(f"       {finding['suggestion']}")
    if said["verdict"] == "stop":
        sys.exit(3)


def _answer_lines(recent: Any, policy: Any) -> None:
    """One answer a line, in order; a line that cannot be read is answered with what is wrong."""
    from amends.guard.asking import answer, read_question

    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        said: dict[str, Any]
        try:
            said = answer(read_question(line), recent=recent, policy=policy)
        except AmendsError as error:
            said = {"error": str(error)}
        written = json.dumps(said, ensure_ascii=False)
        sys.stdout.buffer.write(written.encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()


def _history(file: Path) -> list[str]:
    lines = file.read_text("utf-8", errors="replace").splitlines()
    return [_line_text(line) for line in lines if line.strip()]


def _line_text(line: str) -> str:
    if not line.startswith("{"):
        return line
    try:
        value = json.loads(line)
    except ValueError:
        return line
    text = value.get("text", value.get("reply"))
    return text if isinstance(text, str) else line


def _policy(file: Path | None) -> Any:
    from amends.guard.policy import DEFAULT_POLICY, Policy

    if file is None:
        return DEFAULT_POLICY
    try:
        levels = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise BadInput(f"{file.name} is no JSON ({error}); write levels by code.") from error
    if not isinstance(levels, dict):
        raise BadInput(f"{file.name} holds no object; write levels by code.")
    return Policy(levels=levels)


@click.command("guard", short_help="What a check of a reply costs.")
@click.option("--checks", default=10_000, show_default=True, help="How many without history.")
@click.option("--history", default=100_000, show_default=True, help="How many recent replies.")
@click.option("--seed", default=1, show_default=True, help="What replies are drawn by.")
@click.option("--fuzz", default=0, help="Check so many texts of any characters instead.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
def bench_guard(checks: int, history: int, seed: int, fuzz: int, as_json: bool) -> None:
    """Check made-up replies: how many a second without history, and how long one takes with it."""
    import msgspec

    from amends.bench import guard as measured

    if fuzz:
        slowest = measured.fuzz_guard(fuzz, seed, lambda line: click.echo(line, err=True))
        click.echo(f"{fuzz:,} texts checked, nothing raised; the slowest took {slowest:.1f} ms.")
        return
    told = measured.bench_guard(checks=checks, history=history, seed=seed)
    if as_json:
        click.echo(msgspec.json.encode(told).decode())
        return
    click.echo(f"without history    {told.checks_per_s:,.0f} checks a second of one core")
    click.echo(f"the very first     {told.cold_ms:,.0f} ms, reading the phrases among it")
    click.echo(
        f"with {told.history:,} replies  {told.p50_ms} ms in the middle, {told.p99_ms} ms at the 99th"
        f" percentile ({told.p99_cpu_ms} ms of CPU), {told.worst_ms} ms at worst"
    )
    click.echo(
        f"copies found       {told.found:.1%}; fresh replies held for copies {told.wrongly:.1%}"
    )
    click.echo(
        f"memory             {told.memory_mib:,.0f} MiB; {told.add_per_s:,.0f} added a second"
    )
