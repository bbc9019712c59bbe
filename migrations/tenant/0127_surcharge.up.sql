-- What a visit costs more at some times: after hours, on weekends, on holidays; agreed when the visit is booked.
create table surcharge (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  name text not null,
  name_key text not null,
  -- 1 is Monday, 7 is Sunday.
  weekdays integer[] not null,
  holidays boolean not null,
  -- On the company's clock. Ends at or before it starts: on the next day.
  starts time not null,
  ends time not null,
  -- Either so much, in minor units, or so many millionths of the service's price.
  amount_minor bigint,
  rate_ppm bigint,
  currency text not null,
  active boolean not null default true,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint surcharge_pkey primary key (tenant_id, id),
  constraint surcharge_name_once unique (tenant_id, name_key),
  constraint surcharge_name check (length(name) between 1 and 80),
  constraint surcharge_days check (cardinality(weekdays) <= 7 and weekdays <@ array[1, 2, 3, 4, 5, 6, 7] and (cardinality(weekdays) > 0 or holidays)),
  constraint surcharge_sum check ((amount_minor is null) <> (rate_ppm is null) and amount_minor between 1 and 100000000 and rate_ppm between 1 and 10000000),
  constraint surcharge_currency check (currency ~ '^[A-Z]{3}$')
);
create trigger remember after insert or update or delete on surcharge for each row execute function remember();

alter table visit_terms add column surcharge_name text, add column surcharge_minor bigint not null default 0;
alter table visit_terms add constraint visit_terms_surcharge check (surcharge_minor >= 0 and (surcharge_minor > 0) = (surcharge_name is not null));
