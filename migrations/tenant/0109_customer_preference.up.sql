-- What a customer prefers: who comes, when, how they are reached and in which language, what is asked before. One row of each, made
-- when the first word of it is said.
create table customer_preference (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  customer_id uuid not null,
  -- Members are never deleted, so that these ids stand without a key, whose index would tempt plans.
  preferred_technician uuid,
  unwanted_technicians uuid[] not null default '{}',
  days text[] not null default '{}',
  -- On the company's clock; one end alone is "before noon" or "after five".
  arrive_from time,
  arrive_until time,
  reach_by text,
  -- Not to be called between these; through midnight when the first is the later.
  quiet_from time,
  quiet_until time,
  -- BCP 47.
  language text,
  notice_minutes integer,
  -- Work above it is agreed with the customer first.
  approval_above_minor bigint,
  currency text,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint customer_preference_pkey primary key (tenant_id, id),
  constraint customer_preference_once unique (tenant_id, customer_id),
  constraint customer_preference_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id) on delete cascade,
  constraint customer_preference_unwanted check (cardinality(unwanted_technicians) <= 20 and not preferred_technician = any (unwanted_technicians)),
  constraint customer_preference_days check (days <@ array['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] and cardinality(days) <= 7),
  constraint customer_preference_arrival check (arrive_from < arrive_until),
  constraint customer_preference_reach check (reach_by in ('call', 'sms', 'email')),
  constraint customer_preference_quiet check ((quiet_from is null) = (quiet_until is null) and quiet_from <> quiet_until),
  constraint customer_preference_language check (length(language) between 2 and 35),
  constraint customer_preference_notice check (notice_minutes between 5 and 1440),
  constraint customer_preference_approval check (approval_above_minor >= 0 and (approval_above_minor is null) = (currency is null))
);
create trigger remember after insert or update or delete on customer_preference for each row execute function remember('customer_id');
create trigger customer_is_here before insert or update of customer_id on customer_preference for each row execute function customer_is_here();
select ctl.within_reach(current_schema(), 'customer_preference', 'customer', 'customer_id in (select reached_customer())');
