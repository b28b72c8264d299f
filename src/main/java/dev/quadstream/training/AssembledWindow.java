package dev.quadstream.training;

import java.util.List;

/**
 * What becomes of a window before it is trained on.
 *
 * @param batch for the trainer
 * @param release the version that made the embeddings
 * @param embeddings to be sent out: the window's images, those whose label changed, and with a new
 *     release all of the memory's
 */
public record AssembledWindow(TrainingBatch batch, long release, List<ReleasedImage> embeddings) {}
