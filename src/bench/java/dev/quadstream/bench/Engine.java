package dev.quadstream.bench;

/** Whose code a worker process runs. */
enum Engine {
  QUADSTREAM,
  PYTORCH,
  /** Of the exported embedder, a graph that is fused and laid out once, or of a frozen network. */
  ONNX_RUNTIME
}
