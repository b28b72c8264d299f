/**
 * The web server under the live page and the search service: who may ask, on which threads, and how
 * answers and refusals look.
 *
 * <p>What is asked and answered belongs to {@code web} and {@code search}.
 */
package dev.quadstream.serve.http;
