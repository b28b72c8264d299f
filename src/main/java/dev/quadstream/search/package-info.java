/**
 * Finding the nearest vectors, exactly: one blocked kernel for training, evaluation and the page,
 * the order of a ranking, and its re-ranking by the learned metric g.
 *
 * <p>Here belongs what is said of vectors and rows. What a row stands for (an exemplar, a probe, an
 * image on a map) and which rows may find each other belongs to whoever asks.
 */
package dev.quadstream.search;
