alter table location drop column latitude, drop column longitude;
