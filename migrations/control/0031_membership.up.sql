-- Who is in several companies: the proved address of each active member, as a keyed hash, so that a person finds the way
-- from one of their companies to the others. Nothing here lets anybody in.
create table ctl.membership (
  tenant_id uuid not null references ctl.tenant on delete cascade,
  member_id uuid not null,
  email_hash text not null,
  updated_at timestamptz not null,
  constraint membership_pkey primary key (tenant_id, member_id)
);
create index membership_email on ctl.membership (email_hash);
grant select, insert, update, delete on ctl.membership to tw_control;
