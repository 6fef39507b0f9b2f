package io.delegate.link;

import io.delegate.wire.ProtocolException;
import java.util.List;

/**
 * A work, or an initializer, as it goes to a node.
 *
 * @param id its number, never used again on the same link for another
 * @param classPath files beyond the children's own class path, where its classes are
 * @param bytes the work, as children read it
 */
public record Job(int id, List<Jar> classPath, byte[] bytes) implements Message {
  @Override
  public void put(Packer out) {
    out.put(id).putAll(classPath, Job::putJar).put(bytes);
  }

  @Override
  public long weight() {
    return (long) EACH * (1 + classPath.size()) + bytes.length;
  }

  static Job read(Unpacker in) throws ProtocolException {
    return new Job(in.readInt(), in.readAll(Job::readJar), in.readBytes());
  }

  static void putJar(Packer out, Jar jar) {
    out.put(jar.name()).put(jar.digest()).put(jar.size());
  }

  static Jar readJar(Unpacker in) throws ProtocolException {
    Jar jar = new Jar(in.readText(), in.readDigest(), in.readLong());
    if (jar.size() < 0) {
      throw new ProtocolException("a file of " + jar.size() + " bytes");
    }
    return jar;
  }
}
