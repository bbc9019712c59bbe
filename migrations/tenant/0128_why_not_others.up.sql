-- With why somebody goes, why the others did not.
alter table appointment_why add column others jsonb not null default '[]';
alter table appointment_why add constraint appointment_why_others check (jsonb_typeof(others) = 'array' and length(others::text) <= 100000);
