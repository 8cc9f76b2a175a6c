# syntax=docker/dockerfile:1
# One image for all roles: `docker build -t gantry:0.1.0 .`, then `docker run gantry:0.1.0 broker`.
#
# It runs as user 10001, needs no shell and writes nothing outside of the folders it is told to use,
# so its root file system may be read-only. `make image` packs the same without an engine: both take
# what is in it from tools/image/contents.ts, and tools/image/dockerfile.test.ts holds the rest together.

# Where Node comes from, and what it runs on: anything with glibc and libstdc++.
ARG NODE=node:24-slim
ARG BASE=gcr.io/distroless/cc-debian12

FROM ${NODE} AS build
WORKDIR /source
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN node tools/image/stage.ts /image

FROM ${BASE}
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /image /
COPY --from=build --chown=10001:10001 /image/home/gantry /home/gantry
ENV PATH=/usr/local/bin HOME=/home/gantry NODE_ENV=production
USER 10001:10001
WORKDIR /home/gantry
# Name server, broker, and every role's health and metrics.
EXPOSE 9876 10911 8090
ENTRYPOINT ["gantry"]
LABEL org.opencontainers.image.title=gantry
LABEL org.opencontainers.image.version=0.1.0
LABEL org.opencontainers.image.licenses=Apache-2.0
