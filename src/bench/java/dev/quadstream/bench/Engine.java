package dev.quadstream.bench;

/** Whose code a worker process runs. */
enum Engine {
  QUADSTREAM,
  PYTORCH
}
