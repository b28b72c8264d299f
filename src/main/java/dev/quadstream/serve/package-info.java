/**
 * What follows a run from outside of the job. It never writes to a topic that the job reads images
 * from, and the job never waits for it.
 *
 * <p>Here belongs what its parts share; the parts are {@code http}, {@code feed}, {@code state},
 * {@code model} and {@code web}, the page, and {@code search}, the service.
 */
package dev.quadstream.serve;
