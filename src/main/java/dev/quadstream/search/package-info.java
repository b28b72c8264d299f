/**
 * Finding the nearest vectors: one exact blocked kernel for training, evaluation, the page and the
 * search service, an index of the images of each release, with a graph where they are many, the
 * order of a ranking, its re-ranking by the learned metric g, and what a similarity says about a
 * class that may be new.
 *
 * <p>Here belongs what is said of vectors, ids and labels. Where they come from, and who may ask,
 * belongs elsewhere.
 */
package dev.quadstream.search;
