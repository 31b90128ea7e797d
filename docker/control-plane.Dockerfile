# The code location, webserver and daemon in one image; not built by this project's CI, which has no engine.
#   docker build -f docker/control-plane.Dockerfile -t edscribe .
#   docker run -p 3000:3000 -v edscribe:/data edscribe
FROM python:3.11-slim-bookworm

RUN useradd --create-home edscribe && mkdir /data && chown edscribe /data
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir "$(grep -E '^torch==' requirements.lock)" \
    && pip install --no-cache-dir -r requirements.lock
COPY pyproject.toml README.md LICENSE NOTICE workspace.yaml dagster.yaml ./
COPY edscribe_pipelines edscribe_pipelines
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

USER edscribe
ENV DAGSTER_HOME=/data/dagster \
    EDSCRIBE_STORE=/data/store \
    EDSCRIBE_PHI_STORE=/data/phi_store \
    DAGSTER_DISABLE_TELEMETRY=1 \
    GX_ANALYTICS_ENABLED=false \
    HF_HUB_OFFLINE=1
EXPOSE 3000
CMD ["sh", "-c", "mkdir -p $DAGSTER_HOME && cp dagster.yaml $DAGSTER_HOME/ && exec dagster dev -w workspace.yaml -h 0.0.0.0"]
