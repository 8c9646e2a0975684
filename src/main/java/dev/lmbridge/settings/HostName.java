package dev.lmbridge.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Names and addresses of machines, judged by their text alone: nothing is looked up. */
final class HostName {
    private static final Pattern LOOPBACK = Pattern.compile("localhost|::1|\\[::1]|127(\\.\\d{1,3}){3}");

    private HostName() {}

    /** Whether it never leaves the machine. */
    static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
    }

    /** Whether it can stand in a URL, which leaves out underscores and unbalanced brackets. */
    static boolean isUsable(String host) {
        try {
            URI uri = new URI("http://" + inUrl(host) + ":1");
            return uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawPath().isEmpty();
        } catch (URISyntaxException malformed) {
            return false;
        }
    }

    /** With the brackets that an IPv6 address needs there. */
    static String inUrl(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }
}
