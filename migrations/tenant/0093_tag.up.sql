-- A company's own tags, and which customers have them.
create table tag (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  name text not null,
  name_key text collate "C" not null,
  colour text not null default 'grey',
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint tag_pkey primary key (tenant_id, id),
  constraint tag_name_once unique (tenant_id, name_key),
  constraint tag_name check (length(name) between 1 and 40),
  constraint tag_colour check (colour in ('grey', 'blue', 'green', 'amber', 'red', 'indigo', 'violet'))
);
create trigger remember after insert or update or delete on tag for each row execute function remember();

-- What stands with a customer is worked out from `customer_tag`: a list shows it without asking further, the history of the
-- customer tells of it, and nothing is looked for by it.
alter table customer add column tags text[] not null default '{}';

-- State and name are the customer's, and follow it: those with a tag are listed in order from one index.
--! grant customer_tag: select, insert, delete, update(status, name_key)
create table customer_tag (
  tenant_id uuid not null default wall.current_tenant(),
  customer_id uuid not null,
  tag_id uuid not null,
  status text not null,
  name_key text collate "C" not null,
  created_at timestamptz not null,
  created_by uuid,
  constraint customer_tag_pkey primary key (tenant_id, customer_id, tag_id),
  constraint customer_tag_tag foreign key (tenant_id, tag_id) references tag (tenant_id, id),
  constraint customer_tag_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id) on delete cascade
);
create index customer_tag_by_tag on customer_tag (tenant_id, tag_id, status, name_key, customer_id);
select ctl.within_reach(current_schema(), 'customer_tag', 'customer', 'customer_id in (select reached_customer())');

-- Before the row itself: who hands a customer over reaches them until then.
create function tags_follow() returns trigger language plpgsql set search_path from current as $$
begin
  update customer_tag set status = new.status, name_key = new.name_key where tenant_id = new.tenant_id and customer_id = new.id;
  return new;
end $$;
create trigger tags_follow before update of status, name_key on customer for each row
  when (old.status is distinct from new.status or old.name_key is distinct from new.name_key) execute function tags_follow();
