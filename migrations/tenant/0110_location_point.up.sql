-- The point of a location on the earth, where somebody said it: a new street, a gate in a field, a roof unit.
alter table location
  add column latitude numeric(8, 6),
  add column longitude numeric(9, 6),
  add constraint location_point check ((latitude is null) = (longitude is null)),
  add constraint location_latitude check (latitude between -90 and 90),
  add constraint location_longitude check (longitude between -180 and 180);
