package dev.lmbridge.wire;

/** Every address of the event bus. */
public final class Addresses {
    /** Public: the body of {@code POST /bridge/v1/models/ensure}, answered like it. */
    public static final String MODELS_ENSURE = "lmbridge.v1.models.ensure";

    /** Public: as {@link #MODELS_ENSURE}, for {@code /load}. */
    public static final String MODELS_LOAD = "lmbridge.v1.models.load";

    /** Public: the body of {@code POST /bridge/v1/models/unload}, answered like it. */
    public static final String MODELS_UNLOAD = "lmbridge.v1.models.unload";

    /** Public: {@code {"state": "loaded"}} or an empty object, answered like {@code GET /bridge/v1/models}. */
    public static final String MODELS_LIST = "lmbridge.v1.models.list";

    /** Public, published: what happens on a node, as {@link EventMessages} writes it. */
    public static final String EVENTS = "lmbridge.v1.events";

    private Addresses() {}

    /** Inside a node: asks one host's loader for a model. */
    public static String hostEnsure(String host) {
        return "lmbridge.v1.hosts." + host + ".ensure";
    }

    /** Inside a node: asks one host's loader to unload. */
    public static String hostUnload(String host) {
        return "lmbridge.v1.hosts." + host + ".unload";
    }

    /** Inside a node: takes, renews and gives back holds on one host's models. */
    public static String hostHold(String host) {
        return "lmbridge.v1.hosts." + host + ".hold";
    }

    /** Inside a node: names an instance of a host whose requests have to end. */
    public static String hostEndUsers(String host) {
        return "lmbridge.v1.hosts." + host + ".end-users";
    }

    /** Inside a node: tells one host's loader that a caller no longer waits. */
    public static String hostLeave(String host) {
        return "lmbridge.v1.hosts." + host + ".leave";
    }

    /** Inside a node: has one host's loader look at its host; answered when it has looked. */
    public static String hostLook(String host) {
        return "lmbridge.v1.hosts." + host + ".look";
    }

    /** Inside a node: tells one host's loader to begin none of the loads that wait. */
    public static String hostDrain(String host) {
        return "lmbridge.v1.hosts." + host + ".drain";
    }
}
