package dev.lmbridge.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import net.logstash.logback.encoder.LogstashEncoder;
import net.logstash.logback.fieldnames.LogstashFieldNames;
import org.slf4j.LoggerFactory;

/** Says where log lines go: text for a person at a terminal, JSON for programs, always JSON in files. */
public final class LogSetup {
    private static final String TEXT = "%d{HH:mm:ss.SSS} %highlight(%-5level) %msg %cyan(%kvp) %ex{short}%n";
    private static final String PLAIN = "%d{HH:mm:ss.SSS} %-5level %msg %kvp %ex{short}%n";

    /** Old files go when all of them together have more than this many times the size of one. */
    private static final int FILES_KEPT = 20;

    private LogSetup() {}

    /** How lines look on the console. */
    public enum Console {
        COLOURED,
        PLAIN,
        JSON
    }

    /**
     * Replaces whatever was set up before.
     *
     * @param folder where the files go
     * @param maxFileBytes the size at which a file is followed by the next
     * @param keep how long old files are kept
     */
    public static void configure(Console console, Path folder, long maxFileBytes, Duration keep) throws IOException {
        Files.createDirectories(folder);
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        // Vert.x registers some of its gauges once per event loop; Micrometer warns of each and keeps the first.
        context.getLogger("io.micrometer").setLevel(Level.ERROR);
        // What they have to say of a database, the store says itself, and without users and addresses.
        context.getLogger("org.flywaydb").setLevel(Level.ERROR);
        context.getLogger("com.zaxxer.hikari").setLevel(Level.OFF);
        context.getLogger("org.postgresql").setLevel(Level.OFF);
        root.addAppender(console(context, console));
        root.addAppender(file(context, folder, maxFileBytes, keep));
    }

    /** Before the configuration is known, and for commands that only ask: warnings alone. */
    static void quiet(LoggerContext context) {
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(console(context, Console.PLAIN));
    }

    private static ConsoleAppender<ILoggingEvent> console(LoggerContext context, Console console) {
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("console");
        appender.setTarget("System.err");
        appender.setEncoder(
                switch (console) {
                    case COLOURED -> pattern(context, TEXT);
                    case PLAIN -> pattern(context, PLAIN);
                    case JSON -> json(context);
                });
        appender.start();
        return appender;
    }

    private static RollingFileAppender<ILoggingEvent> file(
            LoggerContext context, Path folder, long maxFileBytes, Duration keep) {
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setName("file");
        appender.setFile(folder.resolve("lm-bridge.log").toString());
        SizeAndTimeBasedRollingPolicy<ILoggingEvent> policy = new SizeAndTimeBasedRollingPolicy<>();
        policy.setContext(context);
        policy.setParent(appender);
        policy.setFileNamePattern(folder.resolve("lm-bridge.%d.%i.log.gz").toString());
        policy.setMaxFileSize(new FileSize(maxFileBytes));
        policy.setMaxHistory((int) Math.max(1, keep.toDays()));
        policy.setTotalSizeCap(new FileSize(maxFileBytes * FILES_KEPT));
        policy.start();
        appender.setRollingPolicy(policy);
        appender.setTriggeringPolicy(policy);
        appender.setEncoder(json(context));
        appender.start();
        return appender;
    }

    private static Encoder<ILoggingEvent> pattern(LoggerContext context, String pattern) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(pattern);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        LogstashEncoder encoder = new LogstashEncoder();
        encoder.setContext(context);
        // The fields that everybody's log collector knows; numbers for levels and format versions help nobody.
        LogstashFieldNames names = new LogstashFieldNames();
        names.setVersion(LogstashFieldNames.IGNORE_FIELD_INDICATOR);
        names.setLevelValue(LogstashFieldNames.IGNORE_FIELD_INDICATOR);
        names.setLogger("logger");
        names.setThread("thread");
        encoder.setFieldNames(names);
        encoder.start();
        return encoder;
    }
}
