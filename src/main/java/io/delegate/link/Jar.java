package io.delegate.link;

/**
 * An entry of a class path, as a file.
 *
 * @param name for people
 * @param digest what it is
 * @param size its bytes
 */
public record Jar(String name, Digest digest, long size) {}
