-- Working time belongs to a job or a visit, the clock that runs is found at once, and a photo on its way waits anew with each piece.
--! grant photo_upload: select, insert, delete, update(received, photo_id, expires_at)

-- Not asked of what was written before: hours that somebody has counted are not changed behind their back.
alter table time_entry add constraint time_entry_placed check (kind = 'break' or order_id is not null or appointment_id is not null) not valid;
create unique index time_entry_running on time_entry (tenant_id, technician_id) where ends_at is null;
