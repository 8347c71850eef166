# Switchboard's production image: what the lock file names, nothing to build with, no root. It runs read-only:
#   docker run --read-only --tmpfs /tmp -v switchboard:/data --env-file .env -p 3000:3000 switchboard

# The official image of Python 3.12.13 on Debian 13, pinned by the digest of its index for all platforms. To take a
# newer one, ask the registry for its digest: docker buildx imagetools inspect python:3.12-slim-trixie
ARG PYTHON=python:3.12.13-slim-trixie@sha256:229a2c5bfa27522db7815ea81f9bed70af17ccb9de9fc7ad142b1877b5830d36

FROM ${PYTHON} AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
COPY requirements.lock requirements-dev.lock ./
# What builds the package comes from a lock file too, and stays behind in this stage.
RUN python -m venv --without-pip /venv \
 && pip --python /venv/bin/python install --require-hashes --only-binary :all: -r requirements.lock \
 && awk '/^[^ #]/ { wanted = /^setuptools==/ } wanted' requirements-dev.lock > build.lock \
 && pip install --require-hashes --only-binary :all: -r build.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && pip --python /venv/bin/python install --no-deps /wheels/*.whl

FROM ${PYTHON}
LABEL org.opencontainers.image.title="Switchboard" \
      org.opencontainers.image.description="Clarity calls and Clearstream texts in Slack" \
      org.opencontainers.image.licenses="MIT"
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin switchboard \
 && install -d -o switchboard -m 0700 /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data HOST=0.0.0.0 PORT=3000 LOG_FORMAT=json
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --start-interval=1s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
# It ends by itself within ten seconds.
STOPSIGNAL SIGTERM
ENTRYPOINT ["switchboard"]
CMD ["serve"]
