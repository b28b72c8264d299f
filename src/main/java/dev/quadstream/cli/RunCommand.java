package dev.quadstream.cli;

import static org.apache.commons.lang3.exception.ExceptionUtils.getRootCause;

import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicCheck;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.stream.KafkaConnectors;
import dev.quadstream.stream.launch.FreeSlots;
import dev.quadstream.stream.launch.JobLauncher;
import dev.quadstream.stream.launch.NetworkBuffers;
import dev.quadstream.stream.launch.RunningJob;
import dev.quadstream.stream.launch.SecondJob;
import dev.quadstream.stream.launch.StartingPoint;
import dev.quadstream.stream.operator.StartModel;
import dev.quadstream.stream.options.Directories;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.startup.StartRefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.flink.util.ExceptionUtils;
import org.apache.flink.util.FlinkException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code run}: the job, in this process or on a cluster. */
@Command(
    name = "run",
    footer = {"%nFor example:", "  quadstream run --config quadstream.yaml"},
    description = {
      "Runs the job on the images of a Kafka topic.",
      "Without flink.address it runs in this process until Ctrl-C, which leaves a savepoint to go"
          + " on from; with it, the job is submitted to that cluster and the command returns."
    })
final class RunCommand implements Callable<Integer> {

  private static final Duration SAVEPOINT_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

  /** For the slots of a job that is just ending, or of a TaskManager that is just starting. */
  private static final Duration STARTING = Duration.ofSeconds(8);

  /** For a job that is just being cancelled. */
  private static final Duration ENDING = Duration.ofSeconds(6);

  @Mixin private ConfigurationArguments configuration;

  @Option(
      names = "--from-savepoint",
      paramLabel = "PATH",
      description =
          "Goes on from a savepoint or a retained checkpoint. 'latest' is the newest whole one of"
              + " this pipeline, wherever it lies, or a new run where there has been none.")
  private String savepoint;

  @Option(
      names = "--rescale",
      description =
          "Goes over to another number of replicas than the savepoint's, with the end of a round.")
  private boolean rescale;

  @Option(
      names = "--new-run",
      description =
          "Begins a new run, though an earlier one has left a checkpoint or models to go on from.")
  private boolean newRun;

  @Option(
      names = "--from-model",
      paramLabel = "FILE",
      description = "Starts a new run from a model's parameters: the option network.start-from.")
  private String model;

  @Option(
      names = "--web-port",
      paramLabel = "N",
      description = "Port of Flink's web page in this process. Default: 8081, or a free one.")
  private Integer webPort;

  @Option(names = "--create-topics", description = "Creates output topics that are not there.")
  private boolean createTopics;

  @Option(
      names = "--jar",
      paramLabel = "FILE",
      description = "The job's jar for a cluster. Default: the one that this program runs from.")
  private Path jar;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Interruption.onSignals(Thread.currentThread());
    if (rescale && savepoint == null) {
      throw CommandException.usage(
          "--rescale goes over to another number of replicas than that of --from-savepoint PATH,"
              + " which is missing.");
    }
    if (newRun && savepoint != null) {
      throw CommandException.usage(
          "--new-run begins anew and --from-savepoint goes on: give one of them.");
    }
    if (model != null && savepoint != null) {
      throw CommandException.usage(
          "--from-model starts a run and --from-savepoint goes on with one and its own parameters:"
              + " give one of them.");
    }
    PipelineSettings settings = settings();
    String address = settings.get(JobConfig.FLINK_ADDRESS);
    if (address != null && webPort != null) {
      throw CommandException.usage(
          "--web-port is for a Flink in this process, and the one at %s = %s has a page of its own: give one of them."
              .formatted(JobConfig.FLINK_ADDRESS.key(), address));
    }
    String ports = webPort == null ? WebPort.preferred() : WebPort.required(webPort);
    if (address == null) {
      requireWritable("registry.directory", settings.registryDirectory());
      requireWritable("checkpoint.directory", settings.checkpointDirectory());
    }
    String from = new StartingPoint(settings).resolve(savepoint, newRun);
    if (savepoint != null) {
      say(from == null ? "No checkpoint yet: the job starts anew." : "Going on from " + from);
    }
    String start = settings.get(NetworkConfig.START_FROM);
    if (from == null && address == null) {
      // Before anything starts; on a cluster its TaskManager tells.
      StartModel.of(settings);
    }
    if (!start.isEmpty()) {
      say(
          from == null
              ? "The run starts from the model " + start
              : "The run goes on with its own parameters, and %s = %s is not read."
                  .formatted(NetworkConfig.START_FROM.key(), start));
    }
    if (address == null) {
      requireTopics(settings);
      return runHere(settings, from, ports);
    }
    FlinkCluster flink = FlinkCluster.at(address);
    String jobJar = jobJar();
    flink.requireReachable();
    requireTopics(settings);
    new FreeSlots(flink::get).require(settings, STARTING);
    NetworkBuffers.warning(settings, flink::get).ifPresent(this::warn);
    return submit(settings, flink, jobJar, from);
  }

  private PipelineSettings settings() {
    PipelineSettings settings = configuration.settings();
    if (model != null) {
      settings = settings.with(NetworkConfig.START_FROM, Directories.asUri(model));
    }
    return rescale ? settings.rescaling() : settings;
  }

  private void requireTopics(PipelineSettings settings) throws InterruptedException {
    KafkaCluster kafka = new KafkaCluster(settings);
    try (TopicAdmin admin = kafka.admin()) {
      admin.requireReachable();
      admin.describe(List.of(kafka.topics().images()));
      if (createTopics) {
        admin
            .create(kafka.topics(), 1, TopicAdmin.BROKERS_REPLICATION)
            .forEach(topic -> say("Created topic " + topic + "."));
      }
      admin.describe(kafka.topics().all());
      kafka.findings(admin).forEach(this::heed);
      SecondJob.refuse(admin, settings, ENDING, this::say);
      SecondJob.besides(admin, settings).forEach(this::warn);
    }
  }

  private void heed(TopicCheck.Finding finding) {
    if (finding.fatal()) {
      throw CommandException.configuration(finding.message(), null);
    }
    warn(finding.message());
  }

  private void warn(String line) {
    spec.commandLine().getErr().println(Headers.printableLines(line));
  }

  private static void requireWritable(String option, org.apache.flink.core.fs.Path directory) {
    try {
      new ModelRegistry(directory).checkWritable();
    } catch (RegistryException e) {
      throw CommandException.configuration(
          "Option %s = %s: %s".formatted(option, directory, e.getMessage()), e);
    }
  }

  private int runHere(PipelineSettings settings, String from, String ports) throws Exception {
    RunningJob job = JobLauncher.startHere(settings, KafkaConnectors.of(settings), ports, from);
    say("Flink's web page: " + job.webPage());
    say(
        "Job %s runs on topic %s. Ctrl-C stops it with a savepoint."
            .formatted(job.id(), new KafkaCluster(settings).topics().images()));
    try {
      job.await();
      say("The job has finished.");
      return ExitCode.OK;
    } catch (InterruptedException e) {
      return stop(job, settings);
    } catch (ExecutionException e) {
      if (ExceptionUtils.findThrowable(e, StartRefusedException.class).isPresent()) {
        throw e;
      }
      throw CommandException.failed("The job failed: " + Failures.sentenceOf(getRootCause(e)), e);
    }
  }

  private int stop(RunningJob job, PipelineSettings settings) throws InterruptedException {
    say("Stopping with a savepoint ...");
    String directory =
        new org.apache.flink.core.fs.Path(settings.checkpointDirectory(), "savepoints").toString();
    try {
      String left = job.stopWithSavepoint(directory, SAVEPOINT_TIMEOUT);
      say(
          "Stopped. Go on from here with: quadstream run ... --from-savepoint "
              + ShellWord.of(left));
      return ExitCode.INTERRUPTED;
    } catch (ExecutionException | TimeoutException e) {
      job.cancel();
      throw CommandException.failed(
          "The job was stopped without a savepoint (%s). Go on from its newest checkpoint with --from-savepoint latest."
              .formatted(getRootCause(e)),
          e);
    }
  }

  private int submit(PipelineSettings settings, FlinkCluster flink, String jobJar, String from)
      throws Exception {
    RunningJob job;
    try {
      job =
          JobLauncher.submit(
              settings, KafkaConnectors.of(settings), flink.address(), List.of(jobJar), from);
    } catch (FlinkException e) {
      throw notAccepted(settings, e);
    }
    say("Submitted job %s; follow it at %s.".formatted(job.id(), flink.page()));
    JobStart start = new JobStart(flink, job.id());
    if (start.await(START_TIMEOUT)) {
      say("Every task runs.");
    } else {
      say(
          "After %d s not every task runs, for want of free slots or of something that it waits for: %s"
              .formatted(START_TIMEOUT.toSeconds(), start.lastFailure()));
    }
    return ExitCode.OK;
  }

  /** What the JobManager says before it starts any task. */
  private static CommandException notAccepted(PipelineSettings settings, FlinkException failure) {
    String reason =
        ExceptionUtils.findThrowableWithMessage(failure, "implementation for scheme")
            .orElse(getRootCause(failure))
            .getMessage();
    if (ExceptionUtils.findThrowableWithMessage(failure, "checkpoint storage").isPresent()) {
      return CommandException.configuration(
          "Option checkpoint.directory = %s: the JobManager cannot keep checkpoints there (%s). Give a directory that it can write, on a file system that the cluster has."
              .formatted(settings.checkpointDirectory(), reason),
          failure);
    }
    return CommandException.failed("The cluster did not accept the job: " + reason, failure);
  }

  private String jobJar() throws java.net.URISyntaxException {
    Path file =
        jar != null
            ? jar
            : Path.of(RunCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isRegularFile(file) && file.toString().endsWith(".jar")) {
      return file.toAbsolutePath().toString();
    }
    throw CommandException.usage(
        jar == null
            ? "A cluster needs the job's jar, and this program runs from classes in %s. Build the jar with 'mvn package' and give it with --jar."
                .formatted(file)
            : "--jar %s is no jar file.".formatted(jar));
  }

  private void say(String line) {
    spec.commandLine().getOut().println(Headers.printableLines(line));
  }
}
