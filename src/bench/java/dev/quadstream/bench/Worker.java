package dev.quadstream.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.quadstream.network.environment.NativeThreads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;

/**
 * The process of one side: does what the lines of its input ask for, one reply a line, until the
 * input ends.
 */
final class Worker {

  /** Both ends of the pipe read and write with this. */
  static final JsonMapper JSON = new JsonMapper();

  private final Engine engine;
  private final Map<SubjectSpec, Subject> subjects = new HashMap<>();

  private Worker(Engine engine) {
    this.engine = engine;
  }

  /**
   * A wish.
   *
   * @param subject of what; made at its first wish
   * @param repetitions how often in a row, 0 to close it
   */
  record Request(SubjectSpec subject, int repetitions) {}

  /**
   * What came of it.
   *
   * @param nanos time for all repetitions together
   * @param results what each repetition returned
   * @param error null where all went well
   */
  @SuppressWarnings("ArrayRecordComponent") // Read once.
  record Reply(long nanos, double[] results, String error) {}

  /** Serves the {@link Engine} that the argument names. */
  public static void main(String[] arguments) throws IOException {
    PrintStream replies = System.out;
    // What a library prints must not get between the replies.
    System.setOut(System.err);
    NativeThreads.limit(Integer.parseInt(System.getenv("OMP_NUM_THREADS")));
    Worker worker = new Worker(Engine.valueOf(arguments[0]));
    try (BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      for (String line = requests.readLine(); line != null; line = requests.readLine()) {
        replies.println(JSON.writeValueAsString(worker.serve(JSON.readValue(line, Request.class))));
        replies.flush();
      }
    }
    // PyTorch and Deeplearning4j leave threads behind.
    System.exit(0);
  }

  private Reply serve(Request request) {
    try {
      return run(request);
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      e.printStackTrace(System.err);
      return new Reply(0, new double[0], e.toString());
    }
  }

  private Reply run(Request request) {
    if (request.repetitions() == 0) {
      Subject closed = subjects.remove(request.subject());
      if (closed != null) {
        closed.close();
      }
      return new Reply(0, new double[0], null);
    }
    Subject subject = subjects.computeIfAbsent(request.subject(), this::create);
    double[] results = new double[request.repetitions()];
    long start = System.nanoTime();
    for (int i = 0; i < results.length; i++) {
      results[i] = subject.run();
    }
    return new Reply(System.nanoTime() - start, results, null);
  }

  private Subject create(SubjectSpec spec) {
    return switch (engine) {
      case QUADSTREAM -> QuadstreamSubjects.create(spec);
      case PYTORCH -> PyTorchSubjects.create(spec);
      case ONNX_RUNTIME -> onnxRuntime(spec);
    };
  }

  private static Subject onnxRuntime(SubjectSpec spec) {
    return switch (spec.work()) {
      case INFERENCE -> new OnnxRuntimeInference(Workload.of(spec.trunk(), spec.size()));
      case BACKBONE, BACKBONE_BATCH -> BackboneSubjects.alone(spec);
      default -> throw new IllegalArgumentException("ONNX Runtime only embeds.");
    };
  }
}
