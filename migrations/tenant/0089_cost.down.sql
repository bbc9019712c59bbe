--! backfill api_key, role_permission
update api_key set scopes = array_remove(array_remove(scopes, 'prices.see'), 'costs.see');
delete from role_permission where permission in ('prices.see', 'costs.see');
alter table item drop constraint item_cost;
alter table item drop column cost_minor;
