package dev.lmbridge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lmbridge.settings.Secret;
import dev.lmbridge.testing.PostgresServer;
import dev.lmbridge.testing.Waiting;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Against a real PostgreSQL; skipped where there is none. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class PostgresStoreTest {
    private static final AuditQuery ALL = new AuditQuery(null, null, 100);

    private @Nullable PostgresServer running;
    private @Nullable Path folder;

    @BeforeAll
    void start() throws Exception {
        Optional<Path> programs = PostgresServer.programs();
        assumeTrue(
                programs.isPresent(),
                "There is no PostgreSQL (initdb, pg_ctl) on this machine, or no user that may run it: its store is not tested.");
        // Not a @TempDir: another user has to be able to reach it.
        folder = Files.createTempDirectory(Path.of("/tmp"), "lm-bridge-postgres");
        running = PostgresServer.start(programs.get(), folder);
    }

    @AfterAll
    void stop() throws Exception {
        if (running != null) {
            running.close();
        }
        if (folder != null) {
            try (var files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(each -> each.toFile().delete());
            }
        }
    }

    @BeforeEach
    void empty() throws Exception {
        change("drop schema public cascade", "create schema public");
    }

    @Test
    void pinsAreReplacedForgottenAndThereAfterTheNextStart() throws Exception {
        try (Store store = PostgresStore.open(address(), "one")) {
            store.pin(new StoredPin("local", "b", 4_096));
            store.pin(new StoredPin("local", "a", 2_048));
            store.pin(new StoredPin("local", "a", null));
            store.pin(new StoredPin("other", "a", 1));
            store.unpin("other", "a");
            store.unpin("other", "a");
        }
        try (Store store = PostgresStore.open(address(), "one")) {
            assertThat(store.pins())
                    .containsExactly(new StoredPin("local", "a", null), new StoredPin("local", "b", 4_096));
        }
    }

    @Test
    void entriesAreWrittenAndFoundByEveryNode() throws Exception {
        try (Store one = PostgresStore.open(address(), "one");
                Store other = PostgresStore.open(address(), "other")) {
            one.append(AuditSamples.entries(1, 3));
            other.append(List.of(AuditSamples.of("a\0b", 4)));
            AuditPage page = one.audit(new AuditQuery(null, null, 2));
            assertThat(AuditSamples.numbers(page)).containsExactly(4, 3);
            assertThat(page.rows()).extracting(AuditPage.Row::node).containsExactly("other", "one");
            assertThat(page.rows().getLast().entry()).isEqualTo(AuditSamples.entry(3));
            assertThat(AuditSamples.numbers(other.audit(new AuditQuery("qwen/qwen3-4b", page.next(), 5))))
                    .containsExactly(2, 1);
        }
    }

    @Test
    void aDatabaseOfANewerVersionIsRefused() throws Exception {
        PostgresStore.open(address(), "here").close();
        change("insert into flyway_schema_history values"
                + " (3, '3', 'later', 'SQL', 'V3__later.sql', 0, 'x', current_timestamp, 1, true)");
        StoreException refused = refusal(address());
        assertThat(refused.kind()).isEqualTo(StoreException.Kind.REFUSED);
        assertThat(refused).hasMessageContaining("newer version").hasMessageContaining("store.url");
    }

    @Test
    void aWrongPasswordIsToldWithoutIt() {
        StoreException refused = refusal(new Secret(server().url("hunter9")));
        assertThat(refused.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
        assertThat(refused).hasMessageContaining("refuses the user name or the password");
        assertThat(everything(refused)).doesNotContain("hunter").doesNotContain(PostgresServer.USER);
    }

    @Test
    void aDatabaseThatIsNotThereAndAParameterThatIsNoneAreTold() {
        assertThat(refusal(new Secret(server().url().replace("/postgres", "/nowhere"))))
                .hasMessageContaining("does not exist");
        assertThat(refusal(new Secret(server().url() + "?sslmood=hunter")))
                .hasMessageContaining("'sslmood'")
                .hasMessageNotContaining("hunter");
    }

    @Test
    void aServerThatStopsIsUnavailableAndOneThatComesBackIsUsedAgain() throws Exception {
        try (Store store = PostgresStore.open(address(), "here")) {
            store.append(AuditSamples.entries(1, 1));
            server().stop();
            StoreException gone = catchThrowableOfType(StoreException.class, () -> store.audit(ALL));
            assertThat(gone.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
            assertThat(everything(gone)).doesNotContain("hunter").doesNotContain(PostgresServer.USER);
            assertThat(refusal(address()).kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);

            server().start();
            Waiting.until("the store answers", () -> answers(store));
            store.append(AuditSamples.entries(2, 2));
            assertThat(AuditSamples.numbers(store.audit(ALL))).containsExactly(2, 1);
        }
    }

    private static boolean answers(Store store) {
        try {
            store.check();
            return true;
        } catch (StoreException notYet) {
            return false;
        }
    }

    private PostgresServer server() {
        if (running == null) {
            throw new IllegalStateException("not started");
        }
        return running;
    }

    private Secret address() {
        return new Secret(server().url());
    }

    private static StoreException refusal(Secret address) {
        return catchThrowableOfType(
                StoreException.class, () -> PostgresStore.open(address, "here").close());
    }

    private static String everything(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private void change(String... statements) throws SQLException {
        PostgresAddress address = PostgresAddress.of(address());
        try (Connection connection = DriverManager.getConnection(address.url(), address.properties());
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }
}
