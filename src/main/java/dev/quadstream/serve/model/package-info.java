/**
 * What the page does with published models: maps, neighbours and held-out recall under a model, and
 * the export for an embedding projector.
 */
package dev.quadstream.serve.model;
