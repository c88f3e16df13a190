from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.health.checks import readiness


@require_safe
@never_cache
def livez(request: HttpRequest) -> JsonResponse:
    """The process answers. Touches nothing else."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    wrong = readiness()
    if wrong:
        return JsonResponse({"status": "not ready", **wrong}, status=503)
    return JsonResponse({"status": "ready"})
