/**
 * The live page: its requests and answers, the event stream, and the page's files.
 *
 * <p>Who may ask, and on which threads, belongs to {@code http}.
 */
package dev.quadstream.serve.web;
