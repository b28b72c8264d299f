# Quadstream on Flink: the JobManager, the TaskManager and every command of bin/quadstream.

FROM maven:3.9.9-eclipse-temurin-17@sha256:f58d59b6273e785ac0a4477f6e9b5ba1d7731c75b906c0f7b34076f1851318cc AS build
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -q --no-transfer-progress package -Dmaven.test.skip=true -Dspotless.check.skip=true \
    && mkdir /distribution \
    && tar -xzf target/quadstream-*-bin.tar.gz -C /distribution --strip-components=1

FROM flink:2.2.1-java17@sha256:140c3909f06cbea741be78fc630e809fae9dadcbfa492a684acf39efbbf68946

USER root
# What AWT needs to draw the icons that 'quadstream produce' sends.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fontconfig fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build --chown=flink:flink /distribution /opt/quadstream
COPY --chmod=755 deploy/docker/job.sh /usr/local/bin/quadstream-job
# ND4J, Deeplearning4j and JavaCPP on Flink's own class path, the job on that of the user's code.
RUN ln -s /opt/quadstream/lib/*.jar /opt/flink/lib/ \
    && mkdir -p /opt/flink/usrlib \
    && ln -s /opt/quadstream/job/quadstream-job-*.jar /opt/flink/usrlib/quadstream-job.jar \
    && cp /opt/quadstream/conf/flink/* /opt/flink/conf/ \
    && ln -s /opt/quadstream/bin/quadstream /usr/local/bin/quadstream \
    && mkdir -p /opt/quadstream/checkpoints /opt/quadstream/savepoints /opt/quadstream/models /opt/quadstream/search /opt/quadstream/work \
    && chown -R flink:flink /opt/quadstream /opt/flink/conf /opt/flink/usrlib

# flink-conf/config.yaml says why. The last one because the others are glibc's, which Flink's image
# would replace by jemalloc.
ENV MALLOC_MMAP_THRESHOLD_=1000000 \
    MALLOC_ARENA_MAX=2 \
    DISABLE_JEMALLOC=true

USER flink
# Unpacked here once, into this user's cache of JavaCPP; else every start of a container would.
RUN java -cp '/opt/quadstream/job/*:/opt/quadstream/lib/*:/opt/quadstream/local/*' \
      dev.quadstream.network.environment.NativeLibraries
# The entry point is Flink's: standalone-job, taskmanager, or any command.
