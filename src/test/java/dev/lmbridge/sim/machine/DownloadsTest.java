package dev.lmbridge.sim.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.SimulatedTime;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.machine.DownloadPlan.Action;
import dev.lmbridge.sim.machine.Downloads.Resolution;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class DownloadsTest {
    private static final String SMOL = "huggingfacetb/smollm2-135m-instruct";
    private static final String SMOL_REPOSITORY = "lmstudio-community/SmolLM2-135M-Instruct-GGUF";
    private static final long SMOL_BYTES = 105_454_432;

    private final SimulatedTime time = new SimulatedTime();
    private final SimMachine machine = time.machine();
    private final Downloads downloads = machine.downloads();
    private final List<String> heard = new ArrayList<>();

    private final DownloadListener listener = new DownloadListener() {
        @Override
        public void progress(DownloadJob job) {
            heard.add("progress");
        }

        @Override
        public void finalizing() {
            heard.add("finalizing");
        }

        @Override
        public void completed() {
            heard.add("completed");
        }

        @Override
        public void failed(String reason) {
            heard.add("failed: " + reason);
        }
    };

    @Test
    void aDownloadTakesItsBytesOverTheSpeedAndEndsInTheCatalogue() {
        downloads.bytesPerSecond(100_000_000);
        DownloadJob job = begin(DownloadRequest.artifact(SMOL));
        assertThat(job.state()).isEqualTo(DownloadJob.State.DOWNLOADING);
        pass(500);
        assertThat(job.downloadedBytes()).isEqualTo(50_000_000);
        assertThat(job.bytesPerSecond()).isEqualTo(100_000_000);
        assertThat(job.estimatedEnd()).hasValue(job.started().plusMillis(1_055));
        assertThat(machine.catalogue().byKey(SMOL)).isEmpty();
        pass(600);
        assertThat(heard).endsWith("progress", "finalizing");
        pass(100);
        assertThat(heard).endsWith("finalizing", "completed");
        assertThat(job.state()).isEqualTo(DownloadJob.State.COMPLETED);
        assertThat(job.downloadedBytes()).isEqualTo(SMOL_BYTES);
        assertThat(job.ended()).isEqualTo(job.started().plusMillis(1_155));
        assertThat(machine.catalogue().byKey(SMOL)).hasValueSatisfying(model -> {
            assertThat(model.sizeBytes()).isEqualTo(SMOL_BYTES);
            assertThat(model.selectedVariant()).isEqualTo(SMOL + "@q4_k_m");
        });
    }

    @Test
    void aDownloadedModelCanBeLoaded() {
        begin(DownloadRequest.artifact(SMOL));
        pass(1_000);
        LoadRecord load = new LoadRecord();
        machine.load(LoadRequest.of(SMOL), load);
        pass(1_100);
        assertThat(load.refusal).isNull();
        assertThat(machine.find(SMOL)).isPresent();
    }

    @Test
    void aFurtherQuantizationIsAVariantAndTheInstanceStays() {
        begin(DownloadRequest.artifact(SMOL));
        pass(1_000);
        machine.load(LoadRequest.of(SMOL), new LoadRecord());
        begin(DownloadRequest.artifact(SMOL).preferring(null, "q8_0"));
        pass(1_200);
        assertThat(machine.catalogue().byKey(SMOL).orElseThrow().variants())
                .containsExactly(SMOL + "@q4_k_m", SMOL + "@q8_0");
        assertThat(machine.find(SMOL)).isPresent();
    }

    @Test
    void aSecondFileOfARepositoryHasAKeyOfItsOwn() {
        begin(DownloadRequest.repository(SMOL_REPOSITORY));
        begin(DownloadRequest.repository(SMOL_REPOSITORY.toLowerCase(java.util.Locale.ROOT))
                .preferring("SmolLM2-135M-Instruct-Q8_0.gguf", null));
        pass(1_000);
        assertThat(machine.catalogue().byKey("smollm2-135m-instruct"))
                .hasValueSatisfying(model ->
                        assertThat(model.path()).isEqualTo(SMOL_REPOSITORY + "/SmolLM2-135M-Instruct-Q4_K_M.gguf"));
        assertThat(machine.catalogue().byKey("smollm2-135m-instruct@q8_0")).isPresent();
    }

    @Test
    void whatIsThereIsNotDownloaded() {
        DownloadPlan plan = plan(DownloadRequest.artifact("qwen/qwen3-4b"));
        assertThat(plan.action()).isEqualTo(Action.NONE);
        assertThat(plan.downloadBytes()).isZero();
        assertThat(downloads.start(plan)).isEmpty();
        assertThat(plan(DownloadRequest.repository("lmstudio-community/Llama-3.2-1B-Instruct-GGUF"))
                        .action())
                .isEqualTo(Action.NONE);
        assertThat(downloads.jobs()).isEmpty();
    }

    @Test
    void aSecondRequestJoinsTheFirst() {
        DownloadJob first = begin(DownloadRequest.artifact(SMOL));
        DownloadPlan plan = plan(DownloadRequest.artifact(SMOL));
        assertThat(plan.action()).isEqualTo(Action.ATTACH);
        assertThat(downloads.start(plan)).containsSame(first);
    }

    @Test
    void aFailureComesAtTheHalfAndLeavesNoModel() {
        machine.faults().add(Fault.always(FaultKind.DOWNLOAD_FAILS).only(SMOL).times(1));
        DownloadJob job = begin(DownloadRequest.artifact(SMOL));
        pass(5_000);
        assertThat(job.state()).isEqualTo(DownloadJob.State.FAILED);
        assertThat(job.downloadedBytes()).isEqualTo(SMOL_BYTES / 2);
        assertThat(heard).endsWith("failed: ENOSPC: no space left on device, write");
        assertThat(machine.catalogue().byKey(SMOL)).isEmpty();
        begin(DownloadRequest.artifact(SMOL));
        pass(5_000);
        assertThat(machine.catalogue().byKey(SMOL)).isPresent();
    }

    @Test
    void aStalledDownloadStaysAtTheHalf() {
        machine.faults().add(Fault.always(FaultKind.DOWNLOAD_STALLS));
        DownloadJob job = begin(DownloadRequest.artifact(SMOL));
        pass(3_600_000);
        assertThat(job.state()).isEqualTo(DownloadJob.State.DOWNLOADING);
        assertThat(job.downloadedBytes()).isEqualTo(SMOL_BYTES / 2);
        assertThat(job.bytesPerSecond()).isZero();
        assertThat(job.estimatedEnd()).isEmpty();
        assertThat(heard).isNotEmpty().containsOnly("progress");
    }

    @Test
    void aPausedDownloadWaitsAndACancelledOneIsForgotten() {
        DownloadJob job = begin(DownloadRequest.artifact(SMOL));
        pass(150);
        job.pause();
        pass(10_000);
        assertThat(job.state()).isEqualTo(DownloadJob.State.PAUSED);
        assertThat(job.downloadedBytes()).isEqualTo(60_000_000);
        job.resume();
        pass(50);
        job.cancel();
        pass(10_000);
        assertThat(downloads.find(job.id())).isEmpty();
        assertThat(heard).containsOnly("progress");
        assertThat(machine.catalogue().byKey(SMOL)).isEmpty();
        assertThat(plan(DownloadRequest.artifact(SMOL)).action()).isEqualTo(Action.START);
    }

    @Test
    void aFormatLimitsTheChoice() {
        DownloadPlan plan = plan(DownloadRequest.artifact(SMOL).withFormats(Set.of("safetensors")));
        assertThat(plan.options())
                .singleElement()
                .satisfies(option -> assertThat(option.file().format()).isEqualTo("safetensors"));
        assertThat(downloads.resolveNow(
                        DownloadRequest.artifact("qwen/qwen2-vl-2b").withFormats(Set.of("safetensors"))))
                .isInstanceOf(Resolution.Unknown.class);
    }

    @Test
    void aStaffPickIsFoundByAPartOfItsNameAndFirstByItsWhole() {
        assertThat(downloads.hub().staffPicks("qwen", Set.of())).hasSize(4);
        HubModel first = downloads.hub().staffPicks("QWEN3-4B", Set.of()).getFirst();
        assertThat(first.artifact()).isEqualTo("qwen/qwen3-4b");
        assertThat(Hub.isExactly(first, "Qwen3-4B")).isTrue();
        assertThat(downloads.hub().staffPicks("qwen2 vl", Set.of("safetensors")))
                .isEmpty();
    }

    @Test
    void onlyTheLatestEndedJobsAreKept() {
        machine.faults().add(Fault.always(FaultKind.DOWNLOAD_FAILS));
        DownloadJob oldest = begin(DownloadRequest.artifact(SMOL));
        for (int i = 0; i < 64; i++) {
            pass(1_000);
            begin(DownloadRequest.artifact(SMOL));
        }
        assertThat(downloads.jobs()).hasSize(64).doesNotContain(oldest);
        assertThat(downloads.jobs().stream().map(DownloadJob::id)).doesNotHaveDuplicates();
    }

    private DownloadJob begin(DownloadRequest request) {
        DownloadJob job = downloads.start(plan(request)).orElseThrow();
        job.listen(listener);
        return job;
    }

    private DownloadPlan plan(DownloadRequest request) {
        return switch (downloads.resolveNow(request)) {
            case Resolution.Planned(DownloadPlan plan) -> plan;
            case Resolution.Unknown(String reason) -> throw new AssertionError(reason);
        };
    }

    private void pass(long millis) {
        time.pass(machine, Duration.ofMillis(millis));
    }
}
