-- The customers' own door: whoever reads mail at an address that a customer has, or one of their contacts, sees what is theirs.
--! grant portal_request: select, insert, delete
--! grant portal_link: select, insert, delete, update(used_at)
--! grant portal_session: select, insert, delete, update(last_seen_at)
--! secret portal_request, portal_link, portal_session

-- Who asked for a link: whether the address is anybody's is looked up out of sight of whoever asked.
create table portal_request (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  email_key text not null,
  created_at timestamptz not null,
  constraint portal_request_pkey primary key (tenant_id, id),
  constraint portal_request_email check (length(email_key) between 3 and 254)
);

-- Links of letters: good once and for a while. Those that were used say when somebody signed in last.
create table portal_link (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  email_key text not null,
  token_hash text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null,
  created_by uuid,
  constraint portal_link_pkey primary key (tenant_id, id),
  constraint portal_link_token_once unique (tenant_id, token_hash),
  constraint portal_link_email check (length(email_key) between 3 and 254)
);
create index portal_link_of on portal_link (tenant_id, email_key, created_at);
create index portal_link_old on portal_link (tenant_id, created_at);

-- Browsers in which somebody is signed in: by an address and no more, so that what they see is what the address is today.
create table portal_session (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  email_key text not null,
  token_hash text not null,
  peer text not null,
  agent text not null,
  last_seen_at timestamptz not null,
  ends_at timestamptz not null,
  created_at timestamptz not null,
  constraint portal_session_pkey primary key (tenant_id, id),
  constraint portal_session_token_once unique (tenant_id, token_hash),
  constraint portal_session_email check (length(email_key) between 3 and 254)
);
create index portal_session_of on portal_session (tenant_id, email_key);
create index portal_session_old on portal_session (tenant_id, last_seen_at);

create table portal_terms (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  open boolean not null,
  -- A paragraph of the company's own on the first page.
  welcome text,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint portal_terms_pkey primary key (tenant_id, id),
  constraint portal_terms_once unique (tenant_id),
  constraint portal_terms_welcome check (length(welcome) between 1 and 600)
);
create trigger remember after insert or update or delete on portal_terms for each row execute function remember();

create index contact_by_email on contact (tenant_id, email) where email is not null;
