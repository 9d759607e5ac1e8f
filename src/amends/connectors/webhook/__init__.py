"""Webhooks in: whatever can post JSON that it has signed."""

from amends.connectors.webhook.connector import WebhookConnector

__all__ = ["WebhookConnector"]
