# Browser code (the map) is brought by npm in a stage of its own; the image that runs holds only Python.
FROM node:22-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY web/copy-vendor.mjs web/
RUN npm ci --ignore-scripts --omit=dev && node web/copy-vendor.mjs

FROM python:3.11-slim
WORKDIR /app
RUN useradd --create-home palpate && mkdir /data && chown palpate /data
COPY requirements.txt requirements-setup.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements-setup.txt \
 && uv pip install --system --no-cache --require-hashes -r requirements.txt
COPY . .
COPY --from=assets /app/web/static/vendor web/static/vendor
RUN uv pip install --system --no-cache --no-deps --no-build-isolation --editable .
USER palpate
ENV PALPATE_DATA_DIR=/data
VOLUME /data
EXPOSE 8000
HEALTHCHECK CMD python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"
CMD ["palpate", "serve", "--host", "0.0.0.0", "--port", "8000"]
