"""Signed heads: where the chain stood at an hour, kept in the database and, first, outside it."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from marketplace.audit.journal import canonical
from marketplace.audit.models import AuditHead, AuditSeal
from marketplace.keys.signing import public_key, sign, signature_is_valid


def key_id_of(public: str) -> str:
    return hashlib.sha256(public.encode()).hexdigest()[:16]


def head_message(seq: int, link: str) -> bytes:
    return canonical({"seq": seq, "hash": link})


def write_head() -> AuditHead | None:
    """Sign the last link, write its file, then its row. None when nothing was sealed since the last one."""
    alias = settings.AUDIT_SEALER_ALIAS
    last = AuditSeal.objects.using(alias).order_by("-seq").first()
    if last is None or AuditHead.objects.using(alias).filter(seq=last.seq).exists():
        return None
    head = AuditHead(
        seq=last.seq,
        hash=last.hash,
        key_id=key_id_of(public_key()),
        signature=sign(head_message(last.seq, last.hash)),
        signed_at=timezone.now(),
    )
    _write_file(head)
    with transaction.atomic(using=alias):
        head.save(using=alias, force_insert=True)
    return head


def heads_dir() -> Path:
    return Path(settings.AUDIT_HEADS_DIR)


def file_of(seq: int) -> Path:
    return heads_dir() / f"head-{seq:012d}.json"


def read_files() -> list[dict[str, Any]]:
    """Every head file in order. A file that is not one of ours is said by its ``error``."""
    return [_read(path) for path in sorted(heads_dir().glob("head-*.json"))]


def head_error(seq: int, link: str, signature: str) -> str:
    """Empty when the signature is ours."""
    return "" if signature_is_valid(head_message(seq, link), signature) else "la signature n’est pas la nôtre"


def _write_file(head: AuditHead) -> None:
    """Whole or not at all; an existing file is never rewritten."""
    heads_dir().mkdir(parents=True, exist_ok=True)
    path = file_of(head.seq)
    if path.exists():
        return
    body = {
        "seq": head.seq,
        "hash": head.hash,
        "signature": head.signature,
        "public_key": public_key(),
        "signed_at": head.signed_at.isoformat(),
    }
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)


def _read(path: Path) -> dict[str, Any]:
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        return {
            "seq": int(body["seq"]),
            "hash": str(body["hash"]),
            "signature": str(body["signature"]),
            "error": "",
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {"seq": 0, "hash": "", "signature": "", "error": f"{path.name} est illisible"}
