# One image for every role: `serve` (web), `worker`, `migrate`, and `up` (the sandbox). TypeScript runs unbuilt, so the
# image holds production dependencies and sources only, and runs as an ordinary user on a read-only file system.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 SAMSPIL_DATA_DIR=/data
WORKDIR /app
RUN install --directory --owner=node --group=node --mode=700 /data
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY openapi ./openapi
COPY mappings ./mappings
COPY adapters ./adapters
COPY src ./src
COPY test/sandbox ./test/sandbox
# Completes the embedded PostgreSQL (library links) while the file system may be written.
RUN node --input-type=module --eval "import('/app/src/store/embedded-binaries.ts').then((m) => m.findBinaries())"
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/cli.ts"]
CMD ["serve"]
