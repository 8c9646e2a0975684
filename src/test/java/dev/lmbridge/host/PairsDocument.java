package dev.lmbridge.host;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The table of pairs in the document on reliability. */
final class PairsDocument {
    private PairsDocument() {}

    /** The rows between the two marks, each as {@code fault | operation | instance}. */
    static List<String> listed(String document) {
        return document.lines()
                .dropWhile(line -> !line.equals("<!-- pairs -->"))
                .takeWhile(line -> !line.equals("<!-- end of pairs -->"))
                .filter(line -> line.startsWith("| ") && !line.startsWith("| fault") && !line.startsWith("| ---"))
                .flatMap(PairsDocument::row)
                .toList();
    }

    /** The last column may name several states of the instance. */
    private static Stream<String> row(String line) {
        List<String> cells = Arrays.stream(line.substring(1).split("\\|", -1))
                .map(String::strip)
                .toList();
        return Arrays.stream(cells.get(2).split(",", -1))
                .map(state -> cells.get(0) + " | " + cells.get(1) + " | " + state.strip());
    }
}
