package dev.quadstream.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.LoggerFactory;

/**
 * The classes that a demo has loaded and linked, as a file that later JVMs map instead of doing so
 * again: loading classes is the larger part of a start. The start script says where, and hands the
 * file to the JVMs after this one.
 */
final class ClassArchive {

  /** The file to write; not set where there is one, or none is wanted. */
  private static final String TO_WRITE = "quadstream.class-archive.to-write";

  private static final String DIAGNOSTIC_COMMANDS = "com.sun.management:type=DiagnosticCommand";

  private ClassArchive() {}

  /**
   * Writes the archive where one is asked for, whole or not at all. All threads stand still
   * meanwhile, for some seconds.
   */
  static void writeIfAsked(PrintStream out) {
    String file = System.getProperty(TO_WRITE);
    if (file == null) {
      return;
    }
    out.println("Keeping the loaded classes, so that later starts are faster ...");
    // The JDK tells it there, too, in words of its own.
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    try {
      write(Path.of(file));
    } catch (JMException | RuntimeException e) {
      // By another vendor's JVM, say: later starts are as slow as this one.
      LoggerFactory.getLogger(ClassArchive.class).warn("No archive of classes was written.", e);
    } finally {
      System.setOut(out);
    }
  }

  /** By the VM's own command, as {@code jcmd VM.cds dynamic_dump} has it. */
  private static void write(Path file) throws JMException {
    Object[] arguments = {new String[] {"dynamic_dump", file.toString()}};
    String[] signature = {String[].class.getName()};
    Object said =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(new ObjectName(DIAGNOSTIC_COMMANDS), "vmCds", arguments, signature);
    LoggerFactory.getLogger(ClassArchive.class).debug("Archive of classes: {}", said);
  }
}
