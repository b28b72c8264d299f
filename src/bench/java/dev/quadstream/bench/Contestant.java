package dev.quadstream.bench;

/**
 * One side of a comparison.
 *
 * @param process that it runs in
 * @param subject what it does there
 */
record Contestant(WorkerProcess process, SubjectSpec subject) {

  Worker.Reply run(int repetitions) {
    return process.run(subject, repetitions);
  }

  void release() {
    process.release(subject);
  }
}
