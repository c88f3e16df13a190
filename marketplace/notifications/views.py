from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from marketplace.notifications.models import Notification
from marketplace.ui.breadcrumb import breadcrumb

PER_PAGE = 25


@login_required
def notifications(request: HttpRequest) -> HttpResponse:
    """My messages, the newest first, whatever the organisation they are about."""
    mine = Notification.objects.filter(user=request.user).select_related("organisation")
    context = {
        "page": Paginator(mine, PER_PAGE).get_page(request.GET.get("page")),
        "unread": mine.filter(read_at__isnull=True).count(),
        "breadcrumb_data": breadcrumb(current="Notifications"),
    }
    return render(request, "notifications/notifications.html", context)


@login_required
@require_POST
def open_notification(request: HttpRequest, notification_id: str) -> HttpResponse:
    """Marks it read and leads to what it is about. Safe to do twice."""
    found = get_object_or_404(Notification, uuid=notification_id, user=request.user)
    Notification.objects.filter(pk=found.pk, read_at__isnull=True).update(read_at=timezone.now())
    # Written by us, and always a path of this site: never an address from outside.
    is_ours = found.url.startswith("/") and not found.url.startswith(("//", "/\\"))
    return redirect(found.url if is_ours else "notifications:list")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    Notification.objects.filter(user=request.user, read_at__isnull=True).update(read_at=timezone.now())
    messages.success(request, "Toutes vos notifications sont marquées comme lues.")
    return redirect("notifications:list")
