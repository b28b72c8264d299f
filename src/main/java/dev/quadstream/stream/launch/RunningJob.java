package dev.quadstream.stream.launch;

import dev.quadstream.stream.options.Directories;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;

/** A job that has been started. Thread-safe. */
public final class RunningJob {

  private final JobClient client;
  private final URI webPage;
  private CompletableFuture<JobExecutionResult> end;

  /** A job on a cluster. */
  public RunningJob(JobClient client) {
    this(client, null);
  }

  public RunningJob(JobClient client, URI webPage) {
    this.client = client;
    this.webPage = webPage;
  }

  /** Where Flink's web page is, for a job in this process; null for one on a cluster. */
  public URI webPage() {
    return webPage;
  }

  /** Flink's id of the job. */
  public String id() {
    return client.getJobID().toHexString();
  }

  /** What Flink says of it now. */
  public JobStatus status() throws InterruptedException, ExecutionException {
    return client.getJobStatus().get();
  }

  /** Whether it has come to an end, whichever. */
  public boolean hasEnded() {
    return end().isDone();
  }

  /**
   * Waits for the end.
   *
   * @throws ExecutionException if the job failed or was cancelled; the cause says why
   */
  public void await() throws InterruptedException, ExecutionException {
    end().get();
  }

  /**
   * Stops the sources, lets all windows be trained and the last model be published, and waits.
   *
   * @param savepointDirectory where the state goes
   * @param timeout how long to wait
   * @return the savepoint
   */
  public String drain(String savepointDirectory, Duration timeout)
      throws InterruptedException, ExecutionException, TimeoutException {
    return stop(true, savepointDirectory, timeout);
  }

  /**
   * Stops with a savepoint to go on from: open and waiting windows stay in it.
   *
   * @param savepointDirectory where the state goes
   * @param timeout how long to wait
   * @return the savepoint
   */
  public String stopWithSavepoint(String savepointDirectory, Duration timeout)
      throws InterruptedException, ExecutionException, TimeoutException {
    return stop(false, savepointDirectory, timeout);
  }

  /** Cancels and returns at once. */
  public void cancel() {
    client.cancel();
  }

  // Asked for once: a cluster's client begins to poll anew with each call, and such a future is
  // never
  // done at once. Not in the constructor: a job that is submitted and left has no need of it.
  private synchronized CompletableFuture<JobExecutionResult> end() {
    if (end == null) {
      end = client.getJobExecutionResult();
    }
    return end;
  }

  private String stop(boolean drain, String directory, Duration timeout)
      throws InterruptedException, ExecutionException, TimeoutException {
    return client
        .stopWithSavepoint(drain, Directories.asUri(directory), SavepointFormatType.CANONICAL)
        .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }
}
