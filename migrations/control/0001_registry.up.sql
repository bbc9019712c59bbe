-- The registry of tenants and the tables of all tenants' work in waiting (ids and small facts, never content).

-- Which migration has run in which schema; 'control' for this history, 'app' for the pooled tenants.
create table ctl.migration (
  schema_name text not null,
  version int not null,
  name text not null,
  checksum text not null,
  took_ms bigint not null,
  applied_at timestamptz not null default now(),
  primary key (schema_name, version)
);

-- What kept a schema from its next migration, until it is done.
create table ctl.migration_failure (
  schema_name text primary key,
  version int not null,
  error text not null,
  tries int not null default 1,
  at timestamptz not null default now()
);

create table ctl.tenant (
  id uuid primary key,
  slug text not null constraint tenant_slug_unique unique
    constraint tenant_slug_shape check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  name text not null check (name <> ''),
  company_name text not null default '',
  industry text not null default 'hvac',
  website_url text,
  logo_file uuid,
  owner_name text not null default '',
  owner_email text not null check (owner_email like '%_@_%'),
  owner_phone text,
  plan text not null default 'starter' check (plan in ('starter', 'professional', 'enterprise')),
  status text not null default 'trial' check (status in ('provisioning', 'trial', 'active', 'suspended', 'cancelled', 'deleted')),
  trial_ends_at timestamptz,
  subscription_started_at timestamptz,
  placement text not null default 'pooled' check (placement in ('pooled', 'dedicated')),
  schema_name text constraint tenant_schema_unique unique check (schema_name ~ '^tenant_[a-z0-9_]{1,56}$'),
  -- locale, currency, time_zone, country, brand_hue and what else the tenant chooses.
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
  features jsonb not null default '{}' check (jsonb_typeof(features) = 'object'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint tenant_placement_has_schema check ((placement = 'dedicated') = (schema_name is not null)),
  -- The role of the schema is held to this tenant by these twelve digits (wall.set_tenant).
  constraint tenant_schema_names_its_tenant check (right(schema_name, 12) = right(id::text, 12))
);
create index tenant_status on ctl.tenant (status);
create index tenant_owner_email on ctl.tenant (lower(owner_email));

-- Addresses of a tenant's own, besides <slug>.<base domain>.
create table ctl.host (
  host text primary key check (host = lower(host) and host <> ''),
  tenant_id uuid not null references ctl.tenant on delete cascade,
  verified_at timestamptz,
  created_at timestamptz not null default now()
);
create index host_tenant on ctl.host (tenant_id);

grant select, insert, update on ctl.tenant to tw_control;
grant select, insert, update, delete on ctl.host to tw_control;
grant select on ctl.migration, ctl.migration_failure to tw_control;

create table ops.outbox (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  at timestamptz not null default now(),
  kind text not null,
  subject uuid,
  body jsonb not null default '{}',
  -- Given by the relay, in the order in which it saw them committed.
  seq bigint unique,
  relayed_at timestamptz,
  primary key (tenant_id, id)
);
create index outbox_waiting on ops.outbox (id) where relayed_at is null;

create table ops.job (
  id uuid primary key,
  tenant_id uuid not null default wall.current_tenant(),
  kind text not null,
  -- At most one job of a kind and key waits for a tenant.
  key text,
  body jsonb not null default '{}',
  run_at timestamptz not null default now(),
  lease_until timestamptz,
  leased_by uuid,
  attempts int not null default 0,
  max_attempts int not null default 8 check (max_attempts > 0),
  last_error text,
  state text not null default 'ready' check (state in ('ready', 'running', 'done', 'dead')),
  created_at timestamptz not null default now(),
  finished_at timestamptz
);
create unique index job_key on ops.job (tenant_id, kind, key) where state = 'ready';
create index job_ready on ops.job (run_at, id) where state = 'ready';
create index job_leased on ops.job (lease_until) where state = 'running';
create index job_tenant on ops.job (tenant_id, state, run_at);

create table ops.cron (
  name text primary key,
  last_run_at timestamptz,
  next_run_at timestamptz not null
);

-- When a tenant's jobs were last served, so that turns are fair.
create table ops.turn (
  tenant_id uuid primary key,
  served_at timestamptz not null default now()
);

alter table ops.outbox enable row level security;
alter table ops.outbox force row level security;
alter table ops.job enable row level security;
alter table ops.job force row level security;
alter table ops.cron enable row level security;
alter table ops.cron force row level security;
alter table ops.turn enable row level security;
alter table ops.turn force row level security;

create policy tell on ops.outbox for insert to tw_app, tw_tenant with check (tenant_id = wall.current_tenant());
create policy enqueue on ops.job for insert to tw_app, tw_tenant with check (tenant_id = wall.current_tenant());
-- A dedicated role could set the setting by hand; what it is called it cannot change.
create policy own_name on ops.outbox as restrictive for insert to tw_tenant with check (right(tenant_id::text, 12) = right(current_user::text, 12));
create policy own_name on ops.job as restrictive for insert to tw_tenant with check (right(tenant_id::text, 12) = right(current_user::text, 12));
create policy claim on ops.outbox to tw_job using (true) with check (true);
create policy claim on ops.job to tw_job using (true) with check (true);
create policy claim on ops.cron to tw_job using (true) with check (true);
create policy claim on ops.turn to tw_job using (true) with check (true);

grant insert on ops.outbox, ops.job to tw_app, tw_tenant;
grant select, insert, update, delete on ops.outbox, ops.job, ops.cron, ops.turn to tw_job;
grant usage on schema ctl, ops to tw_backup;
grant select on all tables in schema ctl, ops to tw_backup;
