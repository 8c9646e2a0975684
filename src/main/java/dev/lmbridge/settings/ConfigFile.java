package dev.lmbridge.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the file that the user named, up to a limit. */
final class ConfigFile {
    /** One mebibyte: a thousand times what a real configuration needs. */
    static final int LARGEST = 1 << 20;

    private ConfigFile() {}

    /** What the file says, or nothing if it is empty or was refused. */
    static @Nullable ConfigNode read(Path file, String namedBy, Consumer<Problem> problems) {
        String shown = file.toString();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                problems.accept(new Problem("configuration file", namedBy, shown, "It is larger than 1 MiB."));
                return null;
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            String name =
                    file.getFileName() == null ? shown : file.getFileName().toString();
            return ConfigParser.yaml(text.startsWith("\uFEFF") ? text.substring(1) : text, name, problems);
        } catch (NoSuchFileException missing) {
            problems.accept(new Problem("configuration file", namedBy, shown, "There is no such file."));
        } catch (CharacterCodingException malformed) {
            problems.accept(new Problem("configuration file", namedBy, shown, "It is not UTF-8 text."));
        } catch (IOException unreadable) {
            problems.accept(new Problem("configuration file", namedBy, shown, "It cannot be read."));
        }
        return null;
    }
}
