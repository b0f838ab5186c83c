# Backref as a container: docker build -t backref . (docs/how-to/deploy.md)
FROM python:3.13-slim AS build
COPY pyproject.toml README.md LICENSE NOTICE /source/
COPY src /source/src
RUN python -m venv /opt/backref \
    && /opt/backref/bin/pip install --no-cache-dir "/source[xlsx]" \
    && /opt/backref/bin/python -m compileall -q /opt/backref

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent backref \
    && install --directory --owner=backref --group=backref --mode=0700 /store
COPY --from=build /opt/backref /opt/backref
ENV PATH=/opt/backref/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    BACKREF_STORE=/store/data \
    NUMBA_CACHE_DIR=/store/cache \
    TMPDIR=/store
USER 10001:10001
WORKDIR /store
VOLUME /store
EXPOSE 8484
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s \
    CMD ["backref", "doctor", "--health", "http://127.0.0.1:8484"]
ENTRYPOINT ["backref"]
CMD ["serve", "--host", "0.0.0.0"]
