"""What a document is judged with. Apart from the verifier, so that who asks loads none of what judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SUPPLIED, CONFIGURED, NO_ANCHORS = "supplied", "configured", "none"


@dataclass(frozen=True, slots=True)
class Material:
    """What the document is judged with. ``did_documents`` by DID, ``chains`` PEM text by `x5u` address,
    ``anchors`` PEM text, ``origin`` where the anchors come from, ``status_lists`` the text of each
    status list by its address, ``notaries`` the DIDs whose registration
    numbers are accepted (empty: any that is not the participant), ``own_context`` the address of the context
    of the marketplace's own findings (empty: they are refused like any unknown context), ``release`` the
    text of a `Rulebook` (empty: our own contexts and shapes)."""

    did_documents: Mapping[str, Any] = field(default_factory=dict)
    chains: Mapping[str, str] = field(default_factory=dict)
    anchors: str | list[str] = ""
    status_lists: Mapping[str, str] = field(default_factory=dict)
    origin: str = NO_ANCHORS
    notaries: tuple[str, ...] = ()
    own_context: str = ""
    release: str = ""
