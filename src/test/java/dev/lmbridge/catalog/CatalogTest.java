package dev.lmbridge.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CatalogTest {
    private final Catalog catalog =
            new Catalog(Stream.of("qwen/qwen3-4b", "qwen/qwen3-8b", "google/gemma-3", "QWEN/other")
                    .map(key -> new CatalogModel(new ModelKey(key), CatalogModel.Kind.LLM, key, "", 0, 0, List.of()))
                    .toList());

    @Test
    void namesAreExact() {
        assertThat(catalog.find("qwen/qwen3-4b")).isPresent();
        assertThat(catalog.find("Qwen/qwen3-4b")).isEmpty();
        assertThat(catalog.find("qwen3-4b")).isEmpty();
        assertThat(catalog.find("")).isEmpty();
    }

    @Test
    void nearestNameComesFirstAndEveryNameOnce() {
        assertThat(catalog.nearest("qwen/qwen3-5b"))
                .startsWith("qwen/qwen3-4b", "qwen/qwen3-8b")
                .hasSize(4);
        assertThat(catalog.nearest("gemma-3").getFirst()).isEqualTo("google/gemma-3");
        assertThat(Catalog.nearest("x", List.of("a", "b", "a"))).containsExactlyInAnyOrder("a", "b");
        assertThat(Catalog.EMPTY.nearest("x")).isEmpty();
    }

    @Test
    void differenceInCaseAloneComesBeforeAllOthers() {
        assertThat(catalog.nearest("QWEN/QWEN3-8B").getFirst()).isEqualTo("qwen/qwen3-8b");
    }

    @Test
    void identifiersTellTheirKeyAndNumber() {
        ModelKey key = new ModelKey("a/b~7");

        assertThat(InstanceName.of(key, 12)).isEqualTo("a/b~7~12");
        assertThat(InstanceName.key("a/b~7~12")).contains("a/b~7");
        assertThat(InstanceName.number("a/b~7~12", key)).contains(12);
        assertThat(InstanceName.number("a/b~7~12", new ModelKey("a/b"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a/b:2", "a/b~", "~1", "a/b~x", "a/b~-1", "a/b~1234567890", "a/b~1 "})
    void anyOtherIdentifierIsSomebodyElses(String identifier) {
        assertThat(InstanceName.key(identifier)).isEmpty();
        assertThat(InstanceName.number(identifier, new ModelKey("a/b"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-a", "--all", "a/../b", "..", "..\\a", "a\u0000", "a\tb", "\ud800x", "a\u0085b"})
    void malformedKeyIsRefusedWithASentence(String name) {
        assertThat(ModelKey.problem(name))
                .hasValueSatisfying(problem ->
                        assertThat(problem).startsWith("A model name ").endsWith("."));
        assertThatIllegalArgumentException().isThrownBy(() -> new ModelKey(name));
    }

    @Test
    void keyHasAtMost512Characters() {
        assertThat(ModelKey.problem("n".repeat(512))).isEmpty();
        assertThat(ModelKey.problem("n".repeat(513))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a-b", "a..b", "a/.hidden", "modèle 模 😀", "a@q4", "a~1"})
    void unusualKeyIsTaken(String name) {
        assertThat(ModelKey.problem(name)).isEmpty();
    }
}
