delete from external_id where import_id is null;
alter table external_id alter column import_id set not null;
