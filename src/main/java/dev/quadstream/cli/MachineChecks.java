package dev.quadstream.cli;

import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.stream.startup.ExecutableDirectory;
import dev.quadstream.stream.startup.OpenMpThreads;
import dev.quadstream.stream.startup.StartRefusedException;
import java.nio.file.Path;
import java.util.Map;

/** Looks at Java, the environment, ports, versions and directories; touches no native library. */
final class MachineChecks {

  private static final int JAVA = 17;

  private MachineChecks() {}

  static Finding java(int feature, String version) {
    if (feature < JAVA) {
      return Finding.problem(
          "Java", version + " is too old: install a JDK 17 and set JAVA_HOME or PATH to it.");
    }
    return feature == JAVA
        ? Finding.ok("Java", version)
        : Finding.warning(
            "Java", version + ": built and tested with 17; go back to it if in doubt.");
  }

  static Finding nativeThreads(Map<String, String> environment, int cores) {
    try {
      OpenMpThreads.requireValid(environment);
      return Finding.ok("native threads", "%d, one for each core".formatted(cores));
    } catch (StartRefusedException e) {
      return Finding.problem("native threads", e.getMessage());
    }
  }

  static Finding port(int port, String use, boolean free) {
    String subject = "port " + port;
    return free
        ? Finding.ok(subject, "free for " + use)
        : Finding.warning(
            subject,
            "taken. Fine if that is your %s; otherwise choose another port.".formatted(use));
  }

  static Finding kafkaClients(String version) {
    String[] parts = version.split("[.-]");
    try {
      int major = Integer.parseInt(parts[0]);
      int minor = Integer.parseInt(parts[1]);
      if (major > 4 || (major == 4 && minor >= 3)) {
        return Finding.warning(
            "kafka-clients",
            version + ": exactly-once jobs never finish with 4.3 and later; use 4.2.");
      }
      return Finding.ok("kafka-clients", version);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return Finding.warning("kafka-clients", "unknown version '" + version + "'; 4.2 is tested.");
    }
  }

  static Finding directory(String subject, org.apache.flink.core.fs.Path directory) {
    try {
      new ModelRegistry(directory).checkWritable();
      return Finding.ok(subject, "can be written: " + directory);
    } catch (RegistryException e) {
      return Finding.problem(subject, e.getMessage());
    }
  }

  static Finding temporaryDirectory(Path directory) {
    try {
      ExecutableDirectory.require(directory);
      return Finding.ok("temporary", "can be written and executed from: " + directory);
    } catch (StartRefusedException e) {
      return Finding.problem("temporary", e.getMessage());
    }
  }

  /** Java decodes file names so; in ASCII all other characters become the same one. */
  static Finding fileNames(String encoding) {
    return encoding.equalsIgnoreCase("UTF-8")
        ? Finding.ok("file names", "UTF-8")
        : Finding.problem(
            "file names",
            "%s by the locale, so that names beyond it are taken for one another: set LC_ALL=C.UTF-8 before Java starts."
                .formatted(encoding));
  }

  /** Heap and native memory together against what the machine or container has, all in bytes. */
  static Finding memory(long heap, long nativeLimit, boolean nativeLimitIsSet, long machine) {
    String sizes =
        "heap %d MiB, native %d MiB of %d MiB"
            .formatted(heap >> 20, nativeLimit >> 20, machine >> 20);
    if (heap + nativeLimit > machine) {
      return Finding.warning(
          "memory", sizes + ": may be killed; lower -Xmx or -Dorg.bytedeco.javacpp.maxbytes.");
    }
    return nativeLimitIsSet
        ? Finding.ok("memory", sizes)
        : Finding.warning(
            "memory",
            sizes
                + ", the native limit by default: set -Dorg.bytedeco.javacpp.maxbytes and maxphysicalbytes.");
  }
}
