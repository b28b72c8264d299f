package dev.quadstream.stream.operator;

import dev.quadstream.training.QuadrupletTrainer;
import dev.quadstream.training.TrainerState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;

/**
 * The copy of one trainer that a checkpoint writes while training goes on. Its memory is there from
 * the start and used again: a heap that has to find room for 60 million parameters and what belongs
 * to them keeps training waiting for longer than the copy itself.
 *
 * <p>Not thread-safe.
 */
final class CheckpointCopy {

  private final QuadrupletTrainer trainer;
  private final boolean reusable;

  private TrainerState copy;
  private long checkpoint;
  private boolean beingWritten;

  /**
   * A copy for state in a backend. Only of the heap's own it is known that it reads an object for a
   * checkpoint and no longer; with a changelog it does so when it likes.
   */
  CheckpointCopy(QuadrupletTrainer trainer, KeyedStateBackend<?> backend) {
    this(trainer, backend instanceof HeapKeyedStateBackend);
  }

  CheckpointCopy(QuadrupletTrainer trainer, boolean reusable) {
    this.trainer = trainer;
    this.reusable = reusable;
    this.copy = reusable ? trainer.state() : null;
  }

  /** What the trainer is now, left alone at least until the checkpoint has been completed. */
  TrainerState take(long checkpointId) {
    if (!reusable) {
      return trainer.state();
    }
    copy = beingWritten ? trainer.state() : trainer.state(copy);
    checkpoint = checkpointId;
    beingWritten = true;
    return copy;
  }

  /**
   * Gives the latest copy up to the next checkpoint. Of one that fails nobody says when it is read
   * no more: the checkpoint after it takes new memory.
   */
  void completed(long checkpointId) {
    if (checkpointId >= checkpoint) {
      beingWritten = false;
    }
  }
}
