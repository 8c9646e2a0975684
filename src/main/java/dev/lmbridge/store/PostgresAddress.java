package dev.lmbridge.store;

import dev.lmbridge.settings.Secret;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/**
 * A database's address taken apart as libpq does: {@code postgresql://user:password@host:port/database?key=value}. Only the
 * {@link #url} may be shown; whatever may be a secret is in the properties, which drivers do not print.
 */
record PostgresAddress(String url, Properties properties) {

    /** @param address as it was configured */
    static PostgresAddress of(Secret address) {
        URI uri = URI.create(address.reveal());
        Properties properties = new Properties();
        String user = uri.getRawUserInfo();
        if (user != null) {
            int colon = user.indexOf(':');
            properties.setProperty("user", decoded(colon < 0 ? user : user.substring(0, colon)));
            if (colon >= 0) {
                properties.setProperty("password", decoded(user.substring(colon + 1)));
            }
        }
        String query = uri.getRawQuery();
        if (query != null) {
            for (String each : query.split("&", -1)) {
                int equals = each.indexOf('=');
                if (equals > 0) {
                    properties.setProperty(decoded(each.substring(0, equals)), decoded(each.substring(equals + 1)));
                }
            }
        }
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String database = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return new PostgresAddress("jdbc:postgresql://" + uri.getHost() + port + database, properties);
    }

    /** In an address a plus is a plus. */
    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return url;
    }
}
