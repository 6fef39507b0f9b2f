package io.delegate.cli;

import io.delegate.Work;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Calls a static method by its name, in the child. The item and the result travel as text, the
 * result as JSON: so the parent never needs the user's classes, a result need not be serializable,
 * and one that cannot be shown spoils its own item only.
 */
final class MethodWork implements Work<String, String> {
  private static final long serialVersionUID = 1L;

  /** Made as the class is loaded, so that the first item's time does not hold Jackson's start. */
  private static final String VOID = ValueJson.of(null);

  private final String className;
  private final String methodName;
  private final String parameter;
  private transient @Nullable Method method;

  MethodWork(Method method) {
    className = method.getDeclaringClass().getName();
    methodName = method.getName();
    parameter = method.getParameterTypes()[0].getName();
  }

  @Override
  public String apply(String item) throws Exception {
    Method m = method;
    if (m == null) {
      method = m = resolve();
    }
    Object argument = parameter.equals(Path.class.getName()) ? Path.of(item) : item;
    try {
      Object result = m.invoke(null, argument);
      return m.getReturnType() == void.class ? VOID : ValueJson.of(result);
    } catch (InvocationTargetException e) {
      throw MethodWork.<RuntimeException>asIs(e.getTargetException());
    }
  }

  /** Passes a throwable on as it is, be it checked, unchecked or an error. */
  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T asIs(Throwable thrown) throws T {
    throw (T) thrown;
  }

  private Method resolve() throws ReflectiveOperationException {
    Class<?> type = parameter.equals(Path.class.getName()) ? Path.class : String.class;
    return load().getMethod(methodName, type);
  }

  private Class<?> load() throws ClassNotFoundException {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    if (context != null) {
      try {
        return Class.forName(className, true, context);
      } catch (ClassNotFoundException e) {
        // the context may be one that does not see the class path
      }
    }
    return Class.forName(className);
  }

  @Override
  public String toString() {
    return className + "::" + methodName + "(" + parameter + ")";
  }
}
