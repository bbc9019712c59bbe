drop table photo_chunk;
drop table photo_upload;
alter table photo drop column label;
