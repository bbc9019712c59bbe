-- What the longest line of a file takes in memory, about: the longer they are, the fewer are worked on at once.
alter table import add column longest integer not null default 0;
