-- Filters of the list of customers under a name: somebody's own, or everybody's.
create table saved_view (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  name text not null,
  name_key text collate "C" not null,
  filter jsonb not null,
  shared boolean not null default false,
  -- Whose it is; of what a program shares, nobody's.
  member_id uuid,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint saved_view_pkey primary key (tenant_id, id),
  constraint saved_view_member foreign key (tenant_id, member_id) references member (tenant_id, id),
  constraint saved_view_owned check (shared or member_id is not null),
  constraint saved_view_name check (length(name) between 1 and 60)
);
create unique index saved_view_name_once on saved_view (tenant_id, member_id, name_key) where not shared;
create unique index saved_view_shared_name_once on saved_view (tenant_id, name_key) where shared;
create index saved_view_of_member on saved_view (tenant_id, member_id);
create trigger remember after insert or update or delete on saved_view for each row execute function remember();
