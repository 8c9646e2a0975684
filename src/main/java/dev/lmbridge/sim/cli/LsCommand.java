package dev.lmbridge.sim.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.CatalogueModel;
import dev.lmbridge.sim.machine.ModelType;
import dev.lmbridge.sim.machine.SimMachine;
import dev.lmbridge.sim.rows.ModelRows;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code lms ls}: the downloaded models. */
final class LsCommand implements CliCommand {
    private static final Comparator<String> BY_LOCALE = String.CASE_INSENSITIVE_ORDER;

    /** Of those that {@code lms} prints under another name, the ones that are in the catalogue. */
    private static final Map<String, String> ARCHITECTURES =
            Map.of("llama", "Llama", "qwen2", "Qwen2", "bert", "BERT", "nomic-bert", "Nomic BERT");

    private final SimMachine machine;
    private final OldLms old;

    LsCommand(SimMachine machine, OldLms old) {
        this.machine = machine;
        this.old = old;
    }

    @Override
    public String name() {
        return "ls";
    }

    @Override
    public List<Option> options() {
        return List.of(
                Option.flag("--llm"),
                Option.flag("--embedding"),
                Option.flag("--variants"),
                Option.flag("--json"),
                Option.flag("--detailed"));
    }

    @Override
    public int mostNames() {
        return 1;
    }

    @Override
    public void run(Arguments arguments, CliSession session) {
        Optional<String> key = arguments.name();
        if (key.isPresent() && arguments.has("variants")) {
            session.error("Cannot combine a model key argument with --variants.");
            session.exit(1);
            return;
        }
        if (arguments.has("detailed")) {
            session.warn("The '--detailed' flag is deprecated. Output is the same as 'lms ls'");
        }
        if (key.isPresent()) {
            variantsOf(key.get(), arguments, session);
            return;
        }
        List<CatalogueModel> models = chosen(arguments);
        if (arguments.has("json")) {
            session.outLine(json(models, arguments.has("variants")).toString());
        } else if (models.isEmpty()) {
            int all = machine.catalogue().models().size();
            session.outLine(
                    all == 0
                            ? "You have not downloaded any models yet."
                            : "You have " + all + " models, but none of them match the filter.");
        } else {
            long size = models.stream().mapToLong(CatalogueModel::sizeBytes).sum();
            session.outLine("");
            session.outLine(
                    "You have " + models.size() + " models, taking up " + Figures.decimal(size) + " of disk space.");
            section("LLM", models, ModelType.LLM, arguments.has("variants"), session);
            section("EMBEDDING", models, ModelType.EMBEDDING, arguments.has("variants"), session);
            session.outLine("");
        }
        session.exit(0);
    }

    private void variantsOf(String key, Arguments arguments, CliSession session) {
        Optional<CatalogueModel> model = machine.catalogue().byKey(key);
        if (model.isEmpty()) {
            session.uncaught(pathNotFound(key));
        } else if (arguments.has("json")) {
            session.outLine(JsonRows.variants(model.get()).toString());
            session.exit(0);
        } else {
            TextTable table =
                    headed(model.get().isEmbedding() && !model.get().variants().isEmpty() ? "EMBEDDING" : "LLM");
            model.get().variants().stream().sorted(BY_LOCALE).forEach(variant -> row(table, variant, model.get(), 0));
            session.out("\nListing variants for " + key + ":\n\n" + table + "\n");
            session.exit(0);
        }
    }

    private List<CatalogueModel> chosen(Arguments arguments) {
        boolean all = arguments.has("llm") == arguments.has("embedding");
        return machine.catalogue().models().stream()
                .filter(model -> all || model.isEmbedding() == arguments.has("embedding"))
                .toList();
    }

    private ArrayNode json(List<CatalogueModel> models, boolean variants) {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        for (CatalogueModel model : models) {
            if (!variants) {
                rows.add(old.row(ModelRows.model(model)));
            } else if (!model.variants().isEmpty()) {
                ObjectNode row = rows.addObject();
                row.set("model", old.row(ModelRows.model(model)));
                row.set("variants", JsonRows.variants(model));
            }
        }
        return rows;
    }

    private void section(
            String title, List<CatalogueModel> models, ModelType type, boolean variants, CliSession session) {
        TextTable table = headed(title);
        List<CatalogueModel> rows = models.stream()
                .filter(model -> model.type() == type)
                .sorted(Comparator.comparing(CatalogueModel::modelKey, BY_LOCALE))
                .toList();
        for (CatalogueModel model : rows) {
            int count = model.variants().size();
            String name =
                    model.modelKey() + (count == 0 ? "" : " (" + count + (count == 1 ? " variant)" : " variants)"));
            if (variants && count > 0) {
                table.row(name, "", "", "", "", "");
                model.variants()
                        .forEach(variant ->
                                row(table, (variant.equals(model.selectedVariant()) ? "* " : "") + variant, model, 0));
            } else {
                row(table, name, model, loaded(model));
            }
        }
        if (!rows.isEmpty()) {
            session.out("\n" + table);
        }
    }

    private static TextTable headed(String title) {
        return new TextTable().row(title, "PARAMS", "ARCH", "SIZE", "DEVICE", "");
    }

    private static void row(TextTable table, String name, CatalogueModel model, long loaded) {
        String params = model.paramsString();
        table.row(
                name,
                params == null ? "" : params,
                ARCHITECTURES.getOrDefault(model.architecture(), model.architecture()),
                Figures.decimal(model.sizeBytes()),
                "Local",
                loaded == 0 ? "" : loaded == 1 ? "✓ LOADED" : "✓ LOADED (" + loaded + ")");
    }

    private long loaded(CatalogueModel model) {
        return machine.loaded().stream()
                .filter(instance -> instance.model().modelKey().equals(model.modelKey()))
                .count();
    }

    /** In the words of {@code lms}, which names ten models at most. */
    private String pathNotFound(String path) {
        List<CatalogueModel> models = machine.catalogue().models();
        StringBuilder text = new StringBuilder(
                "Cannot find a model with path \"" + path + "\"\n\nHere are your available models:\n");
        models.stream().limit(10).forEach(model -> text.append("\n • ").append(model.path()));
        if (models.size() > 10) {
            text.append("\n     ... (and ").append(models.size() - 10).append(" more)");
        }
        return text + "\n\nRun\n\n    lms ls\n\nto see a full list of loadable models";
    }
}
