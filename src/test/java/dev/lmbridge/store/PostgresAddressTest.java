package dev.lmbridge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.settings.Secret;
import org.junit.jupiter.api.Test;

final class PostgresAddressTest {
    @Test
    void partsAreTakenApartAndDecoded() {
        PostgresAddress address = PostgresAddress.of(
                new Secret("postgresql://ada:p%40ss%3Aw+rd@db.example:5433/models?sslmode=require&user=eve"));
        assertThat(address.url()).isEqualTo("jdbc:postgresql://db.example:5433/models");
        assertThat(address.properties())
                .containsEntry("password", "p@ss:w+rd")
                .containsEntry("sslmode", "require")
                .containsEntry("user", "eve");
    }

    @Test
    void nothingThatIsShownHoldsASecret() {
        PostgresAddress address =
                PostgresAddress.of(new Secret("postgresql://ada:hunter2@[::1]/models?password=hunter3"));
        assertThat(address).asString().isEqualTo("jdbc:postgresql://[::1]/models");
    }

    @Test
    void anAddressNeedsNoUser() {
        assertThat(PostgresAddress.of(new Secret("postgresql://db/models")).properties())
                .isEmpty();
    }
}
