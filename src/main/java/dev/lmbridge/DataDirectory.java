package dev.lmbridge;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one folder that the service writes to, held by an operating system's lock: two services in one folder would each
 * believe to be the only one that drives its hosts. The lock goes with the process, however it ends.
 */
final class DataDirectory implements AutoCloseable {
    /** Where the other commands find the service. */
    static final String PORT_FILE = "lm-bridge.port";

    private final Path folder;
    private final FileChannel channel;
    private final FileLock lock;

    private DataDirectory(Path folder, FileChannel channel, FileLock lock) {
        this.folder = folder;
        this.channel = channel;
        this.lock = lock;
    }

    /** Makes the folder if there is none, and takes it. Fails with a sentence for the person who started the service. */
    static DataDirectory take(Path folder) throws IOException {
        FileChannel channel;
        @Nullable FileLock lock;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lock = tryLock(channel);
        } catch (IOException failed) {
            throw unusable(folder, failed);
        }
        if (lock == null) {
            channel.close();
            throw new IOException("Another LM Bridge is using the data directory " + folder
                    + ". Stop it, or choose another one with --data-dir.");
        }
        return new DataDirectory(folder, channel, lock);
    }

    /** A sentence for a person: some of the operating system's errors name nothing but the file. */
    private static IOException unusable(Path folder, IOException cause) {
        String why = cause instanceof FileSystemException named ? named.getReason() : cause.getMessage();
        if (cause instanceof AccessDeniedException) {
            why = "access is denied";
        }
        return new IOException(
                "The data directory " + folder + " cannot be written to (" + why
                        + "). Choose another one with --data-dir.",
                cause);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException inThisProcess) {
            return null;
        }
    }

    Path folder() {
        return folder;
    }

    /** Remembers that a real host was driven from here. */
    void markReal() throws IOException {
        Path mark = folder.resolve(HostFinder.REAL_HOST_MARK);
        try {
            if (!Files.exists(mark)) {
                Files.writeString(
                        mark, "This data directory has served a real LM Studio; it is never simulated here.\n");
            }
        } catch (IOException failed) {
            throw unusable(folder, failed);
        }
    }

    /** Tells the other commands where the service is. Written beside and moved, so that nobody reads half of it. */
    void announce(URI url) throws IOException {
        byte[] content = new ObjectMapper()
                .writeValueAsBytes(Map.of(
                        "url", url.toString(), "pid", ProcessHandle.current().pid()));
        Path beside = folder.resolve(PORT_FILE + ".new");
        try {
            Files.write(beside, content);
            Files.move(
                    beside,
                    folder.resolve(PORT_FILE),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw unusable(folder, failed);
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(folder.resolve(PORT_FILE));
        lock.release();
        channel.close();
    }
}
