-- Where people whose address is at a domain sign in. The operator writes it, having seen that the domain is the company's;
-- it shows the way, and lets nobody in.
create table ctl.mail_domain (
  domain text not null,
  tenant_id uuid not null references ctl.tenant on delete cascade,
  created_at timestamptz not null,
  constraint mail_domain_pkey primary key (domain)
);
create index mail_domain_tenant on ctl.mail_domain (tenant_id);
grant select, insert, delete on ctl.mail_domain to tw_control;
grant select on ctl.mail_domain to tw_backup;
