/**
 * The benchmark {@code bin/quadstream bench}: the product's own classes against PyTorch, side by
 * side on this machine. Built by the Maven profile {@code bench} alone, with libraries that never
 * reach the product.
 *
 * <p>Each side runs in a process of its own ({@link dev.quadstream.bench.Worker}), in the
 * environment that suits it, and they take turns: whatever slows the machine down meets both.
 */
package dev.quadstream.bench;
