package io.delegate.codec;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.Externalizable;
import java.io.File;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A short form of the values that works are usually made of: numbers, texts, files, constants of
 * enums, and lambdas and records of those. What two of them share, and what can be changed, is left
 * to Java serialization, which keeps it one.
 */
final class Plain {
  private static final byte NULL = 0;
  private static final byte LAMBDA = 1;
  private static final byte RECORD = 2;
  private static final byte ENUM = 3;
  private static final byte FILE = 4;
  private static final byte PATH = 5;
  private static final byte TEXT = 6;
  private static final byte BOOLEAN = 7;
  private static final byte BYTE = 8;
  private static final byte SHORT = 9;
  private static final byte CHAR = 10;
  private static final byte INT = 11;
  private static final byte LONG = 12;
  private static final byte FLOAT = 13;
  private static final byte DOUBLE = 14;

  /** Records in records, lambdas in lambdas; what is deeper is unusual. */
  private static final int DEEPEST = 8;

  /** Bytes of all together; beyond, Java serialization is shorter. */
  private static final int LARGEST = 16 << 10;

  /** What the compiler adds to a class with serializable lambdas. */
  private static final String MAKER = "$deserializeLambda$";

  private static final MethodType MAKES =
      MethodType.methodType(Object.class, SerializedLambda.class);

  private final DataOutputStream out;
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  Plain(DataOutputStream out) {
    this.out = out;
  }

  /** False when it is none of those; what was written is of no use then. */
  boolean write(@Nullable Object value) throws IOException {
    return write(value, DEEPEST);
  }

  private boolean write(@Nullable Object value, int depth) throws IOException {
    if (value == null) {
      out.writeByte(NULL);
      return true;
    }
    if (number(value)) {
      return true;
    }
    boolean same = value instanceof Enum || value instanceof Path; // there as here, or never
    if (!(same || seen.add(value)) || out.size() > LARGEST) {
      return false;
    }
    if (value instanceof String text) {
      return text(TEXT, text);
    }
    if (depth == 0 || !(value instanceof Serializable || value instanceof Path)) {
      return false;
    }
    if (value.getClass().isHidden()) {
      SerializedLambda lambda = lambdaOf(value);
      return lambda != null && lambda(lambda, depth);
    }
    if (value instanceof Enum<?> constant) {
      out.writeByte(ENUM);
      out.writeUTF(constant.getDeclaringClass().getName());
      out.writeUTF(constant.name());
      return true;
    }
    if (value.getClass() == File.class) {
      return text(FILE, ((File) value).getPath());
    }
    if (value instanceof Path path) {
      return path.getFileSystem() == FileSystems.getDefault() && text(PATH, path.toString());
    }
    return isPlainRecord(value.getClass()) && record(value, depth);
  }

  private boolean number(Object value) throws IOException {
    if (value instanceof Integer x) {
      out.writeByte(INT);
      out.writeInt(x);
    } else if (value instanceof Long x) {
      out.writeByte(LONG);
      out.writeLong(x);
    } else if (value instanceof Boolean x) {
      out.writeByte(BOOLEAN);
      out.writeBoolean(x);
    } else if (value instanceof Double x) {
      out.writeByte(DOUBLE);
      out.writeDouble(x);
    } else if (value instanceof Float x) {
      out.writeByte(FLOAT);
      out.writeFloat(x);
    } else if (value instanceof Short x) {
      out.writeByte(SHORT);
      out.writeShort(x);
    } else if (value instanceof Byte x) {
      out.writeByte(BYTE);
      out.writeByte(x);
    } else if (value instanceof Character x) {
      out.writeByte(CHAR);
      out.writeChar(x);
    } else {
      return false;
    }
    return true;
  }

  /** False for one with half a pair, which no charset keeps. */
  private boolean text(byte tag, String text) throws IOException {
    if (text.length() > LARGEST / 2) {
      return false;
    }
    out.writeByte(tag);
    byte[] units = text.getBytes(StandardCharsets.UTF_16BE);
    boolean whole = new String(units, StandardCharsets.UTF_16BE).equals(text);
    if (whole) {
      out.writeInt(units.length);
      out.write(units);
    }
    return whole;
  }

  /** What the compiler made of a lambda that is serializable; null if it is none, or not ours. */
  private static @Nullable SerializedLambda lambdaOf(Object value) {
    if (isElsewhere(value.getClass())) {
      return null;
    }
    try {
      Method replacing = value.getClass().getDeclaredMethod("writeReplace");
      replacing.setAccessible(true);
      return replacing.invoke(value) instanceof SerializedLambda lambda ? lambda : null;
    } catch (ReflectiveOperationException | RuntimeException closed) {
      return null;
    }
  }

  /** In a module, which may be open to us here and closed there; the JDK gets in everywhere. */
  private static boolean isElsewhere(Class<?> type) {
    return type.getModule().isNamed();
  }

  private boolean lambda(SerializedLambda lambda, int depth) throws IOException {
    out.writeByte(LAMBDA);
    out.writeUTF(lambda.getCapturingClass());
    out.writeUTF(lambda.getFunctionalInterfaceClass());
    out.writeUTF(lambda.getFunctionalInterfaceMethodName());
    out.writeUTF(lambda.getFunctionalInterfaceMethodSignature());
    out.writeInt(lambda.getImplMethodKind());
    out.writeUTF(lambda.getImplClass());
    out.writeUTF(lambda.getImplMethodName());
    out.writeUTF(lambda.getImplMethodSignature());
    out.writeUTF(lambda.getInstantiatedMethodType());
    int count = lambda.getCapturedArgCount();
    out.writeInt(count);
    for (int i = 0; i < count; i++) {
      if (!write(lambda.getCapturedArg(i), depth - 1)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlainRecord(Class<?> type) {
    return type.isRecord()
        && !isElsewhere(type)
        && !Externalizable.class.isAssignableFrom(type)
        && !has(type, "writeReplace")
        && !has(type, "readResolve");
  }

  private static boolean has(Class<?> type, String method) {
    return Arrays.stream(type.getDeclaredMethods()).anyMatch(m -> m.getName().equals(method));
  }

  private boolean record(Object value, int depth) throws IOException {
    RecordComponent[] components = value.getClass().getRecordComponents();
    out.writeByte(RECORD);
    out.writeUTF(value.getClass().getName());
    out.writeInt(components.length);
    for (RecordComponent component : components) {
      Object part;
      try {
        Field field = value.getClass().getDeclaredField(component.getName());
        field.setAccessible(true);
        part = field.get(value);
      } catch (ReflectiveOperationException | RuntimeException closed) {
        return false;
      }
      if (!write(part, depth - 1)) {
        return false;
      }
    }
    return true;
  }

  // ---- the child's side

  static @Nullable Object read(DataInputStream in, ClassLoader loader) throws Throwable {
    byte tag = in.readByte();
    return switch (tag) {
      case NULL -> null;
      case TEXT -> readText(in);
      case BOOLEAN -> in.readBoolean();
      case BYTE -> in.readByte();
      case SHORT -> in.readShort();
      case CHAR -> in.readChar();
      case INT -> in.readInt();
      case LONG -> in.readLong();
      case FLOAT -> in.readFloat();
      case DOUBLE -> in.readDouble();
      case LAMBDA -> readLambda(in, loader);
      case RECORD -> readRecord(in, loader);
      case ENUM -> readEnum(in, loader);
      case FILE -> new File(readText(in));
      case PATH -> Path.of(readText(in));
      default -> throw new InvalidObjectException("a value with the unknown tag " + tag);
    };
  }

  private static String readText(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new InvalidObjectException("a text of " + length + " bytes");
    }
    return new String(in.readNBytes(length), StandardCharsets.UTF_16BE);
  }

  private static Object[] readAll(DataInputStream in, ClassLoader loader) throws Throwable {
    int count = in.readInt();
    if (count < 0 || count > in.available()) {
      throw new InvalidObjectException(count + " values in " + in.available() + " bytes");
    }
    @Nullable Object[] all = new Object[count];
    for (int i = 0; i < count; i++) {
      all[i] = read(in, loader);
    }
    return all;
  }

  private static Class<?> readClass(DataInputStream in, ClassLoader loader)
      throws IOException, ClassNotFoundException {
    return Class.forName(in.readUTF().replace('/', '.'), false, loader);
  }

  private static Object readLambda(DataInputStream in, ClassLoader loader) throws Throwable {
    Class<?> capturing = readClass(in, loader);
    SerializedLambda lambda =
        new SerializedLambda(
            capturing,
            in.readUTF(),
            in.readUTF(),
            in.readUTF(),
            in.readInt(),
            in.readUTF(),
            in.readUTF(),
            in.readUTF(),
            in.readUTF(),
            readAll(in, loader));
    // not by reflection, which wants the classes of all parameters of all methods
    MethodHandles.Lookup inside = MethodHandles.privateLookupIn(capturing, MethodHandles.lookup());
    try {
      return inside.findStatic(capturing, MAKER, MAKES).invoke(lambda);
    } catch (NoSuchMethodException other) {
      throw new InvalidObjectException(capturing.getName() + " is another there than here");
    }
  }

  private static Object readRecord(DataInputStream in, ClassLoader loader) throws Throwable {
    Class<?> type = readClass(in, loader);
    Object[] parts = readAll(in, loader);
    RecordComponent[] components = type.getRecordComponents();
    if (components == null || components.length != parts.length) {
      throw new InvalidObjectException(type.getName() + " is another there than here");
    }
    Class<?>[] types = new Class<?>[parts.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = components[i].getType();
    }
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(parts);
    } catch (InvocationTargetException e) {
      throw unwrapped(e);
    }
  }

  private static Object readEnum(DataInputStream in, ClassLoader loader) throws Exception {
    Class<?> type = readClass(in, loader);
    String name = in.readUTF();
    Object[] constants = type.getEnumConstants();
    for (Object constant : constants == null ? new Object[0] : constants) {
      if (((Enum<?>) constant).name().equals(name)) {
        return constant;
      }
    }
    throw new InvalidObjectException(type.getName() + " has no " + name + " here");
  }

  private static Exception unwrapped(InvocationTargetException e) {
    return e.getCause() instanceof Exception cause ? cause : e;
  }
}
