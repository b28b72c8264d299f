package dev.quadstream.kafka;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

/** The settings of a single-node KRaft broker that only this machine can reach. */
final class BrokerSettings {

  static final int NODE_ID = 1;
  static final String CONTROLLER_LISTENER = "CONTROLLER";

  private static final String HOST = "127.0.0.1";

  private BrokerSettings() {}

  static String bootstrapServers(int port) {
    return HOST + ":" + port;
  }

  static Properties of(Path directory, int brokerPort, int controllerPort) {
    Properties settings = new Properties();
    settings.setProperty("process.roles", "broker,controller");
    settings.setProperty("node.id", Integer.toString(NODE_ID));
    settings.setProperty("log.dirs", directory.toString());
    addListeners(settings, brokerPort, controllerPort);
    addInternalTopics(settings);
    addSizes(settings);
    // A topic that is missing is to be an error that names it, not an empty topic.
    settings.setProperty("auto.create.topics.enable", "false");
    // After a kill the new process must wait for the old one's session to end: 9 s by default.
    settings.setProperty("broker.session.timeout.ms", "4000");
    settings.setProperty("broker.heartbeat.interval.ms", "1000");
    settings.setProperty("group.initial.rebalance.delay.ms", "0");
    // Flink's exactly-once sink may hold a transaction open over several failed checkpoints; the
    // default cap of 15 minutes would reject its producers.
    settings.setProperty(
        "transaction.max.timeout.ms", Long.toString(Duration.ofHours(2).toMillis()));
    return settings;
  }

  private static void addListeners(Properties settings, int brokerPort, int controllerPort) {
    String broker = "PLAINTEXT://" + HOST + ":" + brokerPort;
    String controller = CONTROLLER_LISTENER + "://" + HOST + ":" + controllerPort;
    settings.setProperty("listeners", broker + "," + controller);
    settings.setProperty("advertised.listeners", broker);
    settings.setProperty("controller.listener.names", CONTROLLER_LISTENER);
    settings.setProperty(
        "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.setProperty("inter.broker.listener.name", "PLAINTEXT");
    settings.setProperty("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
  }

  private static void addInternalTopics(Properties settings) {
    for (String topic :
        new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
      settings.setProperty(topic + ".replication.factor", "1");
      settings.setProperty(topic + ".num.partitions", "2");
    }
    settings.setProperty("transaction.state.log.min.isr", "1");
    settings.setProperty("share.coordinator.state.topic.min.isr", "1");
  }

  private static void addSizes(Properties settings) {
    settings.setProperty("num.network.threads", "2");
    settings.setProperty("num.io.threads", "4");
    settings.setProperty("background.threads", "2");
    // The default of 128 MiB is a third of the child JVM's heap.
    settings.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20));
    settings.setProperty("message.max.bytes", Integer.toString(Topics.MAX_MESSAGE_BYTES));
  }
}
