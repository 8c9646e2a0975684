-- Runs on H2 and on PostgreSQL. "if not exists": a process that was killed while it made the first tables begins again.
create table if not exists audit (
    id bigint generated always as identity primary key,
    happened_at timestamp(3) with time zone not null,
    node varchar(255) not null,
    actor varchar(255) not null,
    action varchar(40) not null,
    outcome varchar(60) not null,
    model varchar(512),
    identifier varchar(512),
    host varchar(255),
    request_id varchar(128),
    detail varchar(1000)
);

create index if not exists audit_by_model on audit (model, id);
