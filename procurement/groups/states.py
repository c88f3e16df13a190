"""Moves of a shared need, of a group purchase, of a member, as data."""

from marketplace.workflow import Move, moves
from procurement.groups.enums import GroupState, MemberState, ShareState

NEED_SHARE = moves(
    Move("share", frozenset({ShareState.PROPOSED}), ShareState.SHARED, "Partager le besoin"),
    Move(
        "withdraw",
        frozenset({ShareState.PROPOSED, ShareState.SHARED}),
        ShareState.WITHDRAWN,
        "Retirer le partage",
    ),
)
GROUP_PURCHASE = moves(
    Move(
        "propose_convention",
        frozenset({GroupState.FORMING}),
        GroupState.SIGNING,
        "Proposer la convention à la signature",
    ),
    Move("complete", frozenset({GroupState.SIGNING}), GroupState.SIGNED, "Constater toutes les signatures"),
    Move("reopen", frozenset({GroupState.SIGNING}), GroupState.FORMING, "Reprendre la formation"),
    Move(
        "dissolve",
        frozenset({GroupState.FORMING, GroupState.SIGNING, GroupState.SIGNED}),
        GroupState.DISSOLVED,
        "Dissoudre le groupement",
    ),
)
GROUP_MEMBER = moves(
    Move("join", frozenset({MemberState.INVITED}), MemberState.JOINED, "Rejoindre le groupement"),
    Move("decline", frozenset({MemberState.INVITED}), MemberState.DECLINED, "Décliner l’invitation"),
    Move("lapse", frozenset({MemberState.INVITED}), MemberState.LAPSED, "Constater l’absence de réponse"),
    Move("leave", frozenset({MemberState.JOINED}), MemberState.LEFT, "Quitter le groupement"),
)
