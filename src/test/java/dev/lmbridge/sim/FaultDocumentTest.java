package dev.lmbridge.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.faults.FaultValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/** What people read about the faults is what there is. */
final class FaultDocumentTest {
    private final String document = read();

    @ParameterizedTest
    @EnumSource(FaultKind.class)
    void theDocumentHasEachFaultWithItsValuesAndACommandToTryIt(FaultKind kind) {
        String row = document.lines()
                .filter(line -> line.startsWith("| `" + kind.wireName() + "` |"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("docs/simulator.md has no row for " + kind.wireName()));
        assertThat(kind.uses()).allSatisfy(use -> {
            assertThat(row).contains("`" + use.value().wireName() + "`");
            if (use.usual() != null && use.value() != FaultValue.WORDING) {
                assertThat(row).contains("(" + use.usual() + ")");
            }
            assertThat(use.allowed()).allSatisfy(word -> assertThat(row).contains("`" + word + "`"));
        });
        assertThat(Pattern.compile("curl .*/faults -d '\\{\"kind\":\"" + kind.wireName() + "\"[,}]")
                        .matcher(document)
                        .find())
                .as("a command for " + kind.wireName())
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(FaultKind.class)
    void theHelpHasEachFaultWithItsValues(FaultKind kind) {
        String help = new CommandLine(SimHelp.complete(CommandSpec.create())).getUsageMessage(Ansi.OFF);
        assertThat(help).contains("  " + kind.wireName() + " ");
        assertThat(kind.uses())
                .allSatisfy(use -> assertThat(help).contains(use.value().wireName()));
    }

    private static String read() {
        try {
            return Files.readString(Path.of("docs/simulator.md"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
