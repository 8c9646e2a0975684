package dev.lmbridge.lms;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGINT for other processes. {@code lms load} tells LM Studio to abandon the load on SIGINT, but not on the SIGTERM that Java's own
 * {@code destroy()} sends (lms 0.3.43). Where kill(2) cannot be called, {@code destroy()} has to do.
 */
final class Signals {
    private static final Logger log = LoggerFactory.getLogger(Signals.class);
    private static final int SIGINT = 2;
    private static final @Nullable MethodHandle KILL = kill();

    private Signals() {}

    static void interrupt(ProcessHandle process) {
        long pid = process.pid();
        // kill(2) takes 0, 1 and negative numbers for everybody.
        if (pid <= 1
                || pid > Integer.MAX_VALUE
                || pid == ProcessHandle.current().pid()) {
            return;
        }
        if (KILL == null || send(KILL, (int) pid) != 0) {
            process.destroy();
        }
    }

    private static int send(MethodHandle kill, int pid) {
        try {
            return (int) kill.invokeExact(pid, SIGINT);
        } catch (Throwable e) {
            log.atWarn().setCause(e).log("kill(2) cannot be called");
            return -1;
        }
    }

    @SuppressWarnings("restricted")
    private static @Nullable MethodHandle kill() {
        try {
            var linker = Linker.nativeLinker();
            var signature = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
            return linker.defaultLookup()
                    .find("kill")
                    .map(address -> linker.downcallHandle(address, signature))
                    .orElse(null);
        } catch (RuntimeException | LinkageError e) {
            log.atDebug().setCause(e).log("no kill(2) here; interrupts are sent as terminate");
            return null;
        }
    }
}
