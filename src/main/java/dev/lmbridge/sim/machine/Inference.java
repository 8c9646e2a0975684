package dev.lmbridge.sim.machine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Brings each inference to an instance, loads what is not loaded, and keeps the slots and the queue of every instance. */
final class Inference {
    private final SimMachine machine;
    private final Map<String, List<Work>> waitingForLoad = new HashMap<>();

    Inference(SimMachine machine) {
        this.machine = machine;
    }

    Work accept(WorkRequest request, WorkListener listener) {
        Work work = new Work(machine, this, request, listener);
        machine.agenda().soon(() -> {
            if (!machine.power().isUp()) {
                work.fail(Refusal.hostDown());
            } else if (!work.isOver()) {
                route(work);
            }
        });
        return work;
    }

    /** The instance is gone: all its work ends with this refusal. */
    void abandon(Instance instance, Refusal refusal) {
        List<Work> all = new ArrayList<>(instance.running);
        all.addAll(instance.waiting);
        instance.running.clear();
        instance.waiting.clear();
        all.forEach(work -> work.fail(refusal));
    }

    /** A slot of the instance is free again, or one that waited has gone. */
    void left(Instance instance, Work work) {
        if (instance.running.remove(work)) {
            instance.lastUsed = machine.agenda().now();
        } else {
            instance.waiting.remove(work);
        }
        fillSlots(instance);
        if (instance.isIdle()) {
            machine.stopIdleClock(instance);
            machine.startIdleClock(instance);
        }
    }

    private void route(Work work) {
        WorkRequest request = work.request();
        String name = request.model();
        if (name == null || name.isEmpty()) {
            routeUnnamed(work);
            return;
        }
        Optional<Instance> serving = machine.serving(name);
        if (serving.isPresent()) {
            if (serving.get().model().type() == request.type()) {
                enter(serving.get(), work);
            } else {
                work.fail(invalid(name, request));
            }
            return;
        }
        Optional<CatalogueModel> model = machine.catalogue().byKeyOrVariant(name);
        if (model.isEmpty() || model.get().type() != request.type()) {
            work.fail(invalid(name, request));
        } else if (machine.settings().jit().on()) {
            loadFor(model.get(), name, work);
        } else {
            work.fail(machine.loaded().isEmpty() ? Refusal.noModelsLoaded() : invalid(name, request));
        }
    }

    private void routeUnnamed(Work work) {
        List<Instance> able = machine.loaded().stream()
                .filter(instance -> instance.model().type() == work.request().type())
                .toList();
        if (able.isEmpty()) {
            work.fail(Refusal.noModelsLoaded());
        } else if (able.size() > 1) {
            work.fail(Refusal.severalModelsLoaded());
        } else {
            enter(able.getFirst(), work);
        }
    }

    private Refusal invalid(String name, WorkRequest request) {
        return Refusal.invalidIdentifier(name, machine.catalogue(), request.type());
    }

    private void enter(Instance instance, Work work) {
        machine.stopIdleClock(instance);
        instance.lastUsed = machine.agenda().now();
        instance.waiting.add(work);
        work.waitFor(instance);
        fillSlots(instance);
    }

    private void fillSlots(Instance instance) {
        while (instance.running.size() < instance.parallel() && !instance.waiting.isEmpty()) {
            Work work = instance.waiting.removeFirst();
            instance.running.add(work);
            work.start(instance);
        }
    }

    private void loadFor(CatalogueModel model, String name, Work work) {
        List<Work> already = waitingForLoad.get(model.modelKey());
        if (already != null) {
            already.add(work);
            return;
        }
        List<Work> waiting = new ArrayList<>(List.of(work));
        waitingForLoad.put(model.modelKey(), waiting);
        Duration asked = work.request().ttl();
        Duration ttl = asked == null ? machine.settings().jit().ttl() : asked;
        Integer context = work.request().contextLength();
        machine.load(new LoadRequest(name, null, ttl, context, null, true), new LoadListener() {
            @Override
            public void resolved(CatalogueModel known) {
                progress(0);
            }

            @Override
            public void progress(double fraction) {
                List.copyOf(waiting).forEach(each -> each.loading(fraction));
            }

            @Override
            public void loaded(Instance instance) {
                waitingForLoad.remove(model.modelKey());
                machine.evictJitOtherThan(model);
                boolean there = machine.find(instance.identifier()).orElse(null) == instance;
                for (Work each : waiting) {
                    if (!there) {
                        each.fail(Refusal.unloaded());
                    } else if (!each.isOver()) {
                        enter(instance, each);
                    }
                }
            }

            @Override
            public void failed(Refusal refusal) {
                waitingForLoad.remove(model.modelKey());
                waiting.forEach(each -> each.fail(refusal));
            }
        });
    }
}
