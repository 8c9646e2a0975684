package dev.lmbridge;

import com.sun.management.OperatingSystemMXBean;
import dev.lmbridge.lmstudio.HostEndpoint;
import dev.lmbridge.settings.HostSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much memory this machine has, and what that makes the budget of a host. */
final class MachineMemory {
    private static final Logger LOG = LoggerFactory.getLogger(MachineMemory.class);
    private static final Pattern TOTAL = Pattern.compile("^MemTotal:\\s+(\\d{1,15}) kB$", Pattern.MULTILINE);
    private static final Path MEMINFO = Path.of("/proc/meminfo");

    private MachineMemory() {}

    /**
     * What models may take on a host, with the reserve: what is configured, else the memory of the machine if LM Studio runs on this one;
     * null if it is not known.
     */
    static @Nullable Long budget(String host, HostEndpoint endpoint, HostSettings.Memory memory, boolean simulated) {
        boolean here = isLoopback(endpoint.host());
        OptionalLong machine = here ? ofThisMachine() : OptionalLong.empty();
        Long configured = memory.budgetBytes();
        if (configured != null) {
            if (machine.isPresent() && configured > machine.getAsLong()) {
                LOG.atWarn()
                        .addKeyValue("host", host)
                        .addKeyValue("budgetBytes", configured)
                        .addKeyValue("machineBytes", machine.getAsLong())
                        .log("hosts[].memory.budget is larger than the memory of this machine");
            }
            return configured;
        }
        if (simulated || machine.isEmpty()) {
            return null;
        }
        if (machine.getAsLong() <= memory.reserveBytes()) {
            LOG.atWarn()
                    .addKeyValue("host", host)
                    .addKeyValue("reserveBytes", memory.reserveBytes())
                    .addKeyValue("machineBytes", machine.getAsLong())
                    .log("hosts[].memory.reserve is all the memory of this machine; no budget is kept");
            return null;
        }
        return machine.getAsLong();
    }

    private static boolean isLoopback(String host) {
        // A name other than this one could be anybody's, and is not looked up for a guess.
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        try {
            return host.matches("[0-9.]+|[0-9a-fA-F:]+")
                    && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException noAddress) {
            return false;
        }
    }

    /**
     * The physical memory. Where this process has a limit of its own (a container, a unit of systemd), that says nothing of LM Studio, which
     * runs outside of it or has another one: then nothing is known.
     */
    private static OptionalLong ofThisMachine() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system)) {
            return OptionalLong.empty();
        }
        return machine(system.getTotalMemorySize(), meminfo());
    }

    /**
     * What may be taken for the memory of the machine.
     *
     * @param ours what this process may have, by the JVM, which respects limits
     * @param meminfo the text of {@code /proc/meminfo}; empty where there is none, and no such limits either
     */
    static OptionalLong machine(long ours, String meminfo) {
        Matcher total = TOTAL.matcher(meminfo);
        boolean limited = total.find() && ours < Long.parseLong(total.group(1)) * 1024;
        return ours <= 0 || limited ? OptionalLong.empty() : OptionalLong.of(ours);
    }

    private static String meminfo() {
        try {
            return Files.exists(MEMINFO) ? Files.readString(MEMINFO) : "";
        } catch (IOException unreadable) {
            return "";
        }
    }
}
