package dev.lmbridge.sim.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Columns padded to their widest cell, the last one too, four spaces apart. */
final class TextTable {
    private static final String GAP = "    ";
    private final List<List<String>> rows = new ArrayList<>();

    TextTable row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** The same without the columns of these headings. */
    TextTable without(String... headings) {
        TextTable smaller = new TextTable();
        List<String> first = rows.getFirst();
        for (List<String> row : rows) {
            smaller.rows.add(IntStream.range(0, row.size())
                    .filter(column -> !List.of(headings).contains(first.get(column)))
                    .mapToObj(row::get)
                    .toList());
        }
        return smaller;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                text.append(column == 0 ? "" : GAP).append(cell).repeat(" ", width(column) - cell.length());
            }
            text.append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
