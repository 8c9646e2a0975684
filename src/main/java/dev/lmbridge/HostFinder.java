package dev.lmbridge;

import dev.lmbridge.lmstudio.HostEndpoint;
import dev.lmbridge.settings.HostSettings;
import dev.lmbridge.settings.HostsSetting;
import dev.lmbridge.settings.Settings;
import dev.lmbridge.settings.SimulatorSettings;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which hosts there are, once, when the service starts. The simulated LM Studio takes their place only where
 * nothing on the machine speaks of a real one: an LM Studio that is installed and does not run is a host that is down.
 */
final class HostFinder {
    /** In the data directory: it has served a real host once, and is never used for a simulated one again. */
    static final String REAL_HOST_MARK = "real-host";

    private final Settings settings;
    private final Map<String, String> environment;
    private final Path userHome;

    HostFinder(Settings settings, Map<String, String> environment) {
        this.settings = settings;
        this.environment = environment;
        // What the environment says counts: containers and services run with a HOME that the user database does not
        // know.
        userHome = Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")));
    }

    /**
     * A host to be driven.
     *
     * @param lms its command, null if there is none
     * @param wantsLms whether one is wanted
     * @param search looks for a command that was not there at first; finds nothing where none is wanted
     * @param home the home that {@code lms} gets, null for the bridge's own
     * @param memory what models may take there
     */
    record Found(
            String name,
            HostEndpoint endpoint,
            @Nullable Path lms,
            @Nullable Path home,
            boolean wantsLms,
            Supplier<Optional<Path>> search,
            HostSettings.Memory memory) {

        /** One whose command is there, or never will be. */
        Found(String name, HostEndpoint endpoint, @Nullable Path lms, @Nullable Path home, HostSettings.Memory memory) {
            this(name, endpoint, lms, home, true, () -> Optional.ofNullable(lms), memory);
        }
    }

    /** The hosts; empty means that the simulated LM Studio is to be used. */
    List<Found> find() {
        return switch (settings.hosts()) {
            case HostsSetting.Listed listed ->
                listed.hosts().stream().map(this::found).toList();
            case HostsSetting.Auto auto -> simulates(auto) ? List.of() : List.of(found(auto.toHost()));
        };
    }

    private boolean simulates(HostsSetting.Auto auto) {
        return switch (settings.simulator().allowed()) {
            case SimulatorSettings.Allowed.ALWAYS -> true;
            case SimulatorSettings.Allowed.NEVER -> false;
            case SimulatorSettings.Allowed.AUTO ->
                !auto.configured()
                        && settings.http().onLoopback()
                        && lms(userHome).isEmpty()
                        && traces().findAny().isEmpty()
                        && !Files.exists(settings.dataDir().resolve(REAL_HOST_MARK));
        };
    }

    /** What LM Studio and its {@code lms} leave in a home folder. */
    private Stream<Path> traces() {
        return Stream.of(".lmstudio", ".cache/lm-studio", ".lmstudio-home-pointer")
                .map(userHome::resolve)
                .filter(Files::exists);
    }

    private Found found(HostSettings host) {
        URI url = host.url();
        boolean tls = "https".equals(url.getScheme());
        int port = url.getPort() < 0 ? (tls ? 443 : 80) : url.getPort();
        String name = url.getHost().replaceAll("^\\[|]$", "");
        Path home = host.home() == null ? userHome : host.home();
        Supplier<Optional<Path>> search = switch (host.lms()) {
            case HostSettings.Lms.Auto auto -> () -> lms(home);
            case HostSettings.Lms.None none -> Optional::empty;
            case HostSettings.Lms.At at -> () -> Optional.of(at.program());
        };
        String token = host.token() == null ? null : host.token().reveal();
        boolean wanted = !(host.lms() instanceof HostSettings.Lms.None);
        Path lms = search.get().orElse(null);
        return new Found(
                host.name(), new HostEndpoint(name, port, tls, token), lms, host.home(), wanted, search, host.memory());
    }

    /** On PATH, else where LM Studio puts it. */
    private Optional<Path> lms(Path home) {
        String path = environment.getOrDefault("PATH", "");
        Stream<Path> candidates = Stream.concat(
                Arrays.stream(path.split(File.pathSeparator, -1))
                        .filter(folder -> !folder.isBlank())
                        .map(folder -> Path.of(folder, "lms")),
                Stream.of(home.resolve(".lmstudio/bin/lms")));
        return candidates
                .filter(candidate -> Files.isRegularFile(candidate) && Files.isExecutable(candidate))
                .findFirst();
    }
}
