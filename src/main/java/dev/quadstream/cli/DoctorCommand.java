package dev.quadstream.cli;

import com.sun.management.OperatingSystemMXBean;
import dev.quadstream.cli.Finding.Level;
import dev.quadstream.kafka.FreePorts;
import dev.quadstream.network.environment.NativeLibraries;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.startup.MemoryDemand;
import dev.quadstream.stream.startup.MemoryLimits;
import dev.quadstream.stream.startup.StartRefusedException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.common.utils.AppInfoParser;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doctor}: what commonly breaks an installation. */
@Command(
    name = "doctor",
    footer = {"%nFor example:", "  quadstream doctor"},
    description = "Looks for what commonly breaks an installation, and says what to do.")
final class DoctorCommand implements Callable<Integer> {

  private static final int KAFKA_PORT = 9092;

  @Option(
      names = "--kafka",
      description =
          "Also looks at the run: whether its topics fit, and by its newest reports whether it is"
              + " well.")
  private boolean kafka;

  @Option(
      names = "--flink",
      paramLabel = "URL",
      arity = "0..1",
      fallbackValue = "http://localhost:8081",
      converter = FlinkPage.class,
      description =
          "Also asks the Flink of this page whether the job runs. Default: ${FALLBACK-VALUE}.")
  private URI flink;

  @Mixin private ConfigurationArguments configuration;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    PipelineSettings settings = configuration.settings();
    Map<String, String> environment = ((Quadstream) spec.root().userObject()).environment();
    int cores = Runtime.getRuntime().availableProcessors();
    Finding threads = MachineChecks.nativeThreads(environment, cores);
    List<Supplier<Finding>> checks =
        List.of(
            () ->
                MachineChecks.java(Runtime.version().feature(), System.getProperty("java.version")),
            () -> MachineChecks.fileNames(System.getProperty("sun.jnu.encoding")),
            () -> threads,
            DoctorCommand::natives,
            () -> oneDnn(settings, threads),
            DoctorCommand::memory,
            () -> memoryDemand(settings),
            NativeChecks::fonts,
            () ->
                MachineChecks.port(
                    WebPort.USUAL, "Flink's web page", FreePorts.isFree(WebPort.USUAL)),
            () -> MachineChecks.port(KAFKA_PORT, "Kafka broker", FreePorts.isFree(KAFKA_PORT)),
            () -> MachineChecks.kafkaClients(AppInfoParser.getVersion()),
            () -> MachineChecks.directory("registry", settings.registryDirectory()),
            () -> MachineChecks.directory("checkpoints", settings.checkpointDirectory()),
            () -> MachineChecks.temporaryDirectory(Path.of(System.getProperty("java.io.tmpdir"))));
    int problems = 0;
    for (Supplier<Finding> check : checks) {
      problems += print(check.get());
    }
    RunChecks run = new RunChecks(settings);
    if (kafka) {
      problems += print(run.topics());
    }
    if (kafka || flink != null) {
      problems += print(run.run(kafka, flink));
    }
    return problems == 0 ? ExitCode.OK : ExitCode.FAILED;
  }

  private int print(List<Finding> findings) {
    return findings.stream().mapToInt(this::print).sum();
  }

  /** How many problems it is. */
  private int print(Finding finding) {
    spec.commandLine().getOut().println(finding);
    return finding.level() == Level.PROBLEM ? 1 : 0;
  }

  private static Finding natives() {
    String platform = NativeLibraries.platform();
    return NativeChecks.processor(
        NativeChecks.processorFlags(), NativeChecks.nativeBuild(platform), platform);
  }

  private static Finding oneDnn(PipelineSettings settings, Finding threads) {
    return threads.level() == Level.PROBLEM
        ? Finding.warning("oneDNN", "not looked at, since OMP_NUM_THREADS may end the process")
        : NativeChecks.oneDnn(settings.network());
  }

  private static Finding memoryDemand(PipelineSettings settings) {
    try {
      MemoryDemand demand = MemoryDemand.of(settings);
      MemoryDemand labels = MemoryDemand.ofLabels(settings);
      MemoryLimits.ofThisProcess(new Configuration())
          .require(
              demand.times(settings.replicas()).and(MemoryDemand.ofMerge(settings)).and(labels));
      String ofReplica =
          "a replica takes at least %d MiB of native memory and %d MiB of heap, images that wait for labels up to %d MiB of heap"
              .formatted(
                  (demand.nativeBytes() >> 20) + 1,
                  (demand.heapBytes() >> 20) + 1,
                  (labels.heapBytes() >> 20) + 1);
      return Finding.ok(
          "memory demand",
          demand.backboneBytes() == 0
              ? ofReplica
              : "%s, the backbone %d MiB of native memory"
                  .formatted(ofReplica, (demand.backboneBytes() >> 20) + 1));
    } catch (StartRefusedException e) {
      return Finding.problem("memory demand", e.getMessage());
    } catch (LinkageError e) {
      return Finding.warning("memory demand", "not looked at, since the natives do not load");
    }
  }

  private static Finding memory() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return MachineChecks.memory(
        Runtime.getRuntime().maxMemory(),
        NativeLibraries.arrayLimitBytes(),
        System.getProperty("org.bytedeco.javacpp.maxbytes") != null,
        system.getTotalMemorySize());
  }
}
