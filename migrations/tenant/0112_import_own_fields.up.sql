-- Which field of the company's own each column of a file could become, as JSON: nothing filters by it.
alter table import add column proposed text not null default '[]';
