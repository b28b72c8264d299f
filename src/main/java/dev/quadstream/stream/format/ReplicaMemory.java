package dev.quadstream.stream.format;

import dev.quadstream.training.ExemplarMemory;
import dev.quadstream.training.ImageWindow;
import dev.quadstream.training.ReleasedVectors;
import java.util.List;

/**
 * The assembler of one replica as state holds it.
 *
 * @param run the run whose windows it has met
 * @param memory the exemplars
 * @param released the embeddings that were sent out of what it holds
 * @param waiting windows whose model has not arrived, oldest first
 */
public record ReplicaMemory(
    String run, ExemplarMemory memory, ReleasedVectors released, List<ImageWindow> waiting) {}
