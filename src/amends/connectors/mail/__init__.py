"""E-mail: a mailbox read by IMAP, answered by SMTP."""

from amends.connectors.mail.connector import MailConnector

__all__ = ["MailConnector"]
