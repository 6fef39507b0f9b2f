package io.delegate.report;

/** Of a screen, in characters. */
record Size(int columns, int rows) {}
