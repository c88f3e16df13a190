"""Nothing that is stored opens a response without two secrets; nobody learns who answered before."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import connection
from django.test import TestCase

from marketplace.accounts.enums import Role
from marketplace.audit.models import AuditEvent
from marketplace.keys.ring import key_ring
from procurement.consultations import depositing, drafts, vault
from procurement.consultations.opening import give_secret
from procurement.consultations.sealing.box import SealBroken, key_pair_of, open_box
from procurement.consultations.sealing.contexts import deposit_context
from procurement.consultations.sealing.secret import holder_pair, read_secret
from procurement.consultations.sealing.sharing import combine
from procurement.models import KeyShare
from tests.builders import client_for, make_member, make_organisation
from tests.procurement.consultation_builders import make_deposit, make_draft, make_supplier
from tests.rest.builders import client_for_token

MARK = "Texte-que-personne-ne-doit-lire"


def everything_stored() -> dict[str, bytes]:
    """Every value of every column of the schema, and every file, by where it lies."""
    found: dict[str, bytes] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column.name for column in cursor.description]
            for number, row in enumerate(cursor.fetchall()):
                for name, value in zip(names, row, strict=True):
                    raw = bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
                    found[f"{table}.{name}.{number}"] = raw
    for root in (django_settings.MEDIA_ROOT, django_settings.RESPONSE_DRAFTS_ROOT):
        for path in Path(root).rglob("*"):
            if path.is_file():
                found[str(path)] = path.read_bytes()
    return found


@pytest.fixture
def sealed(room):
    """A consultation with one deposit; its key is the server's no more."""
    consultation = room.published()
    supplier, manager = make_supplier()
    with TestCase.captureOnCommitCallbacks(execute=True):
        made = depositing.deposit(
            make_draft(consultation, manager, proposal=MARK, price="87654321.09", files=1), actor=manager
        )
    return consultation, supplier, manager, made


def context_of(made):
    return deposit_context(
        consultation=str(made.consultation.uuid),
        lot=made.lot.number,
        supplier=str(made.supplier.uuid),
        sequence=made.sequence,
        key=made.key.fingerprint,
    )


def test_no_stored_value_holds_the_plaintext(sealed):
    for place, value in everything_stored().items():
        assert MARK.encode() not in value and b"87654321" not in value, place


def test_no_stored_value_is_the_private_key_nor_a_share(sealed):
    """Whatever 32 bytes lie anywhere: none is the private key, none a share. Master keys included."""
    made = sealed[3]
    digests = set(KeyShare.objects.values_list("digest", flat=True))
    import hashlib

    known = [*everything_stored().values(), *key_ring().keys.values()]
    box = vault.read_sealed(made.uuid)
    for value in known:
        for start in range(max(0, min(len(value), 4096) - 31)):
            window = value[start : start + 32]
            assert hashlib.sha256(window).hexdigest() not in digests
            assert key_pair_of(window).public != bytes(made.key.public_key)
    with pytest.raises(SealBroken):
        open_box(box, private=bytes(made.key.public_key), context=context_of(made))


def unwrapped(room, made, actor):
    """What one secret gives to who has copied everything."""
    from procurement.consultations.sealing import ceremony

    share = KeyShare.objects.get(key=made.key, holder__user=actor.user)
    pair = holder_pair(read_secret(room.secret(actor)), salt=bytes(share.holder.salt))
    opened = {}
    for other in KeyShare.objects.filter(key=made.key):
        try:
            opened[other.position] = ceremony.unwrap_share(
                bytes(other.wrapped), holder=pair, key=made.key.fingerprint, position=other.position
            )
        except SealBroken:
            continue
    return opened


def test_one_secret_and_all_that_is_stored_open_nothing(room, sealed):
    made = sealed[3]
    box = vault.read_sealed(made.uuid)
    for actor in room.holders:
        mine = unwrapped(room, made, actor)
        assert len(mine) == 1, "a secret opens its own share alone"
        ((place, share),) = mine.items()
        for private in (share, *(combine({place: share, x: bytes(32)}) for x in {1, 2, 3} - {place})):
            with pytest.raises(SealBroken):
                open_box(box, private=private, context=context_of(made))


def test_any_two_secrets_and_what_is_stored_open(room, sealed):
    """The contrary of the tests above: they would fail if the shares were not the key's."""
    made = sealed[3]
    for couple in itertools.combinations(room.holders, 2):
        shares = {}
        for actor in couple:
            shares |= unwrapped(room, made, actor)
        plain = open_box(vault.read_sealed(made.uuid), private=combine(shares), context=context_of(made))
        assert MARK.encode() in plain


def test_after_the_first_secret_of_the_ceremony_still_nothing_opens(room, sealed):
    """Between the two, what is kept is sealed to the two others: master keys and files give no share."""
    consultation, _, _, made = sealed
    room.closed(consultation)
    first = room.holders[0]
    give_secret(consultation, actor=first, secret=room.secret(first))
    share = KeyShare.objects.get(key=made.key, holder__user=first.user)
    plain = unwrapped(room, made, first)[share.position]
    assert all(plain not in value for value in everything_stored().values())


def test_what_a_draft_leaves_in_the_database_opens_no_more_once_destroyed(room):
    consultation = room.published()
    draft = make_draft(consultation, make_supplier()[1], proposal=MARK, files=1)
    draft.refresh_from_db()
    kept = bytes(draft.content)
    vault.destroy_draft(draft.uuid)
    with pytest.raises(vault.DraftGone):
        vault.read(draft.uuid, kept, part=drafts.CONTENT)
    assert not any(Path(django_settings.RESPONSE_DRAFTS_ROOT).rglob("*"))


# -- names and numbers stay hidden until the opening

READERS = [Role.AUDITOR, Role.PURCHASING, Role.REQUESTER, Role.ORGANISATION_ADMIN, Role.SUPPORT]
PAGES = ("", "cle/", "ouverture/")


def member(room, role):
    inside = role in (Role.PURCHASING, Role.REQUESTER, Role.ORGANISATION_ADMIN)
    return make_member(role, organisation=room.organisation) if inside else make_member(role)


@pytest.mark.parametrize("role", READERS)
def test_nobody_reads_who_answered_nor_how_many(room, sealed, role):
    consultation, supplier, _, made = sealed
    who = member(room, role)
    browser, api = client_for(who), client_for_token(who)
    before = read_all(browser, api, consultation)
    for _ in range(2):
        make_deposit(consultation, make_supplier(name="Autre nuage")[1])
    after = read_all(browser, api, consultation)
    assert before == after, "what is read changes with the deposits"
    assert supplier.name not in before and "Autre nuage" not in after
    assert made.ciphertext_sha256 not in before


def read_all(browser, api, consultation):
    url = consultation.get_absolute_url()
    pages = ["/consultations/", *(f"{url}{part}" for part in PAGES)]
    found = [plain(browser.get(page)) for page in pages]
    collections = ("sealed-deposits", "opened-responses", "response-drafts", "consultation-questions")
    found += [api.get(f"/api/v1/{name}/").content.decode() for name in collections]
    found.append(api.get(f"/api/v1/consultations/{consultation.uuid}/").content.decode())
    return "\n".join(found)


def plain(answer):
    """The page without its tokens and the hour it was read at."""
    import re

    if answer.status_code != 200:  # its page names the incident, another one each time
        return str(answer.status_code)
    text = answer.content.decode()
    text = re.sub(r'data-left="[0-9]+"', "", text)
    text = re.sub(r'name="(csrfmiddlewaretoken|_once)" value="[^"]*"', "", text)
    return re.sub(r"Dans \d+[^<]*calculé à [^.]*", "", text)


def test_the_journal_says_nothing_of_a_deposit_before_the_opening(room, sealed):
    consultation, _, manager, _ = sealed
    before = AuditEvent.objects.count()
    make_deposit(consultation, make_supplier()[1])
    made = set(AuditEvent.objects.order_by("-pk")[: AuditEvent.objects.count() - before])
    assert not [event for event in made if "consultation" in event.object_type or "deposit" in event.what]
    assert not AuditEvent.objects.filter(
        user_id=manager.user.pk, object_type__startswith="procurement."
    ).exists()


def test_another_supplier_sees_nothing_of_a_draft_or_a_deposit(room, sealed):
    consultation, _, manager, made = sealed
    draft = make_draft(consultation, manager)
    other = make_supplier()[1]
    api, browser = client_for_token(other.membership), client_for(other.membership)
    assert api.get(f"/api/v1/sealed-deposits/{made.uuid}/").status_code == 404
    assert api.get(f"/api/v1/response-drafts/{draft.uuid}/").status_code == 404
    assert browser.get(f"{consultation.get_absolute_url()}reponse/1/").status_code == 404
    assert browser.get(f"{consultation.get_absolute_url()}accuses/{made.uuid}/").status_code == 404


def test_the_invited_are_known_to_the_administration_alone(room):
    first, manager = make_supplier(name="Premier invité")
    second, _ = make_supplier(name="Second invité")
    consultation = room.published(access="invited", invited=[first, second])
    text = client_for(manager.membership).get(consultation.get_absolute_url()).content.decode()
    assert "Second invité" not in text
    api = client_for_token(manager.membership)
    assert api.get(f"/api/v1/consultations/{consultation.uuid}/").json()["invited"] == []
    stranger = make_member(Role.SUPPLIER_EDITOR, organisation=make_organisation(kind="supplier"))
    assert client_for(stranger).get(consultation.get_absolute_url()).status_code == 404


def test_no_model_keeps_a_private_key():
    """A column for it would be a temptation."""
    for model in apps.get_app_config("procurement").get_models():
        names = {field.name for field in model._meta.fields if "private" in field.name}
        # A price that two organisations agreed on.
        assert not names - {"private_price"}, model
