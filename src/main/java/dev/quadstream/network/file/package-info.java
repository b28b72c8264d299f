/**
 * Model files: a network's parameters with what is needed to use them, in bytes.
 *
 * <p>What belongs here: the layout of the file, its versions, refusing what is no such file. What
 * does not: where files lie and which are kept (package {@code registry}).
 */
package dev.quadstream.network.file;
