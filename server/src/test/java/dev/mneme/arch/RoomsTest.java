package dev.mneme.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The walls: who may import whom (ARCHITECTURE.md). There is no list of forgiven violations. */
class RoomsTest {
    static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.mneme");

    static final Map<String, Set<String>> WALLS = new LinkedHashMap<>();

    static {
        WALLS.put("base", Set.of());
        WALLS.put("config", Set.of("base"));
        WALLS.put("message", Set.of("base"));
        WALLS.put("store", Set.of("base"));
        WALLS.put("account", Set.of("base", "store"));
        WALLS.put("search", Set.of("base", "store"));
        WALLS.put("llm", Set.of("base", "message", "store"));
        WALLS.put("tool", Set.of("base", "message", "store"));
        WALLS.put("memory", Set.of("base", "message", "store", "search", "llm", "tool"));
        WALLS.put("file", Set.of("base", "message", "store", "search", "llm", "tool", "memory"));
        WALLS.put("agent", Set.of("base", "message", "store", "account", "llm", "tool", "memory", "file"));
        WALLS.put("turn", Set.of("base", "message", "store", "llm", "tool", "memory", "agent"));
        WALLS.put("run", Set.of("base", "message", "store", "tool", "agent", "turn"));
        WALLS.put("wire", Set.of("base", "message"));
        WALLS.put(
                "http",
                Set.of(
                        "base", "message", "account", "search", "llm", "tool", "memory", "file", "agent", "turn", "run",
                        "wire"));
        WALLS.put("cli", Set.of("base", "config", "message", "wire"));
    }

    static List<String> rooms() {
        return new ArrayList<>(WALLS.keySet());
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void importsOnlyWhatItMay(String room) {
        List<String> forbidden = new ArrayList<>();
        for (String other : WALLS.keySet()) {
            if (!other.equals(room) && !WALLS.getOrDefault(room, Set.of()).contains(other)) {
                forbidden.add("dev.mneme." + other + "..");
            }
        }
        noClasses()
                .that()
                .resideInAPackage("dev.mneme." + room + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden.toArray(String[]::new))
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("dev.mneme.Main")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching("dev.mneme.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void vendorsNeverSeeEachOther() {
        slices().matching("dev.mneme.llm.(*)..")
                .should()
                .notDependOnEachOther()
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void everyPackageIsARoom() {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            String name = type.getPackageName();
            if (!name.equals("dev.mneme")) {
                found.add(name.substring("dev.mneme.".length()).split("\\.")[0]);
            }
        }
        assertThat(WALLS.keySet()).containsAll(found);
    }

    @Test
    void sqlStaysInSqlClassesAndTheStore() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.mneme.store..")
                .and()
                .haveNameNotMatching(".*Sql(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.mneme.store.gen..", "org.jooq..", "java.sql..")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void namesSayWhatAThingIs() {
        classes()
                .should()
                .haveNameNotMatching(".*(Manager|Helper|Utils?|Processor|Impl)(\\$.*)?")
                .check(CLASSES);
    }

    @Test
    void noStandardOutputOutsideTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.mneme.cli..", "dev.mneme")
                .should()
                .accessField(System.class, "out")
                .check(CLASSES);
    }

    @Test
    void threadsAreForkedOnlyThroughScopeAndTheWriter() {
        noClasses()
                .that()
                .haveNameNotMatching("dev\\.mneme\\.(base\\.Scope|store\\.SqliteWriter)(\\$.*)?")
                .should()
                .callMethod(Thread.class, "startVirtualThread", Runnable.class)
                .orShould()
                .callMethod(Thread.class, "ofPlatform")
                .orShould()
                .callMethod(Thread.class, "ofVirtual")
                .check(CLASSES);
    }
}
