package dev.lmbridge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

final class EmbeddedStoreTest {
    private static final AuditQuery ALL = new AuditQuery(null, null, 100);

    @TempDir
    private Path data;

    private Path folder = Path.of("");

    @BeforeEach
    void name() {
        folder = data.resolve("store");
    }

    @Test
    void whatWasWrittenIsThereAfterTheNextStart() throws Exception {
        AuditEntry sparse =
                new AuditEntry(AuditSamples.NOW, "bus", "unload", "model_not_found", null, null, null, null, null);
        try (Store store = EmbeddedStore.open(folder, "here")) {
            store.append(List.of(AuditSamples.entry(1), sparse));
        }
        try (Store store = EmbeddedStore.open(folder, "here")) {
            store.check();
            AuditPage page = store.audit(ALL);
            assertThat(page.rows()).extracting(AuditPage.Row::entry).containsExactly(sparse, AuditSamples.entry(1));
            assertThat(page.rows()).extracting(AuditPage.Row::node).containsOnly("here");
            assertThat(page.next()).isNull();
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).as("no traces, no lock files").containsExactly(EmbeddedStore.file(folder));
        }
    }

    @Test
    void pagesFollowOneAnotherWithoutGapOrRepetition() throws Exception {
        try (Store store = EmbeddedStore.open(folder, "here")) {
            store.append(AuditSamples.entries(1, 5));
            AuditPage first = store.audit(new AuditQuery(null, null, 2));
            assertThat(AuditSamples.numbers(first)).containsExactly(5, 4);
            store.append(AuditSamples.entries(6, 6));
            AuditPage second = store.audit(new AuditQuery(null, first.next(), 2));
            assertThat(AuditSamples.numbers(second)).containsExactly(3, 2);
            AuditPage third = store.audit(new AuditQuery(null, second.next(), 2));
            assertThat(AuditSamples.numbers(third)).containsExactly(1);
            assertThat(third.next()).isNull();
        }
    }

    @Test
    void pinsAreReplacedForgottenAndThereAfterTheNextStart() throws Exception {
        try (Store store = EmbeddedStore.open(folder, "here")) {
            store.pin(new StoredPin("local", "b", 4_096));
            store.pin(new StoredPin("local", "a", 2_048));
            store.pin(new StoredPin("local", "a", null));
            store.pin(new StoredPin("other", "a", 1));
            store.unpin("other", "a");
            store.unpin("other", "a");
        }
        try (Store store = EmbeddedStore.open(folder, "here")) {
            assertThat(store.pins())
                    .containsExactly(new StoredPin("local", "a", null), new StoredPin("local", "b", 4_096));
        }
    }

    @Test
    void oneModelsEntriesAreFound() throws Exception {
        try (Store store = EmbeddedStore.open(folder, "here")) {
            store.append(List.of(AuditSamples.of("a", 1), AuditSamples.of("b", 2), AuditSamples.of("a", 3)));
            AuditPage page = store.audit(new AuditQuery("a", null, 1));
            assertThat(AuditSamples.numbers(page)).containsExactly(3);
            assertThat(AuditSamples.numbers(store.audit(new AuditQuery("a", page.next(), 1))))
                    .containsExactly(1);
        }
    }

    @Test
    void onlyTheNewestAreKept() throws Exception {
        try (Store store = EmbeddedStore.open(folder, "here", 3)) {
            store.append(AuditSamples.entries(1, 4));
            store.append(AuditSamples.entries(5, 5));
            assertThat(AuditSamples.numbers(store.audit(ALL))).containsExactly(5, 4, 3);
        }
    }

    @Test
    void textsThatAreTooLongAreCutAndOnesWithZerosAreTaken() throws Exception {
        AuditEntry wild = new AuditEntry(
                AuditSamples.NOW, "a\0b", "load", "success", "m".repeat(600), null, null, "r", "d".repeat(5_000));
        try (Store store = EmbeddedStore.open(folder, "n".repeat(300))) {
            store.append(List.of(wild));
            AuditPage.Row row = store.audit(ALL).rows().getFirst();
            assertThat(row.entry().actor()).isEqualTo("ab");
            assertThat(row.entry().model()).hasSize(512).endsWith("m…");
            assertThat(row.entry().detail()).hasSize(1_000);
        }
    }

    @Test
    void aFileThatIsNoStoreIsRefusedAndLeftAsItIs() throws Exception {
        Files.createDirectories(folder);
        String rubbish = "This is not a database. ".repeat(2_000);
        Files.writeString(EmbeddedStore.file(folder), rubbish);

        StoreException refused = refusal();

        assertThat(refused.kind()).isEqualTo(StoreException.Kind.REFUSED);
        assertThat(refused)
                .hasMessageContaining(EmbeddedStore.file(folder).toString())
                .hasMessageContaining("damaged")
                .hasMessageContaining("mv '" + folder + "' '" + data.resolve("store.old-1") + "'");
        assertThat(EmbeddedStore.file(folder)).hasContent(rubbish);
    }

    @Test
    void theCommandOfTheRefusalBeginsAnewAndKeepsTheOldOne() throws Exception {
        Files.createDirectories(data.resolve("store.old-1"));
        aFileThatHasLostItsBeginning();
        String message = String.valueOf(refusal().getMessage());

        String command = message.substring(message.indexOf("mv '"));
        Process mv = new ProcessBuilder("sh", "-c", command).inheritIO().start();
        assertThat(mv.waitFor()).isZero();

        assertThat(EmbeddedStore.file(data.resolve("store.old-2"))).exists();
        try (Store store = EmbeddedStore.open(folder, "here")) {
            assertThat(store.audit(ALL).rows()).isEmpty();
        }
    }

    @Test
    void aStoreOfANewerVersionIsRefused() throws Exception {
        EmbeddedStore.open(folder, "here").close();
        change("insert into \"flyway_schema_history\" values"
                + " (3, '3', 'later', 'SQL', 'V3__later.sql', 0, 'x', current_timestamp, 1, true)");

        StoreException refused = refusal();

        assertThat(refused.kind()).isEqualTo(StoreException.Kind.REFUSED);
        assertThat(refused)
                .hasMessageContaining(EmbeddedStore.file(folder).toString())
                .hasMessageContaining("newer version of LM Bridge")
                .hasMessageContaining("mv '");
    }

    @Test
    void theNewestMigrationIsTheOneThatTheProgramKnows() throws Exception {
        EmbeddedStore.open(folder, "here").close();
        try (Connection connection = connect()) {
            assertThat(Schema.state(connection)).isEqualTo(Schema.State.CURRENT);
        }
        Path migrations = Path.of("src/main/resources/db/migration");
        try (Stream<Path> files = Files.list(migrations)) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .map(name -> Integer.valueOf(name.replaceAll("V(\\d+)__.*", "$1")))
                            .max(Integer::compare))
                    .contains(Schema.VERSION);
        }
    }

    @Test
    void aMigrationThatHasFailedIsRefused() throws Exception {
        EmbeddedStore.open(folder, "here").close();
        change("update \"flyway_schema_history\" set \"success\" = false");
        assertThat(refusal()).hasMessageContaining("cannot be brought to the form");
    }

    @Test
    void aMigrationThatWasCutOffIsDoneAgain() throws Exception {
        EmbeddedStore.open(folder, "here").close();
        change("delete from \"flyway_schema_history\"", "drop index audit_by_model");
        try (Store store = EmbeddedStore.open(folder, "here")) {
            store.append(AuditSamples.entries(1, 1));
        }
    }

    @Test
    void aStoreThatIsInUseIsRefused() throws Exception {
        try (Store store = EmbeddedStore.open(folder, "here")) {
            store.append(AuditSamples.entries(1, 1));
            WriterProgram.Run second = WriterProgram.run(folder, List.of());
            assertThat(second.line()).contains("REFUSED").contains("open in another program");
            second.end();
        }
    }

    @Test
    void aFolderWhosePathWouldBeReadAsSettingsIsRefused() {
        folder = data.resolve("a;INIT=SHUTDOWN");
        assertThat(refusal()).hasMessageContaining("semicolon");
        assertThat(folder).doesNotExist();
    }

    @Test
    void anEmptyFileIsKeptBesideAndToldAndTheStoreBeginsAnew() throws Exception {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger log = (Logger) LoggerFactory.getLogger(EmbeddedStore.class);
        log.addAppender(lines);
        Path file = EmbeddedStore.file(folder);
        Files.createDirectories(folder);
        try {
            for (int time = 1; time <= 2; time++) {
                Files.write(file, new byte[0]);
                try (Store store = EmbeddedStore.open(folder, "here")) {
                    store.append(AuditSamples.entries(1, 1));
                    assertThat(store.audit(ALL).rows()).hasSize(1);
                }
                assertThat(file.resolveSibling("lm-bridge.mv.db.empty-" + time)).isEmptyFile();
            }
        } finally {
            log.detachAppender(lines);
        }
        assertThat(lines.list)
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.getFormattedMessage())
                        .contains(file.toString())
                        .contains("lm-bridge.mv.db.empty-")
                        .contains("copy"));
    }

    @Test
    void aFolderThatCannotBeMadeIsToldAsUnavailable() throws Exception {
        Files.writeString(data.resolve("file"), "");
        folder = data.resolve("file/store");
        assertThat(refusal().kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
    }

    private StoreException refusal() {
        return catchThrowableOfType(
                StoreException.class, () -> EmbeddedStore.open(folder, "here").close());
    }

    private void aFileThatHasLostItsBeginning() throws IOException, StoreException {
        try (Store store = EmbeddedStore.open(folder, "here")) {
            store.append(AuditSamples.entries(1, 50));
        }
        byte[] bytes = Files.readAllBytes(EmbeddedStore.file(folder));
        Arrays.fill(bytes, 0, bytes.length - 100, (byte) 'x');
        Files.write(EmbeddedStore.file(folder), bytes);
    }

    private void change(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("lm-bridge"), "lm-bridge", "");
    }
}
