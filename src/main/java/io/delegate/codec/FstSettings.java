package io.delegate.codec;

import java.lang.reflect.Constructor;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.nustaq.serialization.FSTClazzInfo;
import org.nustaq.serialization.FSTClazzInfo.FSTFieldInfo;
import org.nustaq.serialization.FSTConfiguration;
import org.nustaq.serialization.FSTDecoder;
import org.nustaq.serialization.FSTDefaultClassInstantiator;
import org.nustaq.serialization.FSTSerializerRegistry;

/**
 * FST with no classes registered, no serializers of its own, and no look at private fields of the
 * JDK: it sees plain classes only, and String, which it wants to know but never walks.
 */
@SuppressWarnings({"rawtypes", "unchecked"}) // FST is older than its generics
final class FstSettings extends FSTConfiguration {
  private final FstSession session;
  private final KnownFields fields;

  FstSettings(FstSession session) {
    this(session, new KnownFields());
  }

  private FstSettings(FstSession session, KnownFields fields) {
    super((ConcurrentHashMap) fields);
    this.session = session;
    this.fields = fields;
    getCLInfoRegistry().setIgnoreAnnotations(true);
    setSerializerRegistryDelegate(type -> FSTSerializerRegistry.NULL);
    setInstantiator(new Blank());
    setVerifier(this::verify);
  }

  /** Called once for each class before FST looks at it. */
  private boolean verify(Class type) {
    fields.hidden = type == String.class;
    if (!fields.hidden) {
      session.requirePlain(type);
      session.admit(type);
    }
    return true;
  }

  @Override
  public FSTDecoder createStreamDecoder() {
    return new FstDecoder(this, session);
  }

  /**
   * Answers FST's questions for the fields of String, so that it never asks the JDK to open them.
   */
  private static final class KnownFields extends ConcurrentHashMap<Object, FSTFieldInfo> {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // never serialized
    private final FSTFieldInfo none;

    private boolean hidden;

    KnownFields() {
      try {
        none = new FSTFieldInfo(null, KnownFields.class.getDeclaredField("hidden"), true);
      } catch (NoSuchFieldException impossible) {
        throw new AssertionError(impossible);
      }
    }

    @Override
    public @Nullable FSTFieldInfo get(Object key) {
      return hidden ? none : null;
    }

    @Override
    public @Nullable FSTFieldInfo put(Object key, FSTFieldInfo field) {
      return null;
    }
  }

  /**
   * Makes objects as Java serialization does for a plain class: no constructor but Object's runs.
   */
  private static final class Blank extends FSTDefaultClassInstantiator {
    @Override
    public Object newInstance(
        Class type, @Nullable Constructor constructor, boolean init, boolean unsafe) {
      return super.newInstance(type, null, false, true);
    }

    @Override
    public @Nullable Constructor findConstructorForExternalize(Class type) {
      return null;
    }

    @Override
    public @Nullable Constructor findConstructorForSerializable(Class type) {
      // FST has just put the class into a static map, which would keep its loader for ever
      for (Class level = type; level != null; level = level.getSuperclass()) {
        FSTClazzInfo.sharedFieldSets.remove(level);
      }
      return null;
    }
  }
}
