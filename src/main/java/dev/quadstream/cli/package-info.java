/**
 * The commands of {@code bin/quadstream}: their arguments, what they print, their exit codes.
 *
 * <p>A command puts together what other packages do. Nothing that another program could want
 * belongs here, and nothing else may use this package.
 */
package dev.quadstream.cli;
