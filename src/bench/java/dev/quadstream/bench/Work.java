package dev.quadstream.bench;

/** What is done at each repetition. */
enum Work {
  /** A training step that embeds each distinct image once. */
  TRAIN_STEP,
  /** The same step with the four images of every quadruplet embedded, as four branches do. */
  TRAIN_STEP_FOUR_BRANCH,
  /** A window's training as the job runs it, with checks, means and report. */
  TRAINER,
  /** The embeddings of a batch. */
  INFERENCE,
  /** The same in bfloat16. */
  INFERENCE_IN_BFLOAT16,
  /** The features of images, by a frozen network. */
  BACKBONE,
  /** The same of all images at once. */
  BACKBONE_BATCH,
  /** Those of small images; tells the bytes of the process. */
  BACKBONE_MEMORY,
  /** One product of two square matrices. */
  MATRIX_PRODUCT
}
