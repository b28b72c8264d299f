package dev.quadstream.cli.demo;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.kafka.KafkaImageProducer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Sends images at the pace at which they are trained on: never more than a few windows ahead, so
 * that the demo shows the job's own speed and stops soon after it is told to.
 */
final class DemoFeed implements AutoCloseable {

  private final DemoSource source;
  private final KafkaImageProducer producer;
  private final DemoQuestions questions;
  private final long images;
  private final long ahead;
  private final LongSupplier done;
  private final AtomicLong labelled = new AtomicLong();
  private final Thread thread = new Thread(this::send, "demo-feed");
  private volatile boolean sentAll;
  private volatile boolean stopping;
  private volatile RuntimeException failure;

  /**
   * A feed that has not started.
   *
   * @param questions says which are sent without their label
   * @param images sends so many and ends
   * @param ahead at most so many with a label more than {@code done} are on their way
   * @param done how many images have been trained on, or refused
   */
  DemoFeed(
      DemoSource source,
      KafkaImageProducer producer,
      DemoQuestions questions,
      long images,
      long ahead,
      LongSupplier done) {
    this.source = source;
    this.producer = producer;
    this.questions = questions;
    this.images = images;
    this.ahead = ahead;
    this.done = done;
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Wakes the feed up to look again at how much has been trained on. */
  synchronized void progressed() {
    notifyAll();
  }

  /** Whether Kafka has all of them. */
  boolean hasSentAll() {
    if (failure != null) {
      throw failure;
    }
    return sentAll;
  }

  /** Images sent so far that have a label. */
  long labelled() {
    return labelled.get();
  }

  /** Sends no more images; what was sent is flushed. */
  @Override
  public void close() throws InterruptedException {
    stopping = true;
    progressed();
    thread.join();
    producer.close();
  }

  private void send() {
    try {
      long sent = 0;
      for (; sent < images && awaitBacklogBelowLimit(); sent++) {
        EncodedImage image = source.next();
        String label = questions.labelOf(image);
        producer.send(
            image.id(), label, image.contentType(), image.bytes(), System.currentTimeMillis());
        if (label != null) {
          labelled.incrementAndGet();
        }
      }
      producer.flush();
      sentAll = sent == images;
    } catch (RuntimeException e) {
      failure = e;
    } catch (Error e) {
      failure = new IllegalStateException("No more images were sent: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean awaitBacklogBelowLimit() throws InterruptedException {
    while (!stopping && labelled.get() - done.getAsLong() >= ahead) {
      wait();
    }
    return !stopping;
  }
}
