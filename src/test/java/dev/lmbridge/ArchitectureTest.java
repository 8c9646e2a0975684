package dev.lmbridge;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
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
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** The house rules that a compiler does not know. */
@AnalyzeClasses(packages = "dev.lmbridge", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    private static final String ROOT = "dev.lmbridge";

    /** From the edges down. A package uses what stands in rows below its own, never above and never beside. */
    private static final List<List<String>> ROWS = List.of(
            List.of("cli", "http", "mcp", "cluster"),
            List.of("gateway", "agent", "runs", "watchdog", "downloads"),
            List.of("loader"),
            List.of("host", "lms", "lmstudio", "store"),
            List.of("wire", "observe", "explain", "settings"),
            List.of("failure", "events"),
            List.of("catalog"));

    @ArchTest
    static final ArchRule arrowsPointDownward = ArchRuleDefinition.classes()
            .that()
            .resideInAPackage(ROOT + ".*..")
            .and()
            .resideOutsideOfPackage(ROOT + ".sim..")
            .should(new ArchCondition<>("use only packages in rows below their own") {
                @Override
                public void check(JavaClass item, ConditionEvents events) {
                    int row = row(room(item));
                    item.getDirectDependenciesFromSelf().forEach(dependency -> {
                        JavaClass target = dependency.getTargetClass();
                        if (target.getPackageName().startsWith(ROOT)
                                && !room(target).equals(room(item))
                                && row(room(target)) <= row) {
                            events.add(SimpleConditionEvent.violated(item, dependency.getDescription()));
                        }
                    });
                    if (row < 0) {
                        events.add(SimpleConditionEvent.violated(item, item.getName() + " is in no row"));
                    }
                }
            });

    @ArchTest
    static final ArchRule thePlainPartsKnowNoVertx = noClasses()
            .that()
            .resideInAnyPackage(
                    ROOT + ".host..",
                    ROOT + ".lms..",
                    ROOT + ".explain..",
                    ROOT + ".events..",
                    ROOT + ".catalog..",
                    ROOT + ".failure..",
                    ROOT + ".settings..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", "io.netty..");

    @ArchTest
    static final ArchRule theSimulatorKnowsNothingOfTheBridge = noClasses()
            .that()
            .resideInAPackage(ROOT + ".sim..")
            .should()
            .dependOnClassesThat(resideInAPackage(ROOT + "..")
                    .and(resideInAPackage(ROOT + ".sim..").negate()));

    @ArchTest
    static final ArchRule theBridgeKnowsNothingOfTheSimulator = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".sim..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".sim..");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesOfTheSimulatorHaveNoCycles =
            slices().matching(ROOT + ".sim.(*)..").should().beFreeOfCycles();

    /** Two processes have a main of their own beside the bridge's: the simulator and its stand-in for lms. */
    private static final String[] PROGRAMS = {
        "dev.lmbridge.Main", "dev.lmbridge.Rehearsal", "dev.lmbridge.sim.SimMain", "dev.lmbridge.sim.standin.LmsStandIn"
    };

    @ArchTest
    static final ArchRule timeIsHandedIn = noClasses()
            .that(isNoProgram())
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(InstantSource.class, "system")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Clock.class, "systemDefaultZone");

    @ArchTest
    static final ArchRule environmentIsHandedIn = noClasses()
            .that(isNoProgram())
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class);

    @ArchTest
    static final ArchRule namesSayWhatAClassIsFor = noClasses()
            .should()
            .haveNameMatching(".*[.$][^.]*(Util|Helper|Manager|Common|Impl)[^.]*")
            .orShould()
            .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..impl..");

    private static DescribedPredicate<JavaClass> isNoProgram() {
        DescribedPredicate<JavaClass> none = alwaysTrue();
        for (String program : PROGRAMS) {
            none = none.and(belongTo(name(program).forSubtype()).negate());
        }
        return none.as("are no program's main class");
    }

    private static String room(JavaClass type) {
        String rest = type.getPackageName().substring(ROOT.length());
        return rest.isEmpty() ? "" : rest.substring(1).split("\\.", 2)[0];
    }

    /** The composition root stands above all rows; -1 for it, and for a package that nobody has given a row. */
    private static int row(String room) {
        for (int row = 0; row < ROWS.size(); row++) {
            if (ROWS.get(row).contains(room)) {
                return row;
            }
        }
        return -1;
    }
}
