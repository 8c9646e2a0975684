package dev.lmbridge.store;

import dev.lmbridge.store.StoreException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Set;
import org.h2.api.ErrorCode;
import org.h2.jdbcx.JdbcDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store in a file of our own: H2 inside this process, with no server and no console. */
public final class EmbeddedStore {
    /** Of the audit. At some 200 bytes each, the file stays in the tens of megabytes. */
    static final long KEEP = 100_000;

    private static final String NAME = "lm-bridge";

    /** What a disk says, not a file: it may be better later. */
    private static final Set<Integer> OF_THE_DISK = Set.of(ErrorCode.IO_EXCEPTION_1, ErrorCode.IO_EXCEPTION_2);

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedStore.class);

    private EmbeddedStore() {}

    /** The file in a folder. */
    static Path file(Path folder) {
        return folder.resolve(NAME + ".mv.db");
    }

    /**
     * Opens the store in a folder, or begins one.
     *
     * @param node the name of this machine
     * @throws StoreException {@link Kind#REFUSED} for a file that is damaged, in use or of a newer version
     */
    public static Store open(Path folder, String node) throws StoreException {
        return open(folder, node, KEEP);
    }

    static Store open(Path folder, String node, long keep) throws StoreException {
        JdbcDataSource source = source(folder);
        try {
            Files.createDirectories(folder);
        } catch (IOException failed) {
            throw new StoreException(Kind.UNAVAILABLE, "The folder " + folder + " cannot be made.", failed);
        }
        putAsideIfEmpty(file(folder));
        OneConnection connections = new OneConnection(source::getConnection);
        try {
            connections.prepare(connection -> Schema.bring(
                    connection,
                    source,
                    "The store " + file(folder),
                    way(folder),
                    failed -> explain(folder, failed, Kind.REFUSED)));
            return new SqlStore(connections, node, keep, failed -> explain(folder, failed, Kind.FAILED));
        } catch (SQLException failed) {
            connections.close();
            throw explain(folder, failed, Kind.REFUSED);
        } catch (StoreException refused) {
            connections.close();
            throw refused;
        }
    }

    /**
     * H2 takes a file without content for a new one. It may also be what a full disk or a crash of the machine has left of an
     * old one, so it is told and kept; since nothing in it can be lost, the start goes on.
     */
    private static void putAsideIfEmpty(Path file) throws StoreException {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > 0) {
                return;
            }
            Path kept = free(file, ".empty-");
            Files.move(file, kept);
            LOG.atWarn()
                    .log(
                            "The store " + file + " is an empty file. It was kept as " + kept.getFileName()
                                    + ", and a new store is begun. If there was an audit in it, stop the service and put back a copy.");
        } catch (IOException failed) {
            throw new StoreException(Kind.UNAVAILABLE, "The store " + file + " cannot be read or put aside.", failed);
        }
    }

    /**
     * Without a delay of writes each commit reaches the operating system before it returns, so that a killed process loses
     * nothing that was committed. No trace files: errors are told by us.
     */
    private static JdbcDataSource source(Path folder) throws StoreException {
        String path = folder.toAbsolutePath().resolve(NAME).toString();
        if (path.indexOf(';') >= 0) {
            throw new StoreException(
                    Kind.REFUSED,
                    "The store cannot be kept in " + folder
                            + ": its path must not hold a semicolon. Choose another dataDir.",
                    null);
        }
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(
                "jdbc:h2:file:" + path
                        + ";AUTO_SERVER=FALSE;DB_CLOSE_ON_EXIT=FALSE;WRITE_DELAY=0;TRACE_LEVEL_FILE=0;TRACE_LEVEL_SYSTEM_OUT=0");
        source.setUser(NAME);
        source.setPassword("");
        return source;
    }

    /** @param otherwise what an error is that is none of the disk's */
    private static StoreException explain(Path folder, SQLException failed, Kind otherwise) {
        Path file = file(folder);
        int code = failed.getErrorCode();
        if (code == ErrorCode.DATABASE_ALREADY_OPEN_1) {
            return new StoreException(
                    Kind.REFUSED, "The store " + file + " is open in another program. End that program.", failed);
        }
        if (OF_THE_DISK.contains(code) || hasDiskError(failed)) {
            return new StoreException(
                    Kind.UNAVAILABLE,
                    "The store " + file + " cannot be read or written (" + deepest(failed) + ").",
                    failed);
        }
        if (otherwise == Kind.FAILED) {
            boolean closed = code == ErrorCode.DATABASE_IS_CLOSED || code == ErrorCode.DATABASE_CALLED_AT_SHUTDOWN;
            return new StoreException(
                    closed ? Kind.UNAVAILABLE : Kind.FAILED,
                    "The store " + file + " did not do it (error " + code + ").",
                    failed);
        }
        return new StoreException(
                Kind.REFUSED,
                "The store " + file + " is damaged and cannot be opened (error " + code
                        + "). Put back a copy of it, or " + way(folder),
                failed);
    }

    private static boolean hasDiskError(Throwable failed) {
        for (Throwable each = failed; each != null; each = each.getCause()) {
            if (each instanceof IOException) {
                return true;
            }
        }
        return false;
    }

    private static String deepest(Throwable failed) {
        Throwable each = failed;
        while (each.getCause() != null) {
            each = each.getCause();
        }
        return String.valueOf(each.getMessage());
    }

    /** How to begin anew; what there is stays beside. */
    private static String way(Path folder) {
        return "begin with an empty one, which keeps what there is beside: mv '" + folder + "' '"
                + free(folder, ".old-") + "'";
    }

    /** A name beside that is not taken. */
    private static Path free(Path taken, String ending) {
        Path name = taken.resolveSibling(taken.getFileName() + ending + 1);
        for (int number = 2; Files.exists(name) && number < 1_000; number++) {
            name = taken.resolveSibling(taken.getFileName() + ending + number);
        }
        return name;
    }
}
