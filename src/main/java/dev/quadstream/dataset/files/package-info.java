/**
 * Image files and what their folders, their names or a list say of them: {@link
 * dev.quadstream.dataset.files.Datasets} opens whatever is at a path. A layout reads names alone; a
 * scan has found out before what each file holds.
 */
package dev.quadstream.dataset.files;
