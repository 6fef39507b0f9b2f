package io.delegate.codec;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectInputStream;
import java.io.ObjectOutput;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamException;
import java.io.ObjectStreamField;
import java.io.Serializable;
import java.util.List;

/** Classes that tell Java serialization what to do, one for each way there is. */
final class CustomSamples {
  private CustomSamples() {}

  static final class Custom implements Serializable {
    private static final long serialVersionUID = 1L;
    transient String secret;
    int plain = 4;

    Custom(String secret) {
      this.secret = secret;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      out.defaultWriteObject();
      out.writeObject(new StringBuilder(secret).reverse().toString());
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      secret = new StringBuilder((String) in.readObject()).reverse().toString();
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Custom c && c.secret.equals(secret) && c.plain == plain;
    }

    @Override
    public int hashCode() {
      return secret.hashCode();
    }
  }

  static final class PutFields implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final ObjectStreamField[] serialPersistentFields = {
      new ObjectStreamField("renamed", String.class)
    };
    transient String text;

    PutFields(String text) {
      this.text = text;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      out.putFields().put("renamed", text);
      out.writeFields();
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      text = (String) in.readFields().get("renamed", null);
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof PutFields p && p.text.equals(text);
    }

    @Override
    public int hashCode() {
      return text.hashCode();
    }
  }

  public static final class External implements Externalizable {
    private String text = "";

    public External() {}

    External(String text) {
      this.text = text;
    }

    @Override
    public void writeExternal(ObjectOutput out) throws IOException {
      out.writeUTF(text);
      out.writeObject(List.of(text));
    }

    @Override
    public void readExternal(ObjectInput in) throws IOException, ClassNotFoundException {
      text = in.readUTF();
      if (!in.readObject().equals(List.of(text))) {
        throw new IOException("out of step");
      }
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof External e && e.text.equals(text);
    }

    @Override
    public int hashCode() {
      return text.hashCode();
    }
  }

  static final class Replaced implements Serializable {
    private static final long serialVersionUID = 1L;
    final String text;

    Replaced(String text) {
      this.text = text;
    }

    private Object writeReplace() throws ObjectStreamException {
      return new Form(text);
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Replaced r && r.text.equals(text);
    }

    @Override
    public int hashCode() {
      return text.hashCode();
    }

    private record Form(String text) implements Serializable {
      private Object readResolve() {
        return new Replaced(text);
      }
    }
  }

  static final class Single implements Serializable {
    private static final long serialVersionUID = 1L;
    static final Single INSTANCE = new Single();

    private Single() {}

    private Object readResolve() {
      return INSTANCE;
    }
  }
}
