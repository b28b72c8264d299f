package dev.quadstream.kafka;

import java.nio.file.Path;

/** A program that starts a broker, says its process id, and waits to be killed. */
final class TestingBrokerParent {

  private TestingBrokerParent() {}

  public static void main(String[] arguments) throws Exception {
    KafkaBrokerProcess broker =
        KafkaBrokerProcess.launch(Path.of(arguments[0]), 0, Path.of(arguments[1])).awaitReady();
    System.out.println(broker.pid());
    Thread.currentThread().join();
  }
}
