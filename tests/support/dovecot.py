"""A real IMAP server, and a real SMTP sink beside it, on loopback and on ports of their own."""

import asyncio
import getpass
import grp
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.processes import LOOPBACK, answers, free_ports, program, stop, wait_until
from tests.support.require import need

USER = "care@brindlewing.example"
PASSWORD = "app-password-for-tests"
ACCOUNT = "nobody"  # the user of the machine that runs it where we are root, as it refuses root
_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail/%u
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 0
last_valid_uid = 0
recipient_delimiter = +
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
"""


def missing_dovecot() -> str | None:
    """What is missing, in a sentence; None where nothing is."""
    if program("dovecot", "/usr/sbin") is None:
        return "Dovecot is not installed; install Debian's dovecot-imapd."
    return None


@contextmanager
def dovecot() -> Iterator[int]:
    """The port of a server that knows every user by ``PASSWORD``.

    Skips the test where Dovecot is missing (see ``need``, part ``mail``).
    """
    need("mail", missing_dovecot())
    folder = Path(tempfile.mkdtemp(prefix="amends-mail-"))
    user = ACCOUNT if os.geteuid() == 0 else getpass.getuser()
    group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
    (port,) = free_ports(1)
    settings = folder / "dovecot.conf"
    settings.write_text(
        _CONFIGURATION.format(folder=folder, user=user, group=group, port=port, password=PASSWORD)
    )
    if os.geteuid() == 0:  # whatever the umask, which a desk that was started here has narrowed
        for path in (folder, settings):
            shutil.chown(path, user)
    command = [program("dovecot", "/usr/sbin") or "", "-F", "-c", str(settings)]
    other: dict[str, Any] = {"user": user, "group": group, "extra_groups": []}
    process = subprocess.Popen(
        command, start_new_session=True, **(other if os.geteuid() == 0 else {})
    )
    try:
        wait_until(lambda: answers(port), seconds=20, what="Dovecot")
        yield port
    finally:
        stop(process)
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Sink:
    """What was handed over to the SMTP server: ``(recipients, content)`` each."""

    port: int = 0
    taken: list[tuple[list[str], bytes]] = field(default_factory=list)
    silent: bool = False  # takes a mail, and hangs up instead of saying so

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if not session.authenticated:
            return "530 5.7.0 Sign in first"
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append((list(envelope.rcpt_tos), content))
        if self.silent:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            await asyncio.sleep(0)
        return "250 OK"


@contextmanager
def sink() -> Iterator[Sink]:
    """An SMTP server that asks for ``PASSWORD`` and keeps what it is given."""
    made = Sink()
    (made.port,) = free_ports(1)
    controller = Controller(
        made, hostname=LOOPBACK, port=made.port, authenticator=_knows, auth_require_tls=False
    )
    controller.start()
    try:
        yield made
    finally:
        controller.stop()


def _knows(
    _server: SMTP, _session: Session, _envelope: Envelope, _how: str, told: Any
) -> AuthResult:
    right = isinstance(told, LoginPassword) and told.password == PASSWORD.encode()
    return AuthResult(success=right, handled=False)
