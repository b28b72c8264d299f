/**
 * The benchmark {@code bin/quadstream bench}: the product's own classes against PyTorch, side by
 * side on this machine. Built by the Maven profile {@code bench} alone, with libraries that never
 * reach the product.
 *
 * <p>Each side runs in a process of its own ({@link dev.quadstream.bench.Worker}), in the
 * environment that suits it, and they take turns: whatever slows the machine down meets both.
 *
 * <p>What drives a whole job takes {@code PipelineSettings}, unlike code of the product outside of
 * {@code stream} and {@code cli}: it starts the job as a command does, by the options and with the
 * defaults that users have. What measures a network or a trainer takes their own option records, by
 * the same defaults.
 */
package dev.quadstream.bench;
