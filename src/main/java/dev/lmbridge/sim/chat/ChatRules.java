package dev.lmbridge.sim.chat;

import dev.lmbridge.sim.machine.Instance;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The rules that answer. The first that fits the last message of the user wins. */
final class ChatRules {
    private static final int MOST = 50_000;
    private static final Pattern GREETING = Pattern.compile(
            "^\\s*(hi|hello|hey|good (morning|afternoon|evening))\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern COUNT = Pattern.compile("\\bcount (?:up )?to (\\d{1,9})\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern WORDS = Pattern.compile("\\b(\\d{1,9}) words\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern SAY = Pattern.compile(
            "^\\s*(?:say|repeat|echo)(?: after me)?[: ]+(.+)$", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern SUM = Pattern.compile(
            "(-?\\d{1,30}(?:\\.\\d{1,30})?)\\s*(\\+|-|\\*|/|x|×|÷|times|plus|minus)\\s*(-?\\d{1,30}(?:\\.\\d{1,30})?)");
    private static final Pattern WHO = Pattern.compile(
            "\\b(who are you|what are you|which model|what model|your name)\\b", Pattern.CASE_INSENSITIVE);
    private static final List<String> GREETINGS = List.of("Hello!", "Hi there!", "Good to hear from you!");
    private static final List<String> FILLER = List.of(
            "a",
            "simulated",
            "model",
            "has",
            "no",
            "thoughts",
            "of",
            "its",
            "own,",
            "but",
            "it",
            "can",
            "fill",
            "lines;");

    private ChatRules() {}

    static String answer(ChatRequest request, Instance instance) {
        String text = request.lastUserText();
        boolean asksOfImages = !request.images().isEmpty();
        if (asksOfImages && instance.model().vision()) {
            return Pictures.described(request.images());
        }
        if (asksOfImages) {
            return "I cannot see images: " + instance.identifier() + " is a model without vision. I was given "
                    + plural(request.images().size(), "image") + ".";
        }
        return said(text)
                .or(() -> MoreRules.answer(text, request))
                .or(() -> counted(text))
                .or(() -> words(text))
                .or(() -> sum(text))
                .or(() -> WHO.matcher(text).find() ? Optional.of(introduction(instance)) : Optional.empty())
                .or(() -> greeting(text, request, instance))
                .orElseGet(() -> fallback(text, instance));
    }

    private static Optional<String> said(String text) {
        Matcher say = SAY.matcher(text);
        return say.find() ? Optional.of(say.group(1).strip()) : Optional.empty();
    }

    private static Optional<String> counted(String text) {
        Matcher count = COUNT.matcher(text);
        if (!count.find()) {
            return Optional.empty();
        }
        int last = Math.min(MOST, Integer.parseInt(count.group(1)));
        return Optional.of(
                IntStream.rangeClosed(1, last).mapToObj(Integer::toString).collect(Collectors.joining(", ")) + ".");
    }

    private static Optional<String> words(String text) {
        Matcher words = WORDS.matcher(text);
        if (!words.find()) {
            return Optional.empty();
        }
        int number = Math.min(MOST, Integer.parseInt(words.group(1)));
        return Optional.of(IntStream.range(0, number)
                .mapToObj(i -> FILLER.get(i % FILLER.size()))
                .collect(Collectors.joining(" ")));
    }

    private static Optional<String> sum(String text) {
        Matcher sum = SUM.matcher(text.toLowerCase(Locale.ROOT));
        if (!sum.find()) {
            return Optional.empty();
        }
        BigDecimal left = new BigDecimal(sum.group(1));
        BigDecimal right = new BigDecimal(sum.group(3));
        String operation = sum.group(2);
        boolean division = operation.equals("/") || operation.equals("÷");
        if (division && right.signum() == 0) {
            return Optional.of("Nothing can be divided by zero.");
        }
        BigDecimal result = switch (operation) {
            case "+", "plus" -> left.add(right);
            case "-", "minus" -> left.subtract(right);
            case "/", "÷" -> left.divide(right, MathContext.DECIMAL64);
            default -> left.multiply(right);
        };
        String plain = result.signum() == 0 ? "0" : result.stripTrailingZeros().toPlainString();
        return Optional.of(sum.group(1) + " " + operation + " " + sum.group(3) + " = " + plain + ".");
    }

    private static Optional<String> greeting(String text, ChatRequest request, Instance instance) {
        if (!GREETING.matcher(text).matches()) {
            return Optional.empty();
        }
        Long given = request.limits().seed();
        long seed = given == null ? 0 : given;
        return Optional.of(
                GREETINGS.get((int) Math.floorMod(seed, (long) GREETINGS.size())) + " " + introduction(instance));
    }

    private static String introduction(Instance instance) {
        return "I am " + instance.identifier() + ", simulated by LM Bridge: no neural network, only a few rules."
                + " Ask me to count to ten, what 12 * 34 is, or to say something.";
    }

    private static String fallback(String text, Instance instance) {
        String quoted = text.codePointCount(0, text.length()) <= 400
                ? text
                : text.substring(0, text.offsetByCodePoints(0, 400)) + "…";
        return quoted.isBlank()
                ? introduction(instance)
                : "You wrote: \"" + quoted.strip() + "\". I am " + instance.identifier()
                        + ", a simulated model, and have no rule for that.";
    }

    private static String plural(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
