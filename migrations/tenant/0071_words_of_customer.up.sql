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
