package dev.lmbridge.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** {@code /openapi.yaml}: the description of every route, as shipped. */
final class Contract {
    static final String RESOURCE = "/openapi.yaml";

    private Contract() {}

    static void install(Router router) {
        Buffer document = Buffer.buffer(read());
        router.get(RESOURCE)
                .handler(context -> context.response()
                        .putHeader("Content-Type", "application/yaml")
                        .end(document)
                        .onFailure(gone -> {}));
    }

    private static byte[] read() {
        try (InputStream in = Contract.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing from the program's own jar");
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
