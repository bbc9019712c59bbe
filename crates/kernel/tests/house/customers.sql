create table customer (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  name text not null constraint customer_name_given check (name <> ''),
  email text,
  primary key (tenant_id, id),
  constraint customer_email_once unique (tenant_id, email)
);
create table shard (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  code text not null,
  late text,
  primary key (tenant_id, id),
  constraint shard_code_once unique (tenant_id, code),
  constraint shard_late_once unique (tenant_id, late) deferrable initially deferred
);
