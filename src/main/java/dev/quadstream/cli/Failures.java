package dev.quadstream.cli;

import static org.apache.commons.lang3.exception.ExceptionUtils.getRootCause;

import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.UnfittingFlagException;
import dev.quadstream.json.MalformedMessageException;
import dev.quadstream.kafka.KafkaBrokerException;
import dev.quadstream.kafka.KafkaSendException;
import dev.quadstream.kafka.KafkaUnreachableException;
import dev.quadstream.kafka.MissingTopicException;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.stream.options.ConfigurationException;
import dev.quadstream.stream.options.InvalidOptionException;
import dev.quadstream.stream.startup.StartRefusedException;
import dev.quadstream.training.TrainingDivergedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import picocli.CommandLine;

/**
 * Turns what a command throws into an exit code and a line or two for people; the stack trace comes
 * with {@code --verbose} only.
 */
final class Failures implements CommandLine.IExecutionExceptionHandler {

  /** Those whose message was written for the person at the terminal. */
  private static final List<Class<? extends Exception>> SPEAK_FOR_THEMSELVES =
      List.of(
          CommandException.class,
          ConfigurationException.class,
          InvalidOptionException.class,
          DatasetException.class,
          KafkaBrokerException.class,
          KafkaSendException.class,
          KafkaUnreachableException.class,
          MalformedMessageException.class,
          MissingTopicException.class,
          ModelFormatException.class,
          RegistryException.class,
          TrainingDivergedException.class,
          IllegalArgumentException.class);

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, CommandLine.ParseResult parsed) {
    PrintWriter err = commandLine.getErr();
    int code = exitCodeOf(failure);
    if (code == ExitCode.INTERRUPTED) {
      err.println("Interrupted.");
    } else {
      err.println(commandLine.getColorScheme().errorText(sentenceOf(failure)));
    }
    Quadstream root = (Quadstream) commandLine.getCommandSpec().root().userObject();
    if (root.isVerbose()) {
      err.println(traceOf(failure));
    }
    return code;
  }

  static int exitCodeOf(Throwable failure) {
    if (failure instanceof CommandException known) {
      return known.exitCode();
    }
    if (isInterruption(failure)) {
      return ExitCode.INTERRUPTED;
    }
    if (failure instanceof UnfittingFlagException) {
      return ExitCode.USAGE;
    }
    if (failure instanceof KafkaUnreachableException
        || failure instanceof MissingTopicException
        || failure.getCause() instanceof AuthorizationException) {
      return ExitCode.UNAVAILABLE;
    }
    if (failure instanceof ConfigurationException
        || failure instanceof InvalidOptionException
        || refusalIn(failure).isPresent()) {
      return ExitCode.CONFIGURATION;
    }
    return ExitCode.FAILED;
  }

  /** An interrupted thread's reads and waits end in one of these, which others wrap. */
  private static boolean isInterruption(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof InterruptedException
          || cause instanceof InterruptException
          || cause instanceof ClosedByInterruptException
          || cause instanceof FileLockInterruptionException) {
        return true;
      }
    }
    return false;
  }

  /** The failure in a sentence, without what a terminal would obey of texts that it quotes. */
  static String sentenceOf(Throwable failure) {
    Optional<StartRefusedException> refusal = refusalIn(failure);
    String message =
        Headers.printableLines(
            Objects.requireNonNullElse(
                refusal.map(Throwable::getMessage).orElse(failure.getMessage()), "no details"));
    if (refusal.isPresent()
        || SPEAK_FOR_THEMSELVES.stream().anyMatch(type -> type.isInstance(failure))) {
      return message;
    }
    if (failure instanceof LinkageError) {
      return "A library does not load (%s). 'bin/quadstream doctor' looks for the cause, such as a directory for natives that allows no execution."
          .formatted(Headers.printableLines(getRootCause(failure).toString()));
    }
    if (failure instanceof IOException || failure instanceof KafkaException) {
      return failure.getClass().getSimpleName() + ": " + message;
    }
    return "%s: %s. This is not expected; --verbose shows where it happened."
        .formatted(failure.getClass().getSimpleName(), message);
  }

  /** The stack trace, of which the same holds. */
  static String traceOf(Throwable failure) {
    return Headers.printableLines(ExceptionUtils.stringifyException(failure).replace("\t", "    "));
  }

  private static Optional<StartRefusedException> refusalIn(Throwable failure) {
    return ExceptionUtils.findThrowable(failure, StartRefusedException.class);
  }
}
