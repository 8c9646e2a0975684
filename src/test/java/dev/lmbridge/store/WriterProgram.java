package dev.lmbridge.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes numbered entries to an embedded store and says so after each: a process that tests can kill. What failed is tried again
 * once a line was read.
 */
final class WriterProgram {
    private WriterProgram() {}

    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int number = 1;
        try (Store store = EmbeddedStore.open(Path.of(arguments[0]), "writer")) {
            AuditPage page = store.audit(new AuditQuery(null, null, 1));
            number += page.rows().isEmpty() ? 0 : AuditSamples.numbers(page).getFirst();
            while (true) {
                try {
                    store.append(List.of(AuditSamples.entry(number)));
                    System.out.println(number++);
                } catch (StoreException failed) {
                    System.out.println(failed.kind() + " " + failed.getMessage());
                    if (in.readLine() == null) {
                        return;
                    }
                }
            }
        } catch (StoreException refused) {
            System.out.println(refused.kind() + " " + refused.getMessage());
        }
    }

    /** Starts it. */
    static Run run(Path folder, List<String> before) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xlog:disable",
                "-cp",
                System.getProperty("java.class.path"),
                WriterProgram.class.getName(),
                folder.toString()));
        return new Run(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** One that runs. */
    static final class Run {
        private final Process process;
        private final BufferedReader out;

        Run(Process process) {
            this.process = process;
            out = process.inputReader(StandardCharsets.UTF_8);
        }

        long pid() {
            return process.pid();
        }

        /** The next line; empty once it has ended. */
        String line() throws IOException {
            String line = out.readLine();
            return line == null ? "" : line;
        }

        void goOn() throws IOException {
            process.outputWriter(StandardCharsets.UTF_8).append("go on\n").flush();
        }

        /** Kills it; the last number that it has said. */
        int kill(int known) throws Exception {
            // Of the handle: that of the process would close its output, which is still to be read.
            process.toHandle().destroyForcibly();
            process.waitFor();
            int last = known;
            for (String line = line(); !line.isEmpty(); line = line()) {
                last = line.matches("\\d+") ? Integer.parseInt(line) : last;
            }
            return last;
        }

        void end() throws InterruptedException {
            process.destroyForcibly();
            process.waitFor();
        }
    }
}
