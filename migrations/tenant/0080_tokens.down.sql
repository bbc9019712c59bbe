alter table api_key drop column service_account_id, drop column replaced_by;
drop table service_account;
-- The owner is held by the policies too; the runner walls both again, but for the one that goes.
alter table refresh_token no force row level security;
alter table token_family no force row level security;
alter table refresh_token drop constraint refresh_token_family_fkey, drop column used_by, drop column successor_id, add column revoked_at timestamptz;
update refresh_token t set revoked_at = f.revoked_at from token_family f where f.tenant_id = t.tenant_id and f.id = t.family;
drop table token_family;
