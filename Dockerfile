# The dashboard in a container: docker build -t aemo-dashboard . && docker run -p 5006:5006 -v nem:/data aemo-dashboard
# Pages and API on port 5006; the lake in the volume /data. Any command of aemo-dashboard can follow the image's name.
FROM python:3.12-slim AS build
WORKDIR /app
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY components components
RUN pip install -c constraints.txt -e . && find /venv -name tests -type d -prune -exec rm -rf {} +

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /app nem && install -d -o nem -g nem /data
WORKDIR /app
COPY --from=build /venv /venv
COPY pyproject.toml panel_config.yaml README.md LICENSE ./
COPY components components
COPY app app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp AEMO_DASHBOARD_DATA_DIR=/data
USER nem
VOLUME /data
EXPOSE 5006
STOPSIGNAL SIGTERM
# Alive is whoever answers: also "degraded", also "log in first". Only loading (503) and silence are not.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
  CMD ["python", "/app/components/probe.py"]
ENTRYPOINT ["aemo-dashboard"]
CMD ["serve", "--address", "0.0.0.0", "--live"]
