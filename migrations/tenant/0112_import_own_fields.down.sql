alter table import drop column proposed;
