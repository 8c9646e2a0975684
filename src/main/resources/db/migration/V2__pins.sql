-- Models that somebody has ordered to be in memory for good.
create table if not exists pin (
    host varchar(255) not null,
    model varchar(512) not null,
    context_length integer,
    primary key (host, model)
);
