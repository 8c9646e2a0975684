package dev.lmbridge.lms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LmsOutputTest {
    @Test
    void currentRowsAreReadWhole() throws Exception {
        var instances = LmsOutput.instances(Samples.printed(Samples.text("ps-current.txt")));

        assertThat(instances).hasSize(2);
        var llm = instances.getFirst();
        assertThat(llm.type()).isEqualTo("llm");
        assertThat(llm.modelKey()).isEqualTo("acme/mistral-small");
        assertThat(llm.identifier()).isEqualTo("acme/mistral-small~1");
        assertThat(llm.ttl()).isEqualTo(Duration.ofHours(1));
        assertThat(llm.lastUsed()).isEqualTo(Instant.ofEpochMilli(1775316805638L));
        assertThat(llm.contextLength()).isEqualTo(48_000);
        assertThat(llm.status()).isEqualTo(LmsInstance.Status.PROCESSING_PROMPT);
        assertThat(llm.queued()).isEqualTo(2);
        assertThat(llm.parallel()).isEqualTo(4);
        assertThat(llm.sizeBytes()).isEqualTo(17_990_911_801L);
        assertThat(llm.selectedVariant()).isEqualTo("acme/mistral-small@q4_k_m");
        assertThat(llm.variants()).hasSize(2);
        assertThat(llm.model().quantization()).isEqualTo("Q4_K_M");
        assertThat(llm.model().vision()).isTrue();
        var embedding = instances.getLast();
        assertThat(embedding.ttl()).isNull();
        assertThat(embedding.lastUsed()).isNull();
        assertThat(embedding.parallel()).isNull();
        assertThat(embedding.status()).isEqualTo(LmsInstance.Status.IDLE);
        assertThat(embedding.model().trainedForToolUse()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "4.75 GiB,5100273664",
        "4.66 GB,4660000000",
        "512.00 MiB,536870912",
    })
    void anEstimateIsReadFromItsTotalInWhateverUnit(String total, long bytes) {
        var said = "Model: acme/mistral-small\nEstimated GPU Memory:   1.00 GiB\nEstimated Total Memory: " + total
                + "\n\nEstimate: This model will fail to load based on your resource guardrails settings.\n";
        assertThat(LmsOutput.estimatedBytes(Samples.exited(0, "", said))).hasValue(bytes);
        assertThat(LmsOutput.estimatedBytes(Samples.exited(1, "", said))).isEmpty();
    }

    @Test
    void anEstimateWithoutAFigureIsNone() {
        var outcome = Samples.exited(0, "", "Estimated Total Memory: NaN undefined\n");
        assertThat(LmsOutput.estimatedBytes(outcome)).isEmpty();
        assertThat(LmsFailures.classify(new LmsCommand.Estimate("m", null, null), outcome))
                .hasValueSatisfying(failure -> assertThat(failure.kind()).isEqualTo(LmsFailure.Kind.BAD_OUTPUT));
    }

    @Test
    void rowsOfAnOldLmsLackStatusQueueAndDevice() throws Exception {
        var llm = LmsOutput.instances(Samples.printed(Samples.text("ps-before-0.3.27.txt")))
                .getFirst();

        assertThat(llm.identifier()).isEqualTo("acme/mistral-small~1");
        assertThat(llm.status()).isEqualTo(LmsInstance.Status.UNKNOWN);
        assertThat(llm.queued()).isZero();
        assertThat(llm.parallel()).isNull();
        assertThat(llm.deviceIdentifier()).isNull();
        assertThat(llm.selectedVariant()).isNull();
        assertThat(llm.variants()).isEmpty();
    }

    @Test
    void rowsOfANewerLmsAreLoadedWhateverTheirStatusSays() throws Exception {
        var instances = LmsOutput.instances(Samples.printed(Samples.text("ps-newer.txt")));

        assertThat(instances).extracting(LmsInstance::status).containsOnly(LmsInstance.Status.UNKNOWN);
        assertThat(instances).extracting(LmsInstance::queued).containsOnly(1);
    }

    @ParameterizedTest
    @CsvSource({
        "idle,IDLE,false",
        "IDLE,IDLE,false",
        "generating,GENERATING,true",
        "PROCESSINGPROMPT,PROCESSING_PROMPT,true",
        "computingEmbedding,COMPUTING_EMBEDDING,true",
        "loading,UNKNOWN,false",
        "'',UNKNOWN,false"
    })
    void statusIsReadInAnyCase(String word, LmsInstance.Status status, boolean busy) throws Exception {
        var row = row("\"status\":\"" + word + "\"");

        assertThat(row.status()).isEqualTo(status);
        assertThat(row.status().busy()).isEqualTo(busy);
    }

    @Test
    void nothingLoadedIsAnEmptyList() throws Exception {
        assertThat(LmsOutput.instances(Samples.printed("[]\n"))).isEmpty();
    }

    @Test
    void noiseBeforeTheDocumentIsSkipped() throws Exception {
        assertThat(LmsOutput.instances(Samples.printed(Samples.text("ps-noise.txt"))))
                .hasSize(2);
    }

    @Test
    void noiseAfterTheDocumentIsSkipped() throws Exception {
        assertThat(LmsOutput.instances(Samples.printed(Samples.text("ps-current.txt") + "\nbye\n")))
                .hasSize(2);
    }

    @Test
    void cutDocumentIsNoShorterList() {
        assertThatThrownBy(() -> LmsOutput.instances(Samples.printed(Samples.text("ps-cut.txt"))))
                .isInstanceOf(LmsOutputException.class)
                .hasMessageContaining("lms ps printed no JSON list but:");
    }

    @Test
    void truncatedOutputIsNotRead() {
        var outcome = new LmsOutcome(LmsOutcome.Ending.EXITED, 0, "[]", "", true, Duration.ZERO);

        assertThatThrownBy(() -> LmsOutput.instances(outcome)).hasMessageContaining("more than is kept");
    }

    @Test
    void failedCallHasNoList() {
        assertThatThrownBy(() -> LmsOutput.instances(Samples.exited(1, "[]", "")))
                .isInstanceOf(LmsOutputException.class)
                .hasMessageContaining("did not succeed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n", "{}", "null", "true", "hello", "[1]", "[{}]", "[null]", "[{\"type\":\"llm\"}]", "[[]]"
            })
    void anythingElseIsATypedError(String stdout) {
        assertThatThrownBy(() -> LmsOutput.instances(Samples.printed(stdout))).isInstanceOf(LmsOutputException.class);
    }

    @Test
    void deepNestingIsATypedError() {
        assertThatThrownBy(() -> LmsOutput.instances(Samples.printed("[".repeat(100_000))))
                .isInstanceOf(LmsOutputException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"ttlMs\":\"x\"",
                "\"ttlMs\":-1",
                "\"ttlMs\":9223372036854775807",
                "\"contextLength\":9999999999",
                "\"lastUsedTime\":1e300"
            })
    void wrongFieldIsNamed(String field) {
        assertThatThrownBy(() -> row(field))
                .isInstanceOf(LmsOutputException.class)
                .hasMessageContaining(field.substring(1, field.indexOf('"', 1)))
                .hasMessageStartingWith("Row 1 of lms ps");
    }

    @Test
    void fractionsOfMillisecondsAreTolerated() throws Exception {
        assertThat(row("\"lastUsedTime\":1775316805638.25").lastUsed()).isEqualTo(Instant.ofEpochMilli(1775316805638L));
    }

    @Test
    void downloadedModelsAreRead() throws Exception {
        var models = LmsOutput.models(Samples.printed(Samples.text("ls-current.txt")));

        assertThat(models).extracting(LmsModel::modelKey).containsExactly("acme/mistral-small", "text-embedding-small");
        assertThat(models.getFirst().maxContextLength()).isEqualTo(262_144);
        assertThat(models.getLast().type()).isEqualTo("embedding");
    }

    @Test
    void loadTellsTheIdentifierItGot() {
        var load = Samples.exited(0, "", Samples.text("load-success-stderr.txt"));

        assertThat(LmsOutput.loadedIdentifier(load)).contains("qwen2.5-7b-instruct:2");
    }

    @Test
    void identifierMayContainQuotes() {
        var load = Samples.exited(0, "", "To use the model in the API/SDK, use the identifier \"a \"b\" c\".\n");

        assertThat(LmsOutput.loadedIdentifier(load)).contains("a \"b\" c");
    }

    @Test
    void loadThatHungAfterItsSuccessStillTellsTheIdentifier() {
        var load = Samples.ended(LmsOutcome.Ending.TIMED_OUT, 137, "", Samples.text("load-success-stderr.txt"));

        assertThat(LmsOutput.loadedIdentifier(load)).contains("qwen2.5-7b-instruct:2");
    }

    @Test
    void quietOrFailedLoadTellsNoIdentifier() {
        assertThat(LmsOutput.loadedIdentifier(Samples.exited(0, "", ""))).isEmpty();
        assertThat(LmsOutput.loadedIdentifier(Samples.failed(Samples.text("load-not-found-stderr.txt"))))
                .isEmpty();
    }

    @Test
    void unloadOfAnUnknownIdentifierIsASuccessThatSaysSo() {
        var nothing = Samples.exited(0, "", Samples.text("unload-unknown-stderr.txt"));

        assertThat(LmsOutput.wasNotLoaded(nothing)).isTrue();
        assertThat(LmsOutput.wasNotLoaded(Samples.exited(0, "", "Model \"x\" unloaded.\n")))
                .isFalse();
        assertThat(LmsFailures.classify(new LmsCommand.Unload("nope"), nothing)).isEmpty();
    }

    private static LmsInstance row(String field) throws LmsOutputException {
        var stdout = "[{\"type\":\"llm\",\"modelKey\":\"m\",\"identifier\":\"m\"," + field + "}]";
        return LmsOutput.instances(Samples.printed(stdout)).getFirst();
    }
}
