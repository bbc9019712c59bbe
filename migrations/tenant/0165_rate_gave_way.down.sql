alter table jurisdiction_rate drop column gave_way;
