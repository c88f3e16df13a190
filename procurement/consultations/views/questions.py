"""Questions of suppliers, without a name; answers to all."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from marketplace.errors import NotVisible
from marketplace.ui.once import once
from procurement.consultations import talk
from procurement.consultations.forms import AnswerForm, QuestionForm
from procurement.consultations.views.find import allowed_to, form_page, tried
from procurement.models import ConsultationQuestion
from procurement.views.find import actor_of, posted


@login_required
@once
def ask(request: HttpRequest, number: str) -> HttpResponse:
    found = allowed_to(request, number, "ask")
    form, actor = QuestionForm(posted(request)), actor_of(request)
    if form.is_bound and form.is_valid():
        text = form.cleaned_data["text"]
        if tried(form, lambda: talk.ask(found, actor=actor, text=text)):
            messages.success(request, "Question envoyée sans votre nom. La réponse sera publiée à tous.")
            return redirect(found)
    return form_page(request, found, form, title="Poser une question", button="Envoyer la question")


@login_required
@once
def answer(request: HttpRequest, number: str, uuid: Any) -> HttpResponse:
    found = allowed_to(request, number, "answer")
    actor = actor_of(request)
    rows = ConsultationQuestion.objects.visible_to(actor).filter(consultation=found, uuid=uuid)
    question = rows.first()
    if question is None:
        raise NotVisible
    form = AnswerForm(posted(request))
    if form.is_bound and form.is_valid():
        text = form.cleaned_data["answer"]
        if tried(form, lambda: talk.answer(question, actor=actor, text=text)):
            messages.success(request, "Réponse publiée à tous.")
            return redirect(found)
    facts = [("Consultation", str(found)), ("Question", question.text)]
    return form_page(
        request, found, form, title="Répondre à une question", button="Publier la réponse", facts=facts
    )
