drop table reminder_terms;
drop table invoice_letter;
