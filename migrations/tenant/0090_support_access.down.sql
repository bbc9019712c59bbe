drop table support_rule;
drop table support_look;
drop table support_visit;
