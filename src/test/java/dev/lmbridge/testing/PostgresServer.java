package dev.lmbridge.testing;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PostgreSQL of our own in a folder, from the programs that this machine has. It asks for a password. */
public final class PostgresServer implements AutoCloseable {
    public static final String USER = "keeper";
    public static final String PASSWORD = "hunter2:@/ä";

    private static final long BOUND_SECONDS = 60;

    private final Path programs;
    private final Path folder;
    private final int port;

    private PostgresServer(Path programs, Path folder, int port) {
        this.programs = programs;
        this.folder = folder;
        this.port = port;
    }

    /** Where initdb and pg_ctl are; empty if there is no PostgreSQL, or no user that may run it. */
    public static Optional<Path> programs() throws IOException {
        if (isRoot() && !Programs.isInstalled("runuser")) {
            return Optional.empty();
        }
        Path installed = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(installed)) {
            try (Stream<Path> versions = Files.list(installed)) {
                return versions.map(version -> version.resolve("bin"))
                        .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                        .findFirst();
            }
        }
        return Stream.of(Programs.pathWithoutLms().split(File.pathSeparator, -1))
                .map(Path::of)
                .filter(bin -> Files.isExecutable(bin.resolve("initdb")) && Files.isExecutable(bin.resolve("pg_ctl")))
                .findFirst();
    }

    /** Makes a database cluster below an empty folder and starts it on a free port. */
    public static PostgresServer start(Path programs, Path folder) throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r--r--"));
        PostgresServer server = new PostgresServer(programs, folder, port);
        server.run(
                "initdb",
                "-D",
                server.data(),
                "-U",
                USER,
                "-A",
                "scram-sha-256",
                "--pwfile=" + password,
                "--no-sync",
                "--encoding=UTF8",
                "--locale=C");
        server.start();
        return server;
    }

    public void start() throws IOException, InterruptedException {
        String options = "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off";
        run("pg_ctl", "-D", data(), "-l", folder.resolve("log").toString(), "-w", "-o", options, "start");
    }

    /** Ends it at once; connections are cut. */
    public void stop() throws IOException, InterruptedException {
        run("pg_ctl", "-D", data(), "-m", "immediate", "-w", "stop");
    }

    /** Its address as a setting. */
    public String url(String password) {
        return "postgresql://" + USER + ":" + password + "@127.0.0.1:" + port + "/postgres";
    }

    public String url() {
        return url("hunter2%3A%40%2F%C3%A4");
    }

    private String data() {
        return folder.resolve("cluster").toString();
    }

    private void run(String program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            // PostgreSQL refuses to run as root.
            command.addAll(List.of("runuser", "-u", "nobody", "--"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        File said = folder.resolve("said").toFile();
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said)
                .start();
        if (!process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(command + ": " + Files.readString(said.toPath()));
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    @Override
    public void close() throws IOException {
        try {
            if (Files.exists(Path.of(data(), "postmaster.pid"))) {
                stop();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
