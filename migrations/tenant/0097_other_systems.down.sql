drop table external_id;
drop index import_by_headings;
alter table import
  drop constraint import_source,
  drop column headings,
  drop column source;
