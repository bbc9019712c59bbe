alter table import drop column longest;
