/**
 * The search service: follows the embeddings and the live release, and answers who is near to whom,
 * over HTTP and for each question of the stream.
 *
 * <p>Indexes and thresholds belong to package {@code search}, the server itself to {@code http}.
 */
package dev.quadstream.serve.search;
