package dev.quadstream.serve.state;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseDecision;
import java.util.ArrayList;
import java.util.List;

/**
 * The model that is live, as the page shows it, with the fields of the decision beside its own.
 *
 * @param decision the newest one, of a manifest or a command
 * @param moves of the pointer, the last ones, oldest first
 */
record LiveRelease(@JsonUnwrapped ReleaseDecision decision, List<Move> moves) {

  /** With the policy that releases each version there is one for each. */
  private static final int MAX_MOVES = 200;

  /**
   * A move of the pointer.
   *
   * @param asOf the run's newest version at that time
   * @param live the version that is live from then on
   * @param takenBack whether that is an earlier version than was live before
   */
  record Move(long asOf, long live, boolean takenBack) {}

  /**
   * What manifests and pointer say together.
   *
   * @param manifests of the run, oldest first
   * @param pointer of the releases topic, of any run, or null
   * @return null where neither knows of releases
   */
  static LiveRelease of(List<ModelManifest> manifests, Release pointer) {
    ReleaseDecision newest = null;
    List<Move> moves = new ArrayList<>();
    for (ModelManifest manifest : manifests) {
      if (manifest.release() != null) {
        add(moves, manifest.identity().version(), newest, manifest.release());
      }
      newest = manifest.release();
    }
    if (pointer != null && isLater(pointer, manifests, newest)) {
      add(moves, pointer.asOf(), newest, pointer.decision());
      newest = pointer.decision();
    }
    return newest == null
        ? null
        : new LiveRelease(
            newest, moves.subList(Math.max(0, moves.size() - MAX_MOVES), moves.size()));
  }

  private static void add(
      List<Move> moves, long asOf, ReleaseDecision before, ReleaseDecision now) {
    if (before == null || before.live() != now.live()) {
      moves.add(new Move(asOf, now.live(), before != null && now.live() < before.live()));
    }
  }

  /**
   * A command moves the pointer before the next manifest tells of it, or the one after where that
   * was decided already. Whoever else can write to the topic moves nothing for longer, and never to
   * a file that the run did not publish.
   */
  private static boolean isLater(
      Release pointer, List<ModelManifest> manifests, ReleaseDecision newest) {
    return newest != null
        && pointer.decision().commands() > newest.commands()
        && pointer.decision().live() == pointer.identity().version()
        && manifests.subList(Math.max(0, manifests.size() - 2), manifests.size()).stream()
            .anyMatch(manifest -> manifest.identity().version() == pointer.asOf())
        && manifests.stream()
            .anyMatch(
                manifest ->
                    manifest.identity().equals(pointer.identity())
                        && manifest.file().equals(pointer.file()));
  }
}
