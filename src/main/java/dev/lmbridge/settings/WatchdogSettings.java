package dev.lmbridge.settings;

import java.time.Duration;

/**
 * How often the hosts are looked at.
 *
 * @param observeEvery between looks at a host that is in use
 * @param idleEvery between looks at one that is not
 * @param cliEvery between calls of {@code lms ps}, which cost far more
 * @param heal whether findings are acted on, not only told
 */
public record WatchdogSettings(Duration observeEvery, Duration idleEvery, Duration cliEvery, boolean heal) {}
