package dev.lmbridge.sim.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random words that no program knows, put together from syllables; it remembers them all. */
final class Names {
    private static final String CONSONANTS = "bdfgklmnprtvz";
    private static final String VOWELS = "aeiou";
    private final Random random;
    private final List<String> given = new ArrayList<>();

    Names(Random random) {
        this.random = random;
    }

    String word() {
        while (true) {
            StringBuilder word = new StringBuilder();
            for (int i = 0; i < 3; i++) {
                word.append(CONSONANTS.charAt(random.nextInt(CONSONANTS.length())));
                word.append(VOWELS.charAt(random.nextInt(VOWELS.length())));
            }
            word.append(CONSONANTS.charAt(random.nextInt(CONSONANTS.length())));
            if (!given.contains(word.toString())) {
                given.add(word.toString());
                return word.toString();
            }
        }
    }

    String file() {
        return word() + one(".txt", ".md", ".csv", ".log");
    }

    String path() {
        return random.nextBoolean() ? file() : word() + "/" + file();
    }

    String tool() {
        return one(word(), word() + "_" + word(), word() + "Vuz" + word());
    }

    String id() {
        return one(
                word() + "-" + number(10, 999),
                String.valueOf(number(1_000, 99_999)),
                word().toUpperCase(java.util.Locale.ROOT) + number(1, 99));
    }

    String text(int words) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < words; i++) {
            all.add(word());
        }
        return String.join(" ", all);
    }

    int number(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    boolean flip() {
        return random.nextBoolean();
    }

    @SafeVarargs
    final <T> T one(T... options) {
        return options[random.nextInt(options.length)];
    }

    List<String> given() {
        return given;
    }
}
