-- A rate that ended because another began goes on when that one is taken back; one that was ended on purpose does not.
--! backfill jurisdiction_rate
alter table jurisdiction_rate add column gave_way boolean not null default false;
-- Of what was ended before nobody knows; what another follows on the day was most likely ended for it.
update jurisdiction_rate r set gave_way = true
where exists (select from jurisdiction_rate n where n.tenant_id = r.tenant_id and n.jurisdiction_id = r.jurisdiction_id
  and n.tax_rate_id = r.tax_rate_id and n.from_on = r.until_on);
alter table jurisdiction_rate add constraint jurisdiction_rate_gave_way check (until_on is not null or not gave_way);
