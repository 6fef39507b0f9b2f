package io.delegate;

import static java.util.stream.Collectors.joining;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedTypeVariable;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericDeclaration;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a program can see of some classes and what it may compile against, as text that depends on
 * nothing but those classes: one class after the other, one line a member, sorted by name.
 */
final class PublicApi {
  /** Declared by every record and enum, or said by {@code Object} already. */
  private static final Set<String> UNSAID =
      Set.of("equals(Object)", "hashCode()", "toString()", "values()", "valueOf(String)");

  /** Packages that go without saying. */
  private static final Pattern WELL_KNOWN =
      Pattern.compile(
          "^(io\\.delegate|java\\.(io|lang|nio\\.file|time|util(\\.function|\\.concurrent)?)"
              + "|reactor\\.core\\.publisher)\\.(?=[A-Z])");

  private final StringBuilder text = new StringBuilder();

  PublicApi(List<Class<?>> classes) {
    classes.stream().filter(PublicApi::isVisible).forEach(this::add);
  }

  @Override
  public String toString() {
    return text.toString();
  }

  private void add(Class<?> c) {
    text.append(text.isEmpty() ? "" : "\n").append(head(c)).append(" {\n");
    Map<String, String> members = new TreeMap<>();
    for (Field f : c.getDeclaredFields()) {
      if (isVisible(f.getModifiers(), f.isSynthetic())) {
        members.put("1 " + f.getName(), field(f));
      }
    }
    for (Constructor<?> k : c.getDeclaredConstructors()) {
      if (isVisible(k.getModifiers(), k.isSynthetic())) {
        members.put("2 " + parameters(k), constructor(k));
      }
    }
    for (Method m : c.getDeclaredMethods()) {
      if (isVisible(m.getModifiers(), m.isSynthetic() || m.isBridge()) && !isUnsaid(m)) {
        members.put("3 " + m.getName() + parameters(m), method(m));
      }
    }
    members.values().forEach(m -> text.append("  ").append(m).append('\n'));
    text.append("}\n");
    Arrays.stream(c.getDeclaredClasses())
        .filter(PublicApi::isVisible)
        .sorted(Comparator.comparing(Class::getName))
        .forEach(this::add);
  }

  private static boolean isVisible(Class<?> c) {
    return isVisible(c.getModifiers(), c.isSynthetic());
  }

  private static boolean isVisible(int modifiers, boolean synthetic) {
    return !synthetic && (Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers));
  }

  private static boolean isUnsaid(Method m) {
    return UNSAID.contains(
        m.getName()
            + Arrays.stream(m.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(joining(",", "(", ")")));
  }

  private static String head(Class<?> c) {
    String permitted =
        c.isSealed()
            ? Arrays.stream(c.getPermittedSubclasses())
                .map(PublicApi::name)
                .sorted()
                .collect(joining(", ", " permits ", ""))
            : "";
    String kind =
        c.isAnnotation()
            ? "@interface"
            : c.isInterface()
                ? "interface"
                : c.isEnum() ? "enum" : c.isRecord() ? "record" : "class";
    int hidden = kind.equals("class") ? 0 : Modifier.ABSTRACT | Modifier.STATIC | Modifier.FINAL;
    AnnotatedType parent = c.isInterface() || c.isEnum() || c.isRecord() ? null : superclass(c);
    return deprecated(c)
        + modifiers(c.getModifiers() & ~hidden)
        + (c.isSealed() ? "sealed " : "")
        + kind
        + " "
        + name(c)
        + variables(c)
        + (parent == null ? "" : " extends " + type(parent))
        + list(c.isInterface() ? " extends " : " implements ", c.getAnnotatedInterfaces())
        + permitted;
  }

  private static @Nullable AnnotatedType superclass(Class<?> c) {
    AnnotatedType parent = c.getAnnotatedSuperclass();
    return parent == null || parent.getType() == Object.class ? null : parent;
  }

  private static String field(Field f) {
    if (f.isEnumConstant()) {
      return deprecated(f) + f.getName();
    }
    return deprecated(f)
        + modifiers(f.getModifiers())
        + type(f.getAnnotatedType())
        + " "
        + f.getName()
        + constant(f);
  }

  /** What compilers copy into the programs of others. */
  private static String constant(Field f) {
    boolean mayBe =
        Modifier.isStatic(f.getModifiers())
            && Modifier.isFinal(f.getModifiers())
            && (f.getType().isPrimitive() || f.getType() == String.class);
    if (!mayBe) {
      return "";
    }
    try {
      f.setAccessible(true);
      return " = " + f.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String constructor(Constructor<?> k) {
    return deprecated(k)
        + modifiers(k.getModifiers())
        + variables(k)
        + k.getDeclaringClass().getSimpleName()
        + parameters(k)
        + list(" throws ", k.getAnnotatedExceptionTypes());
  }

  private static String method(Method m) {
    int hidden = m.getDeclaringClass().isInterface() ? Modifier.ABSTRACT : 0;
    String variables = variables(m);
    return deprecated(m)
        + modifiers(m.getModifiers() & ~hidden)
        + (m.isDefault() ? "default " : "")
        + (variables.isEmpty() ? "" : variables + " ")
        + type(m.getAnnotatedReturnType())
        + " "
        + m.getName()
        + parameters(m)
        + list(" throws ", m.getAnnotatedExceptionTypes());
  }

  private static String parameters(Executable e) {
    List<String> types = new ArrayList<>();
    for (AnnotatedType t : e.getAnnotatedParameterTypes()) {
      types.add(type(t));
    }
    int last = types.size() - 1;
    if (e.isVarArgs()) {
      types.set(last, types.get(last).replaceFirst("\\[]$", "..."));
    }
    return types.stream().collect(joining(", ", "(", ")"));
  }

  /** Those that a caller or a subclass must know of. */
  private static String modifiers(int all) {
    int told = Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC | Modifier.FINAL;
    String words = Modifier.toString(all & (told | Modifier.ABSTRACT));
    return words.isEmpty() ? "" : words + " ";
  }

  private static String deprecated(AnnotatedElement e) {
    return e.isAnnotationPresent(Deprecated.class) ? "@Deprecated " : "";
  }

  private static String variables(GenericDeclaration d) {
    String all =
        Arrays.stream(d.getTypeParameters())
            .map(v -> v.getName() + bounds(" extends ", v.getAnnotatedBounds()))
            .collect(joining(", "));
    return all.isEmpty() ? "" : "<" + all + ">";
  }

  private static String bounds(String word, AnnotatedType[] bounds) {
    String all =
        Arrays.stream(bounds)
            .map(PublicApi::type)
            .filter(b -> !b.equals("Object"))
            .collect(joining(" & "));
    return all.isEmpty() ? "" : word + all;
  }

  private static String list(String word, AnnotatedType[] types) {
    String all = Arrays.stream(types).map(PublicApi::type).collect(joining(", "));
    return all.isEmpty() ? "" : word + all;
  }

  private static String type(AnnotatedType t) {
    String nullable = t.isAnnotationPresent(Nullable.class) ? "@Nullable " : "";
    if (t instanceof AnnotatedArrayType a) {
      String mark = nullable.isEmpty() ? "" : " " + nullable;
      return type(a.getAnnotatedGenericComponentType()) + mark + "[]";
    }
    if (t instanceof AnnotatedParameterizedType p) {
      Type raw = ((ParameterizedType) p.getType()).getRawType();
      return nullable
          + name((Class<?>) raw)
          + Arrays.stream(p.getAnnotatedActualTypeArguments())
              .map(PublicApi::type)
              .collect(joining(", ", "<", ">"));
    }
    if (t instanceof AnnotatedWildcardType w) {
      AnnotatedType[] lower = w.getAnnotatedLowerBounds();
      return "?"
          + (lower.length > 0
              ? " super " + type(lower[0])
              : bounds(" extends ", w.getAnnotatedUpperBounds()));
    }
    if (t instanceof AnnotatedTypeVariable v) {
      return nullable + v.getType().getTypeName();
    }
    return nullable + name((Class<?>) t.getType());
  }

  private static String name(Class<?> c) {
    return WELL_KNOWN.matcher(c.getCanonicalName()).replaceFirst("");
  }
}
