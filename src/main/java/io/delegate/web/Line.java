package io.delegate.web;

/**
 * The text of one item.
 *
 * @param number where it stands in the request, from 1, empty lines counted; 0 for a whole body
 * @param text what it says
 */
record Line(long number, String text) {}
