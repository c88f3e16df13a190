from marketplace.rest.models.idempotency import IdempotencyKey

__all__ = ["IdempotencyKey"]
