-- What an item costs the company; and who saw prices until now goes on seeing them.
--! backfill api_key, role, role_permission

alter table item add column cost_minor bigint;
alter table item add constraint item_cost check (cost_minor between 0 and 100000000000);

update api_key set scopes = scopes || array['prices.see'] where not 'prices.see' = any (scopes);
update api_key set scopes = scopes || array['costs.see'] where 'catalog.write' = any (scopes) and not 'costs.see' = any (scopes);
-- The roles of the house follow the program by themselves.
insert into role_permission (tenant_id, role, permission)
select r.tenant_id, r.name, 'prices.see' from role r where not r.system
on conflict (tenant_id, role, permission) do nothing;
