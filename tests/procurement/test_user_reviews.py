"""Reviews by users: who may, one per administration, kept history, moderation for law, right of reply."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import Error, connection, transaction

from catalog.models import Offer
from marketplace.audit.models import AuditEvent
from marketplace.errors import DomainError, MoveRefused, NotAllowed, RuleBroken
from marketplace.notifications.models import Notification
from procurement.models import ReviewEdition, UserReview
from procurement.models.user_review import counts_of
from procurement.voices import actions as voices
from tests.builders import actor_for
from tests.procurement.order_builders import Purchase, make_order, make_purchase
from tests.procurement.voice_builders import said, used

pytestmark = pytest.mark.django_db
WHY = {"ground": "defamation", "reason": "« Ces escrocs » vise des personnes."}


@pytest.fixture
def purchase() -> Purchase:
    return used()


def hidden(purchase: Purchase) -> tuple[UserReview, Any]:
    curator = actor_for("curator")
    return voices.hide(said(purchase), actor=curator, **WHY), curator


def told() -> list[str]:
    return list(Notification.objects.order_by("pk").values_list("subject", flat=True))


def test_only_users_of_the_offer_speak(purchase: Purchase) -> None:
    others = [actor_for(role) for role in ("requester", "supplier_manager", "curator", "auditor")]
    without_role = actor_for(organisation=purchase.buyer)
    for actor in (*others, without_role, purchase.actor("manager")):
        with pytest.raises(NotAllowed):
            voices.write(purchase.offer, actor=actor, text="Essai", ratings={})
    assert said(purchase, who="finance").state == "published"


@pytest.mark.parametrize("state", ["draft", "sent", "refused"])
def test_an_order_that_nobody_acknowledged_gives_no_voice(state: str) -> None:
    purchase = make_purchase()
    make_order(purchase, state=state)
    with pytest.raises(NotAllowed):
        said(purchase)


def test_never_on_a_public_sheet(purchase: Purchase, settings: Any) -> None:
    settings.DEMONSTRATION = True
    Offer.objects.filter(pk=purchase.offer.pk).update(source_key="offre-reelle")
    purchase.offer.refresh_from_db()
    with pytest.raises(RuleBroken) as refused:
        said(purchase)
    assert refused.value.code == "public_sheet"
    settings.DEMONSTRATION = False
    assert said(purchase).pk
    UserReview.objects.all()
    Offer.objects.filter(pk=purchase.offer.pk).update(state="unclaimed")
    purchase.offer.refresh_from_db()
    with pytest.raises(RuleBroken):
        said(purchase)


def test_one_per_administration_revised_with_its_history(purchase: Purchase) -> None:
    review = said(purchase)
    with pytest.raises(RuleBroken) as refused:
        said(purchase, who="finance")
    assert refused.value.code == "reviewed_already" and "offer" in refused.value.fields
    voices.revise(review, actor=purchase.actor("finance"), text="Plus lent.", ratings={"support": "poor"})
    review.refresh_from_db()
    assert (review.text, review.ratings, review.version) == ("Plus lent.", {"support": "poor"}, 2)
    assert review.revised_at is not None
    first = review.editions.last()
    assert first is not None and first.ratings == {"onboarding": "very_good", "support": "fair"}
    assert review.editions.count() == 2
    with pytest.raises(Error), transaction.atomic():
        ReviewEdition.objects.update(text="Autre")
    with pytest.raises(Error), transaction.atomic():
        ReviewEdition.objects.all().delete()
    whats = AuditEvent.objects.filter(object_type="procurement.userreview").values_list("what", flat=True)
    assert sorted(whats) == ["create", "revise"]


def test_unknown_criteria_and_steps_are_refused(purchase: Purchase) -> None:
    for ratings in ({"beauty": "good"}, {"support": "5"}):
        with pytest.raises(RuleBroken) as refused:
            said(purchase, ratings=ratings)
        assert "ratings" in refused.value.fields
    assert said(purchase, ratings={"support": "", "onboarding": "good"}).ratings == {"onboarding": "good"}


def test_steps_are_counted_never_averaged(purchase: Purchase) -> None:
    reviews = [said(purchase)]
    counts = dict(counts_of(reviews))
    assert dict(counts["Mise en service"])["Très satisfaisant"] == 1
    assert dict(counts["Documentation"])["Sans avis"] == 1
    assert all(isinstance(many, int) for steps in counts.values() for _, many in steps)


def test_the_supplier_is_told_and_answers_once_editable(purchase: Purchase) -> None:
    review = said(purchase)
    assert told()[-1] == f"Un avis sur {purchase.offer.name}"
    for actor in (actor_for("supplier_manager"), purchase.actor("requester"), actor_for("curator")):
        with pytest.raises(NotAllowed):
            voices.reply(review, actor=actor, text="Merci.")
    voices.reply(review, actor=purchase.actor("manager"), text="Merci.")
    assert (review.reply, review.reply_revised_at) == ("Merci.", None) and review.replied_at is not None
    voices.reply(review, actor=purchase.actor("manager"), text="Merci beaucoup.")
    assert review.reply == "Merci beaucoup." and review.reply_revised_at is not None
    assert told()[-1] == f"Réponse à votre avis sur {purchase.offer.name}"


def test_hidden_for_a_legal_ground_then_seen_by_its_authors_alone(purchase: Purchase) -> None:
    review, curator = hidden(purchase)
    assert (review.state, review.ground) == ("hidden", "defamation")
    assert told()[-1] == f"Votre avis sur {purchase.offer.name} est masqué"
    seen = {
        "author": purchase.actor("finance"),
        "curator": curator,
        "auditor": actor_for("auditor"),
        "supplier": purchase.actor("manager"),
        "stranger": actor_for("requester"),
    }
    visible = {who for who, actor in seen.items() if UserReview.objects.visible_to(actor).exists()}
    assert visible == {"author", "curator", "auditor"}
    assert not UserReview.objects.published().exists()
    voices.revise(review, actor=purchase.actor("requester"), text="Reformulé.", ratings={})
    assert review.state == "hidden"


def test_contested_once_and_judged_by_somebody_else(purchase: Purchase) -> None:
    review, curator = hidden(purchase)
    with pytest.raises(NotAllowed):
        voices.contest(review, actor=purchase.actor("manager"), reason="Non.")
    voices.contest(review, actor=purchase.actor("requester"), reason="C’est un fait établi.")
    with pytest.raises(NotAllowed, match="une autre personne"):
        voices.uphold(review, actor=curator, reason="Non.")
    voices.uphold(review, actor=actor_for("decision_maker"), reason="Le passage vise une personne.")
    assert review.state == "upheld"
    with pytest.raises(MoveRefused):
        voices.contest(review, actor=purchase.actor("requester"), reason="Encore.")
    voices.restore(review, actor=curator, reason="Passage retiré.")
    assert review.state == "published"
    assert told()[-2:] == [
        f"Votre avis sur {purchase.offer.name} reste masqué",
        f"Votre avis sur {purchase.offer.name} est republié",
    ]


def test_no_ground_no_hiding_says_the_database_too(purchase: Purchase) -> None:
    review = said(purchase)
    with pytest.raises(Error), transaction.atomic():
        UserReview.objects.filter(pk=review.pk).update(state="hidden")


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_at_once_make_one_review() -> None:
    purchase = used()
    actors = [purchase.actor("requester"), purchase.actor("finance")]
    outcomes: list[str] = []

    def write(actor: Any) -> None:
        try:
            outcomes.append(voices.write(purchase.offer, actor=actor, text="Essai", ratings={}).state)
        except DomainError as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["published", "reviewed_already"]
    assert UserReview.objects.count() == ReviewEdition.objects.count() == 1
