/** What tells whether two files, or two texts, are the same. */
package dev.quadstream.digest;
