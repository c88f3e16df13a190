"""`/consultations/CNS-…/avis/`: where the notice is due, its content to copy, what was sent."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import allowed
from marketplace.errors import NotVisible
from marketplace.ui.once import once
from procurement.consultations.abilities import consultation_abilities
from procurement.consultations.delays import delays_told
from procurement.consultations.enums import ENDED_STATES
from procurement.consultations.notices import recording
from procurement.consultations.notices.content import notice_of, notice_pdf
from procurement.consultations.notices.forms import SendingForm
from procurement.consultations.views.find import allowed_to, form_page, page_url, trail, tried
from procurement.models import Consultation
from procurement.views.find import actor_of, posted, typed_version

FORMATS = ("json", "pdf")


@login_required
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    found, today = allowed_to(request, number, "export_notice"), timezone.localdate()
    sent = list(found.notice_sendings.all())
    media = {one.medium for one in sent}
    verdicts = consultation_abilities(actor_of(request), found)
    context = {
        "consultation": found,
        "due": [(one, bool(media & set(one.any_of))) for one in recording.due_of(found, on=today)],
        "delays": delays_told(found, today=today),
        "sent": sent,
        "lacks": list(recording.lacks_of_notices(found, on=today)) if found.is_written else [],
        "may_record": allowed(verdicts, "record_sending") and found.state not in ENDED_STATES,
        "breadcrumb_data": trail(found, current="Avis"),
    }
    return render(request, "procurement/consultations/notice.html", context)


@login_required
@once
def record(request: HttpRequest, number: str) -> HttpResponse:
    found, actor = allowed_to(request, number, "record_sending"), actor_of(request)
    recording.refuse_ended(found)
    form = SendingForm(posted(request), initial=_kept(request, found))
    if form.is_bound and form.is_valid():
        said, version = form.cleaned_data, typed_version(request)

        def act() -> None:
            recording.record_sending(found, actor=actor, expected_version=version, **said)

        if tried(form, act):
            messages.success(request, "Envoi de l’avis enregistré.")
            return redirect(page_url("consultation_notice", found))
    return form_page(
        request,
        found,
        form,
        title="Enregistrer l’envoi d’un avis",
        lead="Rien n’est envoyé d’ici : recopiez le contenu dans le formulaire officiel, puis dites ce "
        "qui vous a été donné. Enregistrer de nouveau un support remplace ce qui en est écrit.",
        button="Enregistrer l’envoi",
        back=page_url("consultation_notice", found),
    )


def _kept(request: HttpRequest, found: Consultation) -> dict[str, object]:
    """What is recorded of the medium named in the address, to be completed."""
    one = next(
        (each for each in found.notice_sendings.all() if each.medium == request.GET.get("support")), None
    )
    names = ("medium", "reference", "sent_on", "published_on", "url")
    return {name: getattr(one, name) for name in names} if one is not None else {}


@login_required
@require_safe
def content(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """The same content in two forms."""
    found, today = allowed_to(request, number, "export_notice"), timezone.localdate()
    if form not in FORMATS:
        raise NotVisible
    name = f'attachment; filename="avis-{found.number}.{form}"'
    if form == "json":
        told = JsonResponse(
            notice_of(found, on=today), json_dumps_params={"ensure_ascii": False, "indent": 2}
        )
        return _named(told, name)
    return _named(HttpResponse(notice_pdf(found, on=today), content_type="application/pdf"), name)


def _named(answer: HttpResponse, name: str) -> HttpResponse:
    answer["Content-Disposition"] = name
    return answer
