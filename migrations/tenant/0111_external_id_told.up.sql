-- Ids of other systems that a program told: no import brought them.
alter table external_id alter column import_id drop not null;
