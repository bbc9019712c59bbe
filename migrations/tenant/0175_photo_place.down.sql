drop table photo_terms;
alter table photo drop column longitude;
alter table photo drop column latitude;
