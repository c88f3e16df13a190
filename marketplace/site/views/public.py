"""Pages of words: help, doctrine, legal pages, site map, reporting a problem."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from marketplace.site.forms import ProblemForm
from marketplace.ui import badges, navigation
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from procurement.doctrine.rule_sets import GENERAL_LAW, all_rule_sets

KINDS = {
    "automatic": "Appliquée par l’analyse de sensibilité",
    "attested": "Attestée par l’administration",
    "informative": "Pour information",
}


def page(request: HttpRequest, template: str, *, title: str, **context: object) -> HttpResponse:
    return render(
        request,
        f"site/{template}.html",
        {"page_title": title, "breadcrumb_data": breadcrumb(current=title), **context},
    )


def help_page(request: HttpRequest) -> HttpResponse:
    return page(request, "help", title="Aide", origins=badges.ORIGINS.items(), marks=badges.MARK)


def doctrine(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    texts = [rule_set for rule_set in all_rule_sets() if rule_set.in_force(today)]
    return page(
        request,
        "doctrine",
        title="Ce que la règle impose",
        texts=[text for text in texts if text.code != GENERAL_LAW],
        general=[text for text in texts if text.code == GENERAL_LAW],
        kinds=KINDS,
        try_url="/doctrine/essayer/" if navigation.exists("/doctrine/essayer/") else "",
        routes_url="/achat/voies/" if navigation.exists("/achat/voies/") else "",
    )


def accessibility(request: HttpRequest) -> HttpResponse:
    return page(request, "accessibility", title="Accessibilité", support_email=settings.SUPPORT_EMAIL)


def legal(request: HttpRequest) -> HttpResponse:
    return page(request, "legal", title="Mentions légales", support_email=settings.SUPPORT_EMAIL)


def personal_data(request: HttpRequest) -> HttpResponse:
    return page(request, "personal_data", title="Données personnelles", support_email=settings.SUPPORT_EMAIL)


def cookies(request: HttpRequest) -> HttpResponse:
    return page(request, "cookies", title="Cookies", session_cookie=settings.SESSION_COOKIE_NAME)


def site_map(request: HttpRequest) -> HttpResponse:
    public = [entry for entry in (*navigation.VISITOR, *PUBLIC_EXTRA) if navigation.exists(entry.path)]
    return page(request, "site_map", title="Plan du site", public=public, footer=navigation.footer_links())


PUBLIC_EXTRA = (
    navigation.Entry("Référentiels", "/referentiels/"),
    navigation.Entry("Programmes d’aide et appels", "/programmes/"),
    navigation.Entry("Tremplin vers le SaaS", "/tremplin/"),
    navigation.Entry("Durées d’instruction", "/durees/"),
    navigation.Entry("Décisions publiées", "/decisions/"),
    navigation.Entry("Comparer des offres", "/offres/comparer/"),
    navigation.Entry("Sélections", "/selections/"),
    navigation.Entry("Logiciels libres", "/logiciels-libres/"),
    navigation.Entry("Essayer l’analyse de sensibilité", "/doctrine/essayer/"),
    navigation.Entry("Voies d’achat", "/achat/voies/"),
    navigation.Entry("Délais constatés", "/dossiers/delais/"),
    navigation.Entry("Signaler un problème", "/signaler-un-probleme/"),
)


@once
def report(request: HttpRequest) -> HttpResponse:
    form = ProblemForm.of(request, initial={"page": request.GET.get("page", "")[:300]})
    if request.method == "POST" and form.is_valid():
        _tell_support(request, form.cleaned_data)
        return HttpResponseRedirect(f"{reverse('site:report')}?envoye=1")
    sent = request.method == "GET" and request.GET.get("envoye") == "1"
    response = page(request, "report", title="Signaler un problème", form=form, sent=sent)
    response.status_code = 400 if form.is_bound else 200
    return response


def _tell_support(request: HttpRequest, said: dict[str, str]) -> None:
    """By e-mail, at once: a visitor has no notification to receive."""
    code = getattr(request, "request_id", "")
    page, answer_to = said["page"] or "non dite", said["email"] or "non donnée"
    body = f"Page : {page}\nRéférence : {code}\nRéponse à : {answer_to}\n\n"
    EmailMessage(
        subject="Signalement d’un problème",
        body=body + said["text"],
        to=[settings.SUPPORT_EMAIL],
        reply_to=[said["email"]] if said["email"] else None,
    ).send()
