-- The words of a customer stand with the customer too: a search finds by one word in the index and holds the others against
-- the row it reads anyway, and an import writes one index entry for each word, not two.
--! backfill customer, customer_word

alter table customer add column words text not null default '';
update customer c set words = found.words
from (select tenant_id, customer_id, string_agg(word, ' ' order by word) as words from customer_word group by tenant_id, customer_id) found
where c.tenant_id = found.tenant_id and c.id = found.customer_id;
alter table customer_word drop constraint customer_word_pkey;
drop index customer_word_by_word;
alter table customer_word add constraint customer_word_pkey primary key (tenant_id, word, customer_id);

-- Which line of a file spoke of whom first. A table of its own with one index: among the indexes of import_row a plan made
-- before the first statistics took the wrong one and read all lines for each. No foreign key: three rows for each line
-- would be checked, and no import is ever deleted alone. `mapping` is a digest: matched differently, lines mean others.
--! grant import_identity: select, insert
create table import_identity (
  tenant_id uuid not null default wall.current_tenant(),
  import_id uuid not null,
  mapping uuid not null,
  identity text collate "C" not null,
  line integer not null,
  constraint import_identity_pkey primary key (tenant_id, import_id, mapping, identity)
);
drop index import_row_by_identity;
alter table import_row drop column identity;
