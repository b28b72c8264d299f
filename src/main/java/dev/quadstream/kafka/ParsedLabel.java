package dev.quadstream.kafka;

/** What a record of the labels topic says. */
public sealed interface ParsedLabel permits LabelReceived, RejectedRecord {}
