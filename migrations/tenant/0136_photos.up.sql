-- Photos say when they were taken, and come in pieces where the line is bad.
--! grant photo_upload: select, insert, delete, update(received, photo_id)
--! grant photo_chunk: select, insert, delete

alter table photo add column label text not null default 'other';
alter table photo add constraint photo_label check (label in ('before', 'after', 'other'));

create table photo_upload (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  order_id uuid not null,
  size integer not null,
  sha256 text not null,
  label text not null,
  caption text not null,
  -- Bytes that are here.
  received integer not null default 0,
  -- What became of it.
  photo_id uuid,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  created_by uuid,
  constraint photo_upload_pkey primary key (tenant_id, id),
  constraint photo_upload_order foreign key (tenant_id, order_id) references work_order (tenant_id, id),
  constraint photo_upload_photo foreign key (tenant_id, photo_id) references photo (tenant_id, id),
  constraint photo_upload_size check (size between 1 and 26214400 and received between 0 and size),
  constraint photo_upload_sha256 check (sha256 ~ '^[0-9a-f]{64}$'),
  constraint photo_upload_label check (label in ('before', 'after', 'other')),
  constraint photo_upload_caption check (length(caption) <= 80)
);
create index photo_upload_by_order on photo_upload (tenant_id, order_id);
create index photo_upload_by_photo on photo_upload (tenant_id, photo_id);
create index photo_upload_by_end on photo_upload (tenant_id, expires_at);

create table photo_chunk (
  tenant_id uuid not null default wall.current_tenant(),
  upload_id uuid not null,
  order_id uuid not null,
  at_byte integer not null,
  bytes bytea not null,
  created_at timestamptz not null,
  created_by uuid,
  constraint photo_chunk_pkey primary key (tenant_id, upload_id, at_byte),
  constraint photo_chunk_upload foreign key (tenant_id, upload_id) references photo_upload (tenant_id, id) on delete cascade,
  constraint photo_chunk_order foreign key (tenant_id, order_id) references work_order (tenant_id, id),
  constraint photo_chunk_size check (length(bytes) between 1 and 1048576)
);
create index photo_chunk_by_order on photo_chunk (tenant_id, order_id);
select ctl.within_reach(current_schema(), 'photo_upload', 'work_order', 'order_id in (select reached_order())');
select ctl.within_reach(current_schema(), 'photo_chunk', 'work_order', 'order_id in (select reached_order())');
