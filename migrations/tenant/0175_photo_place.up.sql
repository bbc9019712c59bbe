-- Where photos of jobs were taken: kept beside the picture, and only where the company wants it.
--! grant photo_terms: select, insert, update(keeps_place, version, updated_at)

alter table photo add column latitude double precision;
alter table photo add column longitude double precision;
alter table photo add constraint photo_place check ((latitude is null) = (longitude is null) and latitude between -90 and 90 and longitude between -180 and 180);

create table photo_terms (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  keeps_place boolean not null,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint photo_terms_pkey primary key (tenant_id, id),
  constraint photo_terms_once unique (tenant_id)
);
create trigger remember after insert or update or delete on photo_terms for each row execute function remember();
