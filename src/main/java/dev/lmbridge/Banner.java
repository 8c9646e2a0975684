package dev.lmbridge;

import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.host.HostState;
import dev.lmbridge.loader.HostHandle;
import java.net.URI;
import java.util.Comparator;
import java.util.List;

/** What a person sees when the service is up: what was found, where it listens, what to try. */
final class Banner {
    private Banner() {}

    static String text(URI url, Node node, List<HostFinder.Found> hosts, String config, String dataDir) {
        StringBuilder text = new StringBuilder("\nLM Bridge is up at " + url + "\n\n");
        for (int each = 0; each < hosts.size(); each++) {
            text.append(host(node.fleet().hosts().get(each), hosts.get(each)));
        }
        text.append("  config   ").append(config).append('\n');
        text.append("  data     ").append(dataDir).append("\n\n");
        String model = exampleModel(node);
        text.append("Try:\n");
        text.append("  curl ").append(url).append("/v1/chat/completions -H 'Content-Type: application/json' \\\n");
        text.append("    -d '{\"model\": \"")
                .append(model)
                .append("\", \"messages\": [{\"role\": \"user\", \"content\": \"What is 6 times 7?\"}]}'\n");
        // Quoted: some shells take the question mark for a pattern.
        text.append("  curl '").append(url).append("/bridge/v1/models?state=loaded'\n");
        text.append("  curl ").append(url).append("/bridge/v1/models/ensure -H 'Content-Type: application/json' \\\n");
        text.append("    -d '{\"model\": \"").append(model).append("\", \"ttl\": \"10m\"}'\n\n");
        text.append("Ctrl-C ends it.\n");
        return text.toString();
    }

    private static String host(HostHandle host, HostFinder.Found found) {
        if (host.simulated()) {
            return """
                      host     SIMULATED at %s, because no LM Studio was found on this machine.
                               Its models are rules, not neural networks. Install LM Studio, or name a host
                               in the configuration, and start again.
                    """.formatted(host.endpoint());
        }
        boolean up = host.view().reach() == HostState.Reach.UP;
        String state = up
                ? "up, " + host.view().catalog().models().size() + " models on disk, "
                        + host.view().instances().size() + " loaded"
                : "DOWN: " + host.view().unreachableBecause();
        String lms = found.lms() == null
                ? "not found; models cannot be loaded"
                : found.lms().toString();
        return "  host     " + host.name() + " at " + host.endpoint() + ", " + state + "\n  lms      " + lms + "\n";
    }

    /** The smallest language model, since it is there soonest. */
    private static String exampleModel(Node node) {
        return node.fleet().hosts().stream()
                .flatMap(host -> host.view().catalog().models().stream())
                .filter(model -> model.kind() == CatalogModel.Kind.LLM)
                .min(Comparator.comparingLong(CatalogModel::sizeBytes))
                .map(model -> model.key().value())
                .orElse("default");
    }
}
