package io.delegate.test;

import io.delegate.ProcessScheduler;
import io.delegate.Work;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Something that happens in children, and the script that says the same.
 *
 * @param name what it is
 * @param options of the scheduler
 * @param real options of the one with processes alone: what makes a start fail, say
 * @param work what is run; the script says what becomes of the items it would end a JVM with
 * @param script what happens in the twin
 * @param course what a program does
 */
record Case(
    String name,
    UnaryOperator<ProcessScheduler.Builder> options,
    UnaryOperator<ProcessScheduler.Builder> real,
    Work<Object, Object> work,
    Consumer<Script> script,
    Course course) {

  /** What a program does with a scheduler, and sees. */
  @FunctionalInterface
  interface Course {
    List<String> run(ProcessScheduler scheduler, Work<Object, Object> work, Path directory)
        throws Exception;
  }

  static Case of(String name, Work<Object, Object> work) {
    return new Case(name, o -> o, o -> o, work, s -> {}, Courses.sixItems());
  }

  Case options(UnaryOperator<ProcessScheduler.Builder> those) {
    return new Case(name, those, real, work, script, course);
  }

  Case real(UnaryOperator<ProcessScheduler.Builder> those) {
    return new Case(name, options, those, work, script, course);
  }

  Case script(Consumer<Script> that) {
    return new Case(name, options, real, work, that, course);
  }

  Case course(Course that) {
    return new Case(name, options, real, work, script, that);
  }

  List<String> withProcesses(Path directory) throws Exception {
    ProcessScheduler.Builder builder = ProcessScheduler.builder().children(1).name("it");
    try (ProcessScheduler scheduler = real.apply(options.apply(builder)).build()) {
      return course.run(scheduler, work, directory);
    }
  }

  List<String> withTheTwin(Path directory) throws Exception {
    Script written = Script.of();
    script.accept(written);
    ProcessScheduler.Builder builder = ProcessScheduler.builder().children(1).name("it");
    try (ProcessScheduler scheduler = written.twin(options.apply(builder))) {
      List<String> seen = course.run(scheduler, work, directory);
      written.verifyAllUsed();
      return seen;
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
