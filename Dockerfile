# syntax=docker/dockerfile:1
# One image for web, workers and beat; nothing in it is specific to a place.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements/uv.txt requirements/prod.txt requirements/
RUN python -m venv /venv \
    && pip install --no-cache-dir --require-hashes -r requirements/uv.txt \
    && uv pip install --no-cache --require-hashes --python /venv/bin/python -r requirements/prod.txt
COPY . .
# These values sign and open nothing: the image is built without any secret.
RUN SECRET_KEY=collecting-static-files-needs-no-secret-0123456789abcdef \
    DATABASE_URL=postgresql://serving@localhost/none \
    AUDIT_SEALER_DATABASE_URL=postgresql://sealer@localhost/none \
    CELERY_BROKER_URL=redis://localhost/0 ALLOWED_HOSTS=localhost SITE_URL=https://localhost \
    EMAIL_URL=smtp://localhost MASTER_KEYS=build:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    AUDIT_SIGNING_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    DJANGO_SETTINGS_MODULE=marketplace.settings.prod STATIC_ROOT=/app/static-collected \
    /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    --ignore component --ignore core --ignore layout --ignore scheme --ignore legacy --ignore analytics

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=marketplace.settings.prod \
    STATIC_ROOT=/app/static-collected PRIVATE_FILES_ROOT=/data/files AUDIT_HEADS_DIR=/data/audit-heads \
    RESPONSE_DRAFTS_ROOT=/data/response-drafts
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin marketplace \
    && mkdir -p /data/files /data/response-drafts /data/audit-heads /data/beat \
    && chown -R marketplace /data && chmod -R 0700 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001
EXPOSE 8000
VOLUME /data
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "bin/ask_health.py", "livez"]
CMD ["gunicorn", "marketplace.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "2", \
     "--worker-class", "marketplace.web_worker.Worker", "--limit-request-line", "8190", \
     "--threads", "4", "--preload", "--no-control-socket", \
     "--worker-tmp-dir", "/dev/shm"]
