# docker build -t mneme .        (deploy/README.md has the docker run line and what it prints)
# Without a Docker engine: tools/image.py makes the same image from Debian packages.

FROM eclipse-temurin:25-jdk-noble AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends maven nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN ./mneme --version \
    && tools/stage.sh /opt/mneme container

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="Mneme" \
      org.opencontainers.image.description="A server for agents that remember" \
      org.opencontainers.image.licenses="Apache-2.0"
# bubblewrap, Python and Node: the jail and the languages of tools; setpriv is in util-linux, which is there already.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap ca-certificates nodejs python3 python3-pip tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --no-create-home --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin mneme \
    && install -d -o mneme -g mneme -m 700 /data \
    && ln -s /opt/mneme/mneme /usr/local/bin/mneme \
    && ln -s /opt/mneme/mneme /usr/local/bin/letta
COPY --from=build /opt/mneme /opt/mneme
# The start-up cache holds for this very place.
RUN mneme --version
VOLUME /data
EXPOSE 8283
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["/opt/mneme/healthcheck.sh"]
# Starts as root only to take ownership of the volume; the server itself runs as the user mneme.
ENTRYPOINT ["tini", "--", "/opt/mneme/entrypoint.sh"]
CMD ["mneme", "server", "--host", "0.0.0.0"]
