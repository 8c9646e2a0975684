package dev.lmbridge.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.testing.Waiting;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** {@code openapi.yaml} says what the program does, no more and no less. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class ContractTest {
    private static final Pattern CODE = Pattern.compile("`([a-z_]+)`");
    private static final String LLAMA = ServedModels.LLAMA;
    private static final String ENSURE = "/bridge/v1/models/ensure";
    private static final String UNLOAD = "/bridge/v1/models/unload";
    private static final String CHAT = "/v1/chat/completions";

    private final Vertx vertx = Vertx.vertx();
    private final ServedModels served = new ServedModels(vertx);

    private JsonNode contract = MissingNode.getInstance();
    private ContractSchemas schemas = new ContractSchemas("{}");

    @BeforeAll
    void start() throws Exception {
        served.start();
        HttpResponse<String> document = served.get("/openapi.yaml");
        assertThat(document.statusCode()).isEqualTo(200);
        contract = new YAMLMapper().readTree(document.body());
        schemas = new ContractSchemas(contract.at("/components/schemas").toString());
    }

    @AfterAll
    void stop() throws Exception {
        served.close();
        vertx.close().await(20, SECONDS);
    }

    @Test
    void everyRouteIsDescribedAndEveryDescribedRouteIsThere() {
        Set<String> registered = new TreeSet<>();
        for (Route route : served.edge().router().getRoutes()) {
            // What stands on every path or method checks requests; it is no route of its own.
            if (route.getName() != null && route.methods() != null) {
                String path = readable(route.getName());
                route.methods().forEach(method -> registered.add(method.name() + " " + path));
            }
        }
        assertThat(registered).contains("GET /v1/models/{id}", "POST " + CHAT);
        assertThat(operations().keySet()).isEqualTo(registered);
    }

    @Test
    void theListOfCodesIsThatOfTheProgram() {
        List<String> listed = new ArrayList<>();
        contract.at("/components/schemas/Code/enum").forEach(code -> listed.add(code.textValue()));
        assertThat(listed)
                .containsExactlyElementsOf(Arrays.stream(FailureCode.values())
                        .map(FailureCode::text)
                        .toList());
    }

    @Test
    void everyCodeThatTheProgramMakesIsDescribedAtSomeRouteAndNoOther() throws Exception {
        Set<String> made = codesInTheProgram();
        Set<String> described = codesIn(contract.at("/info/description").asText());
        operations()
                .values()
                .forEach(operation -> operation
                        .path("responses")
                        .forEach(response -> described.addAll(
                                codesIn(response.path("description").asText()))));
        assertThat(described).containsExactlyInAnyOrderElementsOf(made);
    }

    @Test
    void everyCodeStandsAtItsOwnStatus() {
        operations()
                .forEach((name, operation) -> operation
                        .path("responses")
                        .properties()
                        .forEach(response -> codesIn(
                                        response.getValue().path("description").asText())
                                .forEach(code -> assertThat(FailureCode.of(code)
                                                .map(FailureCode::status)
                                                .map(String::valueOf))
                                        .as("%s: %s", name, code)
                                        .contains(response.getKey()))));
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        List<String> references = contract.findValuesAsText("$ref");
        assertThat(references).isNotEmpty();
        references.forEach(
                reference -> assertThat(contract.at(reference.substring(1)).isObject())
                        .as(reference)
                        .isTrue());
    }

    @Test
    void listsOfModelsAreAsDescribed() throws Exception {
        schemas.check("ModelList", served.get("/v1/models"), 200);
        schemas.check("Model", served.get("/v1/models/qwen/qwen3-4b"), 200);
        HttpResponse<String> all = served.get("/bridge/v1/models");
        schemas.check("InstanceList", all, 200);
        assertThat(new JsonObject(all.body()).getJsonArray("models")).hasSizeGreaterThan(1);
        schemas.check("InstanceList", served.get("/bridge/v1/models?state=loaded"), 200);
    }

    @Test
    void leasesAndPinsAreAsDescribed() throws Exception {
        JsonObject lease =
                new JsonObject().put("model", LLAMA).put("owner", "contract").put("ttl", "1m");
        HttpResponse<String> taken = served.post("/bridge/v1/leases", lease);
        schemas.check("Lease", taken, 201);
        String path = taken.headers().firstValue("Location").orElseThrow();
        schemas.check("Lease", served.post(path + "/renew", new JsonObject().put("ttl", 30)), 200);
        schemas.check("Lease", served.post(path + "/renew", new JsonObject()), 200);
        schemas.check("LeaseList", served.get("/bridge/v1/leases"), 200);
        assertThat(served.delete(path).statusCode()).isEqualTo(204);
        schemas.check("Problem", served.delete(path), 404);
        schemas.check("Problem", served.post(path + "/renew", new JsonObject()), 404);
        schemas.check("Problem", served.post("/bridge/v1/leases", lease.copy().put("model", "no/such")), 404);
        for (Object owner : new Object[] {null, "", " ", "a\u0007b", "x".repeat(201), 7}) {
            schemas.check(
                    "Problem", served.post("/bridge/v1/leases", lease.copy().put("owner", owner)), 400);
        }
        for (Object ttl : new Object[] {null, 0, -1, "soon", 3_601, "24h", 1.5}) {
            schemas.check(
                    "Problem", served.post("/bridge/v1/leases", lease.copy().put("ttl", ttl)), 400);
        }
        schemas.check("Pinned", served.post("/bridge/v1/models/pin", ask(LLAMA)), 200);
        schemas.check("Pinned", served.post("/bridge/v1/models/unpin", ask(LLAMA)), 200);
        schemas.check("Problem", served.post("/bridge/v1/models/pin", ask("no/such")), 404);
        schemas.check("Problem", served.post("/bridge/v1/models/pin", new JsonObject()), 400);
    }

    @Test
    void answersAboutOneModelAreAsDescribed() throws Exception {
        schemas.check("Ensured", served.post(ENSURE, ask(LLAMA)), 200);
        schemas.check(
                "Ensured", served.post("/bridge/v1/models/load", ask(LLAMA).put("ttl", "10m")), 200);
        schemas.check("Plan", served.post(ENSURE, ask(LLAMA).put("dryRun", true)), 200);
        schemas.check("Plan", served.post(UNLOAD, ask(LLAMA).put("dryRun", true)), 200);
        schemas.check("Unloaded", served.post(UNLOAD, ask("qwen/qwen3-4b")), 200);
    }

    @Test
    void everyDescribedFieldOfARequestIsTakenAndEachOtherRefused() throws Exception {
        for (var route :
                Map.of("EnsureRequest", ENSURE, "UnloadRequest", UNLOAD).entrySet()) {
            JsonObject body = ask(LLAMA).put("dryRun", true);
            contract.at("/components/schemas/" + route.getKey() + "/properties")
                    .fieldNames()
                    .forEachRemaining(field -> body.put(field, body.getValue(field)));
            assertThat(body.size()).isGreaterThan(2);
            schemas.check("Plan", served.post(route.getValue(), body), 200);
            schemas.check("Problem", served.post(route.getValue(), body.copy().put("other", 1)), 400);
        }
    }

    @Test
    void problemsAreAsDescribed() throws Exception {
        schemas.check("Problem", served.post(ENSURE, ask(LLAMA).put("ttl", 0).put("force", 1)), 400);
        schemas.check("Problem", served.post(ENSURE, ask("no-such-model")), 404);
        schemas.check("Problem", served.post(ENSURE, ask("qwen/qwen3-4b")), 503);
        schemas.check("Problem", served.get("/bridge/v1/models?state=other"), 400);
        HttpResponse<String> wrongMethod = served.get(ENSURE);
        schemas.check("Problem", wrongMethod, 405);
        assertThat(wrongMethod.headers().firstValue("Allow")).contains("POST");
        assertThat(served.post("/v1/models/a/b", ask(LLAMA)).headers().firstValue("Allow"))
                .contains("GET");
        assertThat(served.post("/health/ready", ask(LLAMA)).statusCode()).isEqualTo(405);
        schemas.check("Problem", served.get("/nothing"), 404);
    }

    @Test
    void failuresInOpenAisDialectAreAsDescribed() throws Exception {
        schemas.check("OpenAiFailure", served.post(CHAT, ask("no-such-model")), 404);
        schemas.check("OpenAiFailure", served.post(CHAT, ask("-x")), 400);
        schemas.check("OpenAiFailure", served.post(CHAT, ask(LLAMA).put("ttl", "forever")), 400);
        schemas.check("OpenAiFailure", served.post(CHAT, ask("qwen/qwen3-4b")), 503);
        schemas.check("OpenAiFailure", served.get("/v1/models/no-such-model"), 404);
    }

    @Test
    void anAnswerAndItsHeadersAreAsDescribed() throws Exception {
        HttpResponse<String> answer = served.post(CHAT, ServedModels.question());
        schemas.check("ChatCompletion", answer, 200);
        Set<String> described = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        contract.at("/paths/~1v1~1chat~1completions/post/responses/200/headers")
                .fieldNames()
                .forEachRemaining(described::add);
        List<String> sent = answer.headers().map().keySet().stream()
                .filter(name -> name.toLowerCase(Locale.ROOT).startsWith("x-lm-bridge"))
                .toList();
        assertThat(sent).hasSizeGreaterThan(3);
        assertThat(described).containsAll(sent);
    }

    @Test
    void aStreamIsChunksAndItsFailureIsTheLastEvent() throws Exception {
        JsonObject question = ServedModels.question().put("stream", true);
        List<String> whole = ServedModels.events(served.post(CHAT, question));
        assertThat(whole).hasSizeGreaterThan(2).last().isEqualTo("[DONE]");
        schemas.check("ChatChunk", whole.getFirst());

        served.cutTheNextStream();
        List<String> cut = ServedModels.events(served.post(CHAT, question));
        assertThat(cut).hasSizeGreaterThan(1);
        schemas.check("ChatChunk", cut.getFirst());
        schemas.check("StreamFailure", cut.getLast());
    }

    @Test
    void lmStudiosOwnRoutesAreAsDescribed() throws Exception {
        schemas.check("RestV0List", served.get("/api/v0/models"), 200);
        schemas.check("RestV0Model", served.get("/api/v0/models/qwen/qwen3-4b"), 200);
        schemas.check("OpenAiFailure", served.get("/api/v0/models/no-such-model"), 404);
        schemas.check("RestV1List", served.get("/api/v1/models"), 200);
        HttpResponse<String> loaded =
                served.post("/api/v1/models/load", ask(LLAMA).put("echo_load_config", true));
        schemas.check("RestV1Loaded", loaded, 200);
        assertThat(new JsonObject(loaded.body()).getString("instance_id")).startsWith(LLAMA);
        JsonObject tuned = ask(LLAMA).put("flash_attention", true);
        schemas.check("OpenAiFailure", served.post("/api/v1/models/load", tuned), 400);
        schemas.check("OpenAiFailure", served.post("/api/v1/models/load", new JsonObject()), 400);
        JsonObject nothing = new JsonObject().put("instance_id", "qwen/qwen3-4b");
        schemas.check("OpenAiFailure", served.post("/api/v1/models/unload", nothing), 404);
        schemas.check("OpenAiFailure", served.post("/api/v1/models/unload", new JsonObject()), 400);
    }

    @Test
    void failuresInAnthropicsDialectAreAsDescribed() throws Exception {
        schemas.check("AnthropicFailure", served.post("/v1/messages", ask("no-such-model")), 404);
        schemas.check("AnthropicFailure", served.post("/v1/messages", ask("-x")), 400);
        schemas.check("AnthropicFailure", served.post("/v1/messages", ask("qwen/qwen3-4b")), 503);
        schemas.check("AnthropicFailure", served.get("/v1/messages"), 405);
    }

    @Test
    void theAuditIsAsDescribedAndIsReadPageByPage() throws Exception {
        schemas.check("Unloaded", served.post(UNLOAD, ask("qwen/qwen3-4b")), 200);
        schemas.check("Problem", served.post(UNLOAD, ask("no-such-model")), 404);
        schemas.check("Problem", served.post(ENSURE, ask("qwen/qwen3-4b")), 503);
        Waiting.until("the orders are written down", () -> audited("qwen/qwen3-4b") >= 2);
        HttpResponse<String> page = served.get("/bridge/v1/audit?limit=1");
        schemas.check("AuditList", page, 200);
        JsonObject body = new JsonObject(page.body());
        assertThat(body.getJsonArray("entries")).hasSize(1);
        HttpResponse<String> next = served.get("/bridge/v1/audit?limit=1000&cursor=" + body.getString("next"));
        schemas.check("AuditList", next, 200);
        assertThat(new JsonObject(next.body()).containsKey("next")).isFalse();
        schemas.check("Problem", served.get("/bridge/v1/audit?limit=0"), 400);
        schemas.check("Problem", served.get("/bridge/v1/audit?cursor=x"), 400);
        schemas.check("Problem", served.get("/bridge/v1/audit?model=-x"), 400);
    }

    private int audited(String model) {
        try {
            return new JsonObject(served.get("/bridge/v1/audit?model=" + model).body())
                    .getJsonArray("entries")
                    .size();
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void probesAreAsDescribed() throws Exception {
        schemas.check("Live", served.get("/health/live"), 200);
        schemas.check("Ready", served.get("/health/ready"), 200);
        schemas.check("Deep", served.get("/health/deep"), 200);
        assertThat(served.get("/metrics").body()).contains("active_models_count");
    }

    @Test
    void hostsRequestsAndTheirChangesAreAsDescribed() throws Exception {
        JsonObject nothing = new JsonObject();
        schemas.check("HostList", served.get("/bridge/v1/hosts"), 200);
        HttpResponse<String> drained = served.post("/bridge/v1/hosts/local/drain", nothing);
        try {
            schemas.check("HostRow", drained, 200);
            assertThat(new JsonObject(drained.body()).getBoolean("draining")).isTrue();
            HttpResponse<String> refused = served.post(ENSURE, ask(LLAMA));
            schemas.check("Problem", refused, 503);
            assertThat(refused.body()).contains("host_unavailable");
            schemas.check("OpenAiFailure", served.post(CHAT, ServedModels.question()), 503);
            // Unloading is how a host is emptied.
            schemas.check("Unloaded", served.post(UNLOAD, ask("qwen/qwen3-4b")), 200);
        } finally {
            schemas.check("HostRow", served.post("/bridge/v1/hosts/local/resume", nothing), 200);
        }
        schemas.check("Ensured", served.post(ENSURE, ask(LLAMA)), 200);
        schemas.check("Problem", served.post("/bridge/v1/hosts/nowhere/drain", nothing), 404);

        schemas.check("RequestList", served.get("/bridge/v1/requests"), 200);
        schemas.check("Problem", served.post("/bridge/v1/requests/no-such-request/cancel", nothing), 404);
    }

    private static JsonObject ask(String model) {
        return new JsonObject().put("model", model);
    }

    /** Each described operation by method and path. */
    private Map<String, JsonNode> operations() {
        Map<String, JsonNode> operations = new TreeMap<>();
        contract.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(operation -> operations.put(
                                operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                                operation.getValue())));
        return operations;
    }

    /** {@code /v1/models/(?<id>.+)} as {@code /v1/models/{id}}. */
    private static String readable(String pattern) {
        return pattern.replaceAll("\\(\\?<([A-Za-z]+)>[^)]*\\)", "{$1}").replaceAll(":([a-z]+)", "{$1}");
    }

    private static Set<String> codesIn(String text) {
        Set<String> found = new TreeSet<>();
        Matcher codes = CODE.matcher(text);
        while (codes.find()) {
            FailureCode.of(codes.group(1)).ifPresent(code -> found.add(code.text()));
        }
        return found;
    }

    /** The constants of {@link FailureCode} that any other class of the program names, as compiled. */
    private static Set<String> codesInTheProgram() throws Exception {
        String enumeration = FailureCode.class.getName().replace('.', '/');
        Path classes = Path.of(FailureCode.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Set<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(classes.resolve("dev/lmbridge"))) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".class")).toList()) {
                ClassModel type = ClassFile.of().parse(file);
                for (PoolEntry entry : type.constantPool()) {
                    if (entry instanceof FieldRefEntry field
                            && field.owner().asInternalName().equals(enumeration)
                            && !type.thisClass().asInternalName().equals(enumeration)) {
                        found.add(
                                FailureCode.valueOf(field.name().stringValue()).text());
                    }
                }
            }
        }
        return found;
    }
}
