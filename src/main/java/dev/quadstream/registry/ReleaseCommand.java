package dev.quadstream.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;

/**
 * A person's word on what is live, as the releases topic carries it under {@link #key()}. It moves
 * the pointer and no parameters.
 *
 * @param id names the command
 * @param name the network
 * @param run whose versions it speaks of
 * @param action what to do
 * @param version which version, or null where the action needs none
 * @param sha256 of that version's file, or null without a version
 * @param time milliseconds since the epoch
 * @param asOf the run's newest version when it was given: a job that has gone back to a checkpoint
 *     carries it out once it has come to that version again; 0 and below for at once
 */
public record ReleaseCommand(
    String id,
    String name,
    String run,
    Action action,
    @JsonInclude(JsonInclude.Include.NON_NULL) Long version,
    @JsonInclude(JsonInclude.Include.NON_NULL) String sha256,
    long time,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) long asOf) {

  /** What a command does. */
  public enum Action {
    /** Makes a version live and keeps it so until {@link #UNPIN}. */
    PIN,
    /** Lets the policy decide again. */
    UNPIN,
    /** Makes a version live in place of one that is quarantined by it, until {@link #UNPIN}. */
    ROLLBACK,
    /** Keeps what is live until {@link #UNPIN}. */
    HOLD,
    /** A version is never released; where it is live, the one before it is. */
    QUARANTINE
  }

  private static final String KEYS = "/commands/";

  public ReleaseCommand {
    ModelManifest.requireName(name);
    ModelManifest.requireName(run);
    ModelManifest.requireName(id);
    Objects.requireNonNull(action, "action");
  }

  /** The record's key: beside the pointer's and unlike that of any other command. */
  public String key() {
    return name + KEYS + id;
  }

  /** Whether a record's key is that of a command to a network. */
  public static boolean isKey(String key, String name) {
    return key.startsWith(name + KEYS);
  }
}
