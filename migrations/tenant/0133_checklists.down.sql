alter table work_order drop column finished_anyway;
drop table job_question;
drop table checklist_item;
drop table checklist;
