from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.abilities import role_needed
from marketplace.accounts.enums import OrganisationKind, Role, admin_role
from marketplace.audit.export import csv_rows
from marketplace.audit.forms import JournalFilterForm
from marketplace.audit.listing import events_for, page_of
from marketplace.audit.models import AuditVerification, may_read_journal
from marketplace.errors import NotAllowed
from marketplace.ui.breadcrumb import breadcrumb


def _require_reader(request: HttpRequest) -> None:
    if not may_read_journal(request.actor):
        kind = request.actor.organisation.kind if request.actor.organisation else OrganisationKind.STATE
        roles = (Role.AUDITOR, admin_role(kind))
        because = "Vous n’avez pas le droit de lire le journal."
        raise NotAllowed("not_allowed", role_needed(*roles, because=because))


@login_required
def journal(request: HttpRequest) -> HttpResponse:
    """Who did what, when, why. The auditor reads everything, an organisation its own events."""
    _require_reader(request)
    form = JournalFilterForm(request.GET or None)
    filters = form.cleaned_data if form.is_bound and form.is_valid() else {}
    events = events_for(request.actor, filters=filters)
    kept = request.GET.copy()
    for cursor in ("avant", "apres"):
        kept.pop(cursor, None)
    context = {
        "form": form,
        "slice": page_of(events, before=request.GET.get("avant", ""), after=request.GET.get("apres", "")),
        "query": kept.urlencode(),
        "is_auditor": request.actor.has(Role.AUDITOR),
        "verification": AuditVerification.objects.first(),
        "export_url": f"{reverse('audit:export')}?{kept.urlencode()}",
        "breadcrumb_data": breadcrumb(current="Journal"),
    }
    return render(
        request, "audit/journal.html", context, status=400 if form.is_bound and form.errors else 200
    )


@login_required
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The same events, all of them, oldest first."""
    _require_reader(request)
    form = JournalFilterForm(request.GET or None)
    if form.is_bound and not form.is_valid():
        return journal(request)
    filters = form.cleaned_data if form.is_bound else {}
    response = StreamingHttpResponse(
        csv_rows(events_for(request.actor, filters=filters)), content_type="text/csv; charset=utf-8"
    )
    stamp = timezone.localtime().strftime("%Y-%m-%d")
    response["Content-Disposition"] = f'attachment; filename="journal-{stamp}.csv"'
    return response
