drop table file, idempotency, audit;
