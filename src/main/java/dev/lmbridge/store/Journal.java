package dev.lmbridge.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The intents of one host, in a file of lines: an intent is on disk before its process starts, and is crossed out when the process has
 * ended. What is not crossed out at the next start was cut off in the middle.
 *
 * <p>Safe for use by several threads.
 */
public final class Journal implements AutoCloseable {
    /** After so many lines the file is written anew, with the open intents alone. */
    private static final int COMPACT_AFTER = 256;

    private final Path file;
    private final Map<String, Intent> open;
    private final List<Intent> unfinished;
    private final Optional<String> damage;
    private FileChannel channel;
    private int lines;

    private Journal(Path file, JournalLines.Read read, Optional<String> damage) throws IOException {
        this.file = file;
        this.open = new LinkedHashMap<>(read.open());
        this.unfinished = List.copyOf(open.values());
        this.damage = damage;
        this.channel = rewrite();
    }

    /**
     * Opens the journal, or begins one. A file that cannot be understood is kept beside it under another name, and what could be read
     * of it counts.
     *
     * @throws IOException if the file cannot be read or written
     */
    public static Journal open(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        JournalLines.Read read = Files.exists(file)
                ? JournalLines.read(Files.readAllBytes(file))
                : new JournalLines.Read(Map.of(), Optional.empty());
        Optional<String> damage = Optional.empty();
        if (read.damage().isPresent()) {
            Path kept = backup(file);
            damage = Optional.of("The journal " + file + " " + read.damage().get() + " It was kept as "
                    + kept.getFileName() + "; a load that was under way when the bridge ended may go on unnoticed.");
        }
        return new Journal(file, read, damage);
    }

    /** The intents that the run before has left open, oldest first. */
    public List<Intent> unfinished() {
        return unfinished;
    }

    /** What was wrong with the file, for a person; empty if nothing was. */
    public Optional<String> damage() {
        return damage;
    }

    /**
     * Writes an intent; it is on disk when this returns.
     *
     * @throws IOException if it could not be written: then the command must not start
     */
    public synchronized void begin(Intent intent) throws IOException {
        append(JournalLines.begin(intent));
        channel.force(false);
        open.put(intent.mark(), intent);
    }

    /** Crosses an intent out. Nothing happens if it is not open. */
    public synchronized void end(String mark) throws IOException {
        if (open.remove(mark) == null) {
            return;
        }
        if (lines >= COMPACT_AFTER) {
            channel.close();
            channel = rewrite();
        } else {
            append(JournalLines.end(mark));
        }
    }

    @Override
    public synchronized void close() throws IOException {
        channel.close();
    }

    /** A line that was written in part is cut off again: the next one must not be glued to it. */
    private void append(String line) throws IOException {
        long end = channel.size();
        try {
            write(channel, line);
            lines++;
        } catch (IOException failed) {
            channel.truncate(end);
            throw failed;
        }
    }

    /** Writes the open intents beside and moves them over the file, so that there is a whole one at every moment. */
    private FileChannel rewrite() throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel fresh = FileChannel.open(
                beside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            write(fresh, JournalLines.HEADER);
            for (Intent intent : open.values()) {
                write(fresh, JournalLines.begin(intent));
            }
            fresh.force(true);
        }
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        lines = open.size();
        return FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    private static void write(FileChannel to, String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    private static Path backup(Path file) throws IOException {
        List<Path> names = new ArrayList<>();
        for (int number = 1; number <= 9; number++) {
            names.add(file.resolveSibling(file.getFileName() + ".damaged-" + number));
        }
        Path name =
                names.stream().filter(each -> !Files.exists(each)).findFirst().orElse(names.getLast());
        return Files.copy(file, name, StandardCopyOption.REPLACE_EXISTING);
    }
}
