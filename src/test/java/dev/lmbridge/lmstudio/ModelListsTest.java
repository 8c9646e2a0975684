package dev.lmbridge.lmstudio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.catalog.LoadedModel;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.catalog.Observation;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelListsTest {
    private static Observation v1(String body) {
        return ModelLists.v1(new JsonObject(body)).orElseThrow();
    }

    private static Observation v0(String body) {
        return ModelLists.v0(new JsonObject(body)).orElseThrow();
    }

    @Test
    void v1ListsCatalogueAndInstances() {
        Observation seen = v1("""
                {"models":[
                  {"type":"llm","publisher":"qwen","key":"qwen/qwen3-4b","display_name":"Qwen3 4B","size_bytes":2500000000,
                   "max_context_length":32768,"variants":["qwen/qwen3-4b@q4_k_m"],
                   "loaded_instances":[{"id":"qwen/qwen3-4b~1","config":{"context_length":4096}},{"id":"other"}]},
                  {"type":"embedding","key":"nomic","loaded_instances":[]}]}""");

        assertThat(seen.catalog().models())
                .containsExactly(
                        new CatalogModel(
                                new ModelKey("qwen/qwen3-4b"),
                                CatalogModel.Kind.LLM,
                                "Qwen3 4B",
                                "qwen",
                                2_500_000_000L,
                                32_768,
                                List.of("qwen/qwen3-4b@q4_k_m")),
                        new CatalogModel(new ModelKey("nomic"), CatalogModel.Kind.EMBEDDING, "", "", 0, 0, List.of()));
        assertThat(seen.loaded())
                .containsExactly(
                        new LoadedModel("qwen/qwen3-4b~1", new ModelKey("qwen/qwen3-4b"), 4_096),
                        new LoadedModel("other", new ModelKey("qwen/qwen3-4b"), null));
    }

    @Test
    void v0TellsKeysByTheFormOfIdentifiers() {
        Observation seen = v0("""
                {"data":[
                  {"id":"a/b~3","type":"llm","state":"loaded","loaded_context_length":2048,"max_context_length":9},
                  {"id":"a/b","type":"llm","state":"not-loaded","max_context_length":8},
                  {"id":"a/b:2","type":"llm","state":"loaded"},
                  {"id":"lone:2","type":"llm","state":"loaded"},
                  {"id":"nomic","type":"embeddings","state":"not-loaded"}]}""");

        assertThat(seen.catalog().models())
                .extracting(model -> model.key().value())
                .containsExactly("a/b", "lone:2", "nomic");
        assertThat(seen.catalog().find("a/b").orElseThrow().maxContextLength()).isEqualTo(8);
        assertThat(seen.catalog().find("nomic").orElseThrow().kind()).isEqualTo(CatalogModel.Kind.EMBEDDING);
        assertThat(seen.loaded())
                .containsExactly(
                        new LoadedModel("a/b~3", new ModelKey("a/b"), 2_048),
                        new LoadedModel("a/b:2", new ModelKey("a/b"), null),
                        new LoadedModel("lone:2", new ModelKey("lone:2"), null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"error\":\"Unexpected endpoint or method. (GET /api/v1/models)\"}",
                "{\"models\":{}}",
                "{\"data\":\"x\"}",
                "{\"models\":null}"
            })
    void anotherDocumentIsNoList(String body) {
        assertThat(ModelLists.v1(new JsonObject(body))).isEmpty();
        assertThat(ModelLists.v0(new JsonObject(body))).isEmpty();
    }

    @Test
    void damagedRowsAreLeftOutAndTheRestIsRead() {
        Observation seen = v1("""
                {"models":[5,null,"x",[],{},{"key":7},{"key":"--all"},{"key":"../etc"},{"key":"a\\u0000b"},
                  {"key":"ok","type":5,"size_bytes":"big","max_context_length":-4,"variants":[1,"ok@q4",null],
                   "loaded_instances":[{"id":7},{},null,{"id":"ok~1","config":"none"}]},
                  {"key":"ok2","loaded_instances":"none","variants":"none"}]}""");

        assertThat(seen.catalog().models())
                .extracting(model -> model.key().value())
                .containsExactly("ok", "ok2");
        assertThat(seen.catalog().models().getFirst().sizeBytes()).isZero();
        assertThat(seen.catalog().models().getFirst().maxContextLength()).isZero();
        assertThat(seen.catalog().models().getFirst().variants()).containsExactly("ok@q4");
        assertThat(seen.loaded()).containsExactly(new LoadedModel("ok~1", new ModelKey("ok"), null));
        assertThat(v0("{\"data\":[5,{\"id\":7},{\"id\":\"-x\",\"state\":\"loaded\"},{\"id\":\"ok\",\"state\":5}]}")
                        .loaded())
                .isEmpty();
    }

    @Test
    void howManyRequestsAnInstanceTakesIsRead() {
        Observation seen = v1("{\"models\":[{\"key\":\"a\",\"loaded_instances\":["
                + "{\"id\":\"a~1\",\"config\":{\"parallel\":2048}},{\"id\":\"a~2\",\"config\":{\"parallel\":-1}}]}]}");
        assertThat(seen.loaded()).extracting(one -> one.parallel()).containsExactly(2_048, 0);
    }

    @Test
    void absurdNumbersDoNotTurnNegative() {
        Observation seen = v1("{\"models\":[{\"key\":\"a\",\"max_context_length\":3000000000,\"size_bytes\":1e300,"
                + "\"loaded_instances\":[{\"id\":\"a~1\",\"config\":{\"context_length\":3000000000}}]}]}");

        assertThat(seen.catalog().models().getFirst().maxContextLength()).isPositive();
        assertThat(seen.catalog().models().getFirst().sizeBytes()).isPositive();
        assertThat(seen.loaded().getFirst().contextLength()).isPositive();
    }
}
