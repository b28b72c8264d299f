/**
 * Records as JSON: one mapper for every topic, file and page, and the error for what is not such a
 * record; and how short texts of others are cleaned and shown.
 *
 * <p>Here belongs how JSON and such texts are read and written. What a record holds belongs to the
 * package that the record is of.
 */
package dev.quadstream.json;
