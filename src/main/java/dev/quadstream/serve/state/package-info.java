/**
 * The bounded picture of a run: reports, models, classes, galleries and maps. It is filled by
 * {@code serve.feed} and {@code serve.model} and read by {@code serve.web}; it reads no topic and
 * no file itself.
 */
package dev.quadstream.serve.state;
