package dev.lmbridge.http;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FieldError;
import dev.lmbridge.store.AuditEntry;
import dev.lmbridge.store.AuditPage;
import dev.lmbridge.store.AuditQuery;
import dev.lmbridge.store.StoreVerticle;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /bridge/v1/audit}: who had what loaded and unloaded, newest first. */
final class AuditRoutes {
    static final int USUAL = 100;

    private final StoreVerticle store;

    AuditRoutes(StoreVerticle store) {
        this.store = store;
    }

    void install(Router router) {
        router.get("/bridge/v1/audit").handler(this::list);
    }

    private void list(RoutingContext context) {
        AuditQuery query;
        try {
            query = query(context);
        } catch (RuntimeException refused) {
            Failures.send(context, refused);
            return;
        }
        store.ask(open -> open.audit(query))
                .onSuccess(page -> context.json(body(page)).onFailure(gone -> {}))
                .onFailure(error -> Failures.send(context, error));
    }

    private static AuditQuery query(RoutingContext context) {
        List<FieldError> faults = new ArrayList<>();
        String model = context.queryParams().get("model");
        if (model != null) {
            ModelKey.problem(model).ifPresent(problem -> faults.add(new FieldError("model", problem)));
        }
        Long limit = number(context, "limit", AuditQuery.MOST, faults);
        Long before = number(context, "cursor", Long.MAX_VALUE, faults);
        if (!faults.isEmpty()) {
            throw Failure.invalid(faults).asException();
        }
        return new AuditQuery(model, before, limit == null ? USUAL : limit.intValue());
    }

    private static @Nullable Long number(RoutingContext context, String name, long most, List<FieldError> faults) {
        String text = context.queryParams().get(name);
        if (text == null) {
            return null;
        }
        if (text.matches("\\d{1,18}")) {
            long number = Long.parseLong(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        }
        faults.add(new FieldError(
                name,
                name.equals("cursor")
                        ? "must be what an earlier answer gave as next."
                        : "must be a whole number from 1 to " + most + "."));
        return null;
    }

    private static JsonObject body(AuditPage page) {
        JsonArray entries = new JsonArray();
        page.rows().forEach(row -> entries.add(entry(row)));
        JsonObject body = new JsonObject().put("entries", entries);
        Long next = page.next();
        return next == null ? body : body.put("next", next.toString());
    }

    private static JsonObject entry(AuditPage.Row row) {
        AuditEntry entry = row.entry();
        return new JsonObject()
                .put("id", Long.toString(row.id()))
                .put("at", entry.at().toString())
                .put("node", row.node())
                .put("actor", entry.actor())
                .put("action", entry.action())
                .put("outcome", entry.outcome())
                .put("model", entry.model())
                .put("identifier", entry.identifier())
                .put("host", entry.host())
                .put("requestId", entry.requestId())
                .put("detail", entry.detail());
    }
}
