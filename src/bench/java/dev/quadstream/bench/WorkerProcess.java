package dev.quadstream.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A {@link Worker} from outside. For one thread. */
final class WorkerProcess implements AutoCloseable {

  /** Of the libraries that PyTorch unpacks, in the build's directory. */
  private static final Path NATIVES =
      Path.of(System.getProperty("quadstream.bench.natives", "target/bench/natives"));

  private static final Path LOG = NATIVES.resolveSibling("workers.log");

  private final Engine engine;
  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader replies;

  private WorkerProcess(Engine engine, Process process) {
    this.engine = engine;
    this.process = process;
    this.requests = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), UTF_8));
    this.replies = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  /**
   * Starts a worker with this process's own class path and options.
   *
   * @param threads for its native code
   */
  static WorkerProcess start(Engine engine, int threads) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    if (engine == Engine.PYTORCH) {
      // What JavaCPP holds to its limit would be PyTorch's memory.
      command.add("-Dorg.bytedeco.javacpp.maxphysicalbytes=0");
      command.add("-Dai.djl.offline=true");
      command.add("-DOPT_OUT_TRACKING=true");
      command.add("-DDJL_CACHE_DIR=" + NATIVES);
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Worker.class.getName());
    command.add(engine.name());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(LOG.toFile()));
    Map<String, String> environment = builder.environment();
    environment.put("OMP_NUM_THREADS", Integer.toString(threads));
    environment.put("OMP_WAIT_POLICY", "PASSIVE");
    if (engine == Engine.PYTORCH) {
      // PyTorch allocates every activation anew: it is at its best where glibc keeps what is freed.
      environment.put("MALLOC_MMAP_THRESHOLD_", "1000000000");
      environment.put("MALLOC_TRIM_THRESHOLD_", "100000000000");
    }
    try {
      return new WorkerProcess(engine, builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException("The process of %s did not start.".formatted(engine), e);
    }
  }

  /** Does it so often in a row. */
  Worker.Reply run(SubjectSpec subject, int repetitions) {
    return ask(new Worker.Request(subject, repetitions));
  }

  /** Lets go what the subject holds. */
  void release(SubjectSpec subject) {
    ask(new Worker.Request(subject, 0));
  }

  private Worker.Reply ask(Worker.Request request) {
    Worker.Reply reply;
    try {
      requests.write(Worker.JSON.writeValueAsString(request));
      requests.newLine();
      requests.flush();
      String line = replies.readLine();
      if (line == null) {
        throw new BenchException(
            "The process of %s ended while it did %s; what it said is in %s."
                .formatted(engine, request.subject(), LOG));
      }
      reply = Worker.JSON.readValue(line, Worker.Reply.class);
    } catch (IOException e) {
      throw new UncheckedIOException("The process of %s is gone.".formatted(engine), e);
    }
    if (reply.error() != null) {
      throw new BenchException(
          "%s failed at %s, see %s: %s".formatted(engine, request.subject(), LOG, reply.error()));
    }
    return reply;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
