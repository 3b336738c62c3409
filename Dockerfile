# syntax=docker/dockerfile:1
# The static program alone. The build context holds it as linux/amd64/sessionlint and linux/arm64/sessionlint, which the
# release workflow takes from its archives:
#   docker run --rm --volume "$PWD:/project:ro" IMAGE check
FROM scratch
ARG TARGETPLATFORM
COPY --chmod=755 ${TARGETPLATFORM}/sessionlint /usr/bin/sessionlint
WORKDIR /project
# Nothing that a container keeps outlives it.
ENV SESSIONLINT_CACHE_DIR=""
USER 65534:65534
ENTRYPOINT ["/usr/bin/sessionlint"]
CMD ["check"]
