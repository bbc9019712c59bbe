-- Of several who could come, who is offered first.
alter table scheduling_rule add column first_goes text not null default 'least_busy';
alter table scheduling_rule add constraint scheduling_rule_first check (first_goes in ('least_busy', 'nearest', 'most_able'));
