# syntax=docker/dockerfile:1
# The images of the pipeline: docker build --target node -t log-pipeline-node:0.1.0 .   (likewise aggregator, local)
# The bases have no shell and no package manager; nothing is written but under mounted volumes, so a read-only root file system is fine.
ARG DOTNET=10.0-noble

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:${DOTNET} AS build
ARG TARGETARCH
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY src/ src/

# Compiled ahead but for the hot path: 3 to 6 CPU seconds less for the start of a node and an aggregator.
FROM build AS build-node
RUN dotnet publish src/Node -c Release -a $TARGETARCH --self-contained false -p:PublishReadyToRun=true -o /app

FROM build AS build-aggregator
RUN dotnet publish src/Aggregator -c Release -a $TARGETARCH --self-contained false -p:PublishReadyToRun=true -o /app

FROM build AS build-local
RUN dotnet publish src/Local -c Release -a $TARGETARCH --self-contained false -o /app

FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET}-chiseled AS runtime
# No diagnostics port: it would be a socket under /tmp.
ENV DOTNET_EnableDiagnostics=0
# 4 MiB of new objects between two collections: members pass chunks of 64 KiB on, and half as many collections cost a tenth less CPU time.
ENV DOTNET_GCgen0size=0x400000
WORKDIR /app

FROM runtime AS node
COPY --from=build-node /app .
# Container logs belong to root, mode 0640; the DaemonSet drops every capability but DAC_READ_SEARCH.
USER 0:0
ENTRYPOINT ["dotnet", "/app/pipeline-node.dll"]

FROM runtime AS aggregator
COPY --from=build-aggregator /app .
USER 1654:1654
ENTRYPOINT ["dotnet", "/app/pipeline-aggregator.dll"]

FROM runtime AS local
COPY --from=build-local /app .
USER 1654:1654
ENTRYPOINT ["dotnet", "/app/pipeline.dll"]
