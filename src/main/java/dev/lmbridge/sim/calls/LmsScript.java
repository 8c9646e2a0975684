package dev.lmbridge.sim.calls;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The executable {@code lms} that people and programs call: a shell script that becomes the stand-in process. */
public final class LmsScript {
    private LmsScript() {}

    /** Writes {@code bin/lms} into the folder and gives its path. Only this user can read it: it holds the secret. */
    public static Path write(Path home, int port, String secret) throws IOException {
        Path bin = Files.createDirectories(home.resolve("bin"));
        Path script = bin.resolve("lms");
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        // The options of other Java programs would add lines to stderr, so they are taken away.
        String text = """
                #!/bin/sh
                unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS
                LM_BRIDGE_SIM='%d %s'
                export LM_BRIDGE_SIM
                exec %s -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Xmx32m -XX:-UsePerfData -cp %s dev.lmbridge.sim.standin.LmsStandIn "$@"
                """.formatted(port, secret, quoted(java), quoted(classPath()));
        Files.deleteIfExists(script);
        Files.createFile(script, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(script, text);
        return script;
    }

    /** The small jar beside the jar of this class; without jars, the folder of its classes. */
    private static Path classPath() throws IOException {
        try {
            Path own = Path.of(LmsScript.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path small = own.resolveSibling("lms-stand-in.jar");
            return Files.isRegularFile(own) && Files.isRegularFile(small) ? small : own;
        } catch (URISyntaxException e) {
            throw new IOException("The place of the stand-in lms is not a file: " + e.getMessage(), e);
        }
    }

    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }
}
