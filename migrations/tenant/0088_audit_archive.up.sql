-- Old rows of the audit leave for files in object storage. Their seals stay: they tell whether a file is what it was.
--! grant audit_archive: select, insert, update(sha256, written_at, emptied_at, ended_at)
--! grant audit: select, insert, delete
create table audit_archive (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  entries bigint not null,
  -- The lowest and the highest number among the seals of its rows.
  first_number bigint not null,
  last_number bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  created_at timestamptz not null,
  -- The file was written, read back and found to be what was sealed. SHA-256 of all its bytes.
  written_at timestamptz,
  sha256 text,
  -- Its rows have left the table; without written_at: it was given up before it was written.
  emptied_at timestamptz,
  -- Its time was over, and the file was removed.
  ended_at timestamptz,
  constraint audit_archive_pkey primary key (tenant_id, id),
  constraint audit_archive_in_order check (entries > 0 and first_number <= last_number and first_at <= last_at),
  constraint audit_archive_steps check ((written_at is null) = (sha256 is null) and (ended_at is null or emptied_at is not null))
);
create index audit_archive_numbers on audit_archive (tenant_id, last_number);

-- Nobody takes a row of the audit away that is young, or has no seal, or that no written file covers.
create function let_go() returns trigger language plpgsql set search_path from current as $$
begin
  if old.at < now() - interval '30 days' and exists (
    select from audit_seal s join audit_archive a on a.tenant_id = s.tenant_id and a.first_number <= s.number and a.last_number >= s.number
    where s.tenant_id = old.tenant_id and s.kind = 'audit' and s.entry = old.id and a.written_at is not null and a.emptied_at is null
  ) then
    return old;
  end if;
  raise exception 'a row of the audit leaves only after it has been archived' using errcode = 'insufficient_privilege';
end $$;
create trigger let_go before delete on audit for each row execute function let_go();
