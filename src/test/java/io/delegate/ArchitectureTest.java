package io.delegate;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;

/**
 * The rooms, and the arrows between them.
 *
 * <pre>
 *   cli, spring ► web ──► front ──► engine ──► process ──► wire
 *   cli ► cluster ──────► front     engine ──► link ─────► wire
 *                                     │          worker ──► wire
 *                                     ├────────► codec ◄── worker
 *                                     └────────► wire
 *   cli, spring ──► report ──► vocabulary ◄── everyone
 *   test ──► front, engine, process
 * </pre>
 */
@AnalyzeClasses(packages = "io.delegate", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String ROOT = "io.delegate";
  private static final String VOCABULARY = "vocabulary";
  private static final String FRONT = "front";

  /** What users call, with the classes that belong to it: the rest of the root is vocabulary. */
  private static final Pattern FRONT_NAMES =
      Pattern.compile("(Delegate|WorkScheduler|ProcessScheduler.*|Parallelizer.*)");

  /** Of the command line, what has a server of HTTP. */
  private static final Set<String> SERVING =
      Set.of(ROOT + ".cli.Endpoint", ROOT + ".cli.Service", ROOT + ".cli.Watch");

  @ArchTest static final ArchRule theVocabularyKnowsNoRoom = room(VOCABULARY).mayUse();
  @ArchTest static final ArchRule theFrontUsesTheEngine = room(FRONT).mayUse("engine");

  @ArchTest
  static final ArchRule theEngineUsesWhatIsBelow =
      room("engine").mayUse("process", "wire", "codec", "link");

  @ArchTest static final ArchRule linksKnowTheWire = room("link").mayUse("wire");

  @ArchTest
  static final ArchRule nodesUseTheFrontAndWhatIsBehindIt =
      room("cluster").mayUse(FRONT, "engine", "link");

  @ArchTest static final ArchRule processesKnowTheWire = room("process").mayUse("wire");

  @ArchTest
  static final ArchRule theWorkerKnowsTheWireAndTheCodecs = room("worker").mayUse("wire", "codec");

  @ArchTest static final ArchRule theWireKnowsNoRoom = room("wire").mayUse();
  @ArchTest static final ArchRule codecsKnowNoRoom = room("codec").mayUse();
  @ArchTest static final ArchRule reportersKnowNoRoom = room("report").mayUse();
  @ArchTest static final ArchRule theWebUsesTheFront = room("web").mayUse(FRONT);

  /** It brings another engine, and proves that nothing is left of the usual one. */
  @ArchTest
  static final ArchRule theTestKitUsesTheFrontAndWhatIsBehindIt =
      room("test").mayUse(FRONT, "engine", "process");

  /** It is the face of the other faces. */
  @ArchTest
  static final ArchRule theCommandLineUsesTheFrontAndTheOtherFaces =
      room("cli").mayUse(FRONT, "report", "web", "cluster");

  @ArchTest
  static final ArchRule springUsesTheFrontAndOtherFaces =
      room("spring").mayUse(FRONT, "report", "web");

  @ArchTest
  static final ArchRule thereIsNoOtherRoom =
      classes()
          .should()
          .resideInAnyPackage(
              ROOT,
              ROOT + ".engine..",
              ROOT + ".process..",
              ROOT + ".worker..",
              ROOT + ".wire..",
              ROOT + ".codec..",
              ROOT + ".link..",
              ROOT + ".cluster..",
              ROOT + ".report..",
              ROOT + ".web..",
              ROOT + ".spring..",
              ROOT + ".cli..",
              ROOT + ".test..")
          .because("a new room needs a rule here")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule noCircleRunsThroughTheRooms =
      slices().assignedFrom(rooms()).should().beFreeOfCycles().allowEmptyShould(true);

  /** They load in every child: each class more is time at its start. */
  @ArchTest
  static final ArchRule whatRunsInAChildIsLight =
      noClasses()
          .that(areInAnyRoom(VOCABULARY, "worker", "wire", "codec"))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "reactor..", "org.reactivestreams..", "io.netty..", "org.slf4j..", "io.micrometer..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule workerAndWireAreMadeOfTheJdk =
      noClasses()
          .that(areInAnyRoom("worker", "wire"))
          .should()
          .dependOnClassesThat(
              describe(
                  "are neither ours nor the JDK's",
                  c ->
                      !isOurs(c)
                          && !c.isPrimitive()
                          && !c.getBaseComponentType().isPrimitive()
                          && !Pattern.matches(
                              "(java|javax|jdk|sun|com\\.sun|org\\.jspecify)\\..*",
                              c.getBaseComponentType().getName())))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule onlyTheEngineSpeaksNetty =
      noClasses()
          .that(areInAnyRoom(VOCABULARY, FRONT, "process", "report", "cli"))
          .and(describe("do not serve for the command line", c -> !SERVING.contains(c.getName())))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.netty..", "reactor.netty..")
          .allowEmptyShould(true);

  /** It is optional: whoever has no view needs none. */
  @ArchTest
  static final ArchRule onlyReportersSpeakJLine =
      noClasses()
          .that(describe("are not in report", c -> isOurs(c) && !roomOf(c).equals("report")))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.jline..")
          .allowEmptyShould(true);

  /** They are optional: each has a codec of its own. */
  @ArchTest
  static final ArchRule onlyCodecsSpeakTheirLibraries =
      noClasses()
          .that(describe("are not in codec", c -> isOurs(c) && !roomOf(c).equals("codec")))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.nustaq..", "com.esotericsoftware..", "org.apache.fory..")
          .allowEmptyShould(true);

  /** It is optional: who does not measure, nor trace, needs none. */
  @ArchTest
  static final ArchRule onlyReportersSpeakMicrometer =
      noClasses()
          .that(
              describe(
                  "are in neither report nor spring",
                  c -> isOurs(c) && !Set.of("report", "spring").contains(roomOf(c))))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.micrometer.core..", "io.micrometer.observation..", "io.micrometer.common..")
          .allowEmptyShould(true);

  /** It is optional: most programs have none. */
  @ArchTest
  static final ArchRule onlySpringSpeaksSpring =
      noClasses()
          .that(describe("are not in spring", c -> isOurs(c) && !roomOf(c).equals("spring")))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.springframework..")
          .allowEmptyShould(true);

  /** It may be missing, and is asked for by name before this class is touched. */
  @ArchTest
  static final ArchRule oneClassUsesContextPropagation =
      noClasses()
          .that()
          .doNotHaveSimpleName("ThreadLocals")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.micrometer.context..")
          .allowEmptyShould(true);

  /** Both are optional: who does not serve HTTP needs neither. */
  @ArchTest
  static final ArchRule onlyTheWebSpeaksHttp =
      noClasses()
          .that(describe("are not in web", c -> !isOurs(c) || !roomOf(c).equals("web")))
          .and(describe("do not serve for the command line", c -> !SERVING.contains(c.getName())))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "reactor.netty.http..",
              "io.netty.handler.codec.http..",
              "com.fasterxml.jackson.databind..")
          .allowEmptyShould(true);

  /** It may be missing where items and results are not of the user's own classes. */
  @ArchTest
  static final ArchRule oneClassUsesDatabind =
      noClasses()
          .that()
          .doNotHaveSimpleName("Databind")
          .and()
          .doNotHaveSimpleName("ItemReader") // in signatures only
          .and()
          .doNotHaveSimpleName("ResultWriter")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.fasterxml.jackson.databind..")
          .allowEmptyShould(true);

  /** It is optional, and belongs to programs' tests. */
  @ArchTest
  static final ArchRule onlyExtensionsSpeakJUnit =
      noClasses()
          .that()
          .doNotHaveSimpleName("NoChildrenLeft")
          .and()
          .doNotHaveSimpleName("AllRulesUsed")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.junit..")
          .allowEmptyShould(true);

  /** NullAway judges only the packages that say so. */
  @ArchTest
  static final ArchRule everyPackageIsNullMarked =
      classes()
          .should(
              new ArchCondition<JavaClass>("be in a package that is @NullMarked") {
                @Override
                public void check(JavaClass c, ConditionEvents events) {
                  if (!c.getPackage().isAnnotatedWith(NullMarked.class)) {
                    events.add(
                        SimpleConditionEvent.violated(
                            c, c.getPackageName() + " has no package-info with @NullMarked"));
                  }
                }
              })
          .allowEmptyShould(true);

  private static Room room(String name) {
    return new Room(name);
  }

  private record Room(String name) {
    /** Besides itself, the vocabulary, and what is not ours. */
    ArchRule mayUse(String... rooms) {
      List<String> allowed = Arrays.asList(rooms);
      DescribedPredicate<JavaClass> right =
          describe(
              "are in "
                  + (allowed.isEmpty() ? "" : String.join(", ", allowed) + " or ")
                  + "the vocabulary",
              c ->
                  !isOurs(c)
                      || List.of(name, VOCABULARY).contains(roomOf(c))
                      || allowed.contains(roomOf(c)));
      return classes()
          .that(areInAnyRoom(name))
          .should(onlyDependOnClassesThat(right))
          .allowEmptyShould(true);
    }
  }

  private static DescribedPredicate<JavaClass> areInAnyRoom(String... rooms) {
    return describe(
        "are in " + String.join(", ", rooms),
        c -> isOurs(c) && Arrays.asList(rooms).contains(roomOf(c)));
  }

  private static boolean isOurs(JavaClass c) {
    String name = c.getBaseComponentType().getPackageName();
    return name.equals(ROOT) || name.startsWith(ROOT + ".");
  }

  /** The package right below the root; in the root, what the outermost class belongs to. */
  private static String roomOf(JavaClass any) {
    JavaClass c = any.getBaseComponentType();
    String name = c.getPackageName();
    if (name.length() > ROOT.length()) {
      return name.substring(ROOT.length() + 1).split("\\.", 2)[0];
    }
    String outermost = c.getName().substring(ROOT.length() + 1).split("\\$", 2)[0];
    return FRONT_NAMES.matcher(outermost).matches() ? FRONT : VOCABULARY;
  }

  private static SliceAssignment rooms() {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass c) {
        return isOurs(c) ? SliceIdentifier.of(roomOf(c)) : SliceIdentifier.ignore();
      }

      @Override
      public String getDescription() {
        return "rooms";
      }
    };
  }
}
