package dev.lmbridge.sim.chat;

import dev.lmbridge.sim.chat.ChatRequest.Message;
import java.text.BreakIterator;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rules that make a demonstration worthwhile: the form of a text, dates, and what was said before. */
final class MoreRules {
    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.DOTALL;
    private static final Pattern FORM = Pattern.compile(
            "^\\s*(?:please )?(uppercase|upper-case|lowercase|reverse|shout)(?: (?:this|the)(?: (?:text|word|words|sentence|string))?)?\\s*:?\\s+(.+)$",
            FLAGS);
    private static final Pattern SUMMARY = Pattern.compile(
            "^\\s*(?:please )?(?:summari[sz]e|sum up|give (?:me )?a summary of)\\b(?: (?:this|the following|the)(?: (?:text|article|passage))?)?\\s*:?\\s+(.+)$",
            FLAGS);
    private static final Pattern LIST =
            Pattern.compile("^\\s*(?:please )?list (\\d{1,3}) (.{1,80}?)[.!?]*\\s*$", FLAGS);
    private static final String DATE = "(\\d{4}-\\d{2}-\\d{2})";
    private static final Pattern BETWEEN =
            Pattern.compile("days (?:are there )?(?:between|from) " + DATE + " (?:and|to|until) " + DATE, FLAGS);
    private static final Pattern SHIFT =
            Pattern.compile("(\\d{1,5}) (day|week|month|year)s? (after|before|from) " + DATE, FLAGS);
    private static final Pattern WEEKDAY =
            Pattern.compile("\\b(?:day of the week|weekday|what day)\\b.*?" + DATE, FLAGS);
    private static final Pattern MY_NAME = Pattern.compile("\\bmy name is ([\\p{L}][\\p{L}'-]{0,40})", FLAGS);
    private static final Pattern ASKS_NAME = Pattern.compile("\\bwhat(?:'s| is|s) my name\\b", FLAGS);
    private static final Pattern ASKS_PAST = Pattern.compile("\\bwhat did i (?:say|ask|write)\\b(.*)", FLAGS);

    private MoreRules() {}

    static Optional<String> answer(String text, ChatRequest request) {
        return remembered(text, request.messages())
                .or(() -> form(text))
                .or(() -> summary(text))
                .or(() -> list(text))
                .or(() -> date(text));
    }

    private static Optional<String> form(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        String given = form.group(2).strip();
        return Optional.of(
                switch (form.group(1).toLowerCase(Locale.ROOT)) {
                    case "lowercase" -> given.toLowerCase(Locale.ROOT);
                    case "reverse" -> new StringBuilder(given).reverse().toString();
                    default -> given.toUpperCase(Locale.ROOT);
                });
    }

    /** The first sentences, up to three. */
    private static Optional<String> summary(String text) {
        Matcher summary = SUMMARY.matcher(text);
        if (!summary.matches()) {
            return Optional.empty();
        }
        String given = summary.group(1).strip();
        BreakIterator sentences = BreakIterator.getSentenceInstance(Locale.ENGLISH);
        sentences.setText(given);
        int end = 0;
        for (int i = 0; i < 3; i++) {
            int next = sentences.next();
            if (next == BreakIterator.DONE || (i > 0 && next > 400)) {
                break;
            }
            end = next;
        }
        return Optional.of("In short: " + given.substring(0, end).strip());
    }

    private static Optional<String> list(String text) {
        Matcher list = LIST.matcher(text);
        if (!list.matches()) {
            return Optional.empty();
        }
        String noun = list.group(2).strip();
        int count = Math.min(100, Integer.parseInt(list.group(1)));
        return Optional.of(IntStream.rangeClosed(1, count)
                .mapToObj(i -> i + ". " + noun + ", number " + i)
                .collect(Collectors.joining("\n")));
    }

    private static Optional<String> date(String text) {
        try {
            Matcher between = BETWEEN.matcher(text);
            if (between.find()) {
                long days =
                        ChronoUnit.DAYS.between(LocalDate.parse(between.group(1)), LocalDate.parse(between.group(2)));
                return Optional.of(
                        "From " + between.group(1) + " to " + between.group(2) + " it is " + days + " days.");
            }
            Matcher shift = SHIFT.matcher(text);
            if (shift.find()) {
                LocalDate start = LocalDate.parse(shift.group(4));
                long amount = Long.parseLong(shift.group(1)) * (shift.group(3).equalsIgnoreCase("before") ? -1 : 1);
                ChronoUnit unit = ChronoUnit.valueOf(shift.group(2).toUpperCase(Locale.ROOT) + "S");
                return Optional.of("That is " + start.plus(amount, unit) + ".");
            }
            Matcher weekday = WEEKDAY.matcher(text);
            if (weekday.find()) {
                String day = LocalDate.parse(weekday.group(1)).getDayOfWeek().name();
                return Optional.of(weekday.group(1) + " is a " + day.charAt(0)
                        + day.substring(1).toLowerCase(Locale.ROOT) + ".");
            }
        } catch (DateTimeException e) {
            return Optional.of("That is not a date of the calendar.");
        }
        return Optional.empty();
    }

    private static Optional<String> remembered(String text, List<Message> messages) {
        List<String> said = messages.stream()
                .filter(message -> message.role().equals("user"))
                .map(Message::text)
                .toList();
        Optional<String> name = said.stream()
                .map(MY_NAME::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .reduce((first, last) -> last);
        if (ASKS_NAME.matcher(text).find()) {
            return Optional.of(
                    name.map(known -> "Your name is " + known + ".").orElse("You have not told me your name yet."));
        }
        if (MY_NAME.matcher(text).find()) {
            return name.map(known -> "Nice to meet you, " + known + ".");
        }
        Matcher past = ASKS_PAST.matcher(text);
        if (!past.find()) {
            return Optional.empty();
        }
        if (said.size() < 2) {
            return Optional.of("You said nothing before that.");
        }
        boolean first = past.group(1).toLowerCase(Locale.ROOT).contains("first");
        String which = first ? said.getFirst() : said.get(said.size() - 2);
        return Optional.of((first ? "First you said: \"" : "Before that you said: \"") + which.strip() + "\"");
    }
}
