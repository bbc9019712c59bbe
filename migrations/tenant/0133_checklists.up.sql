-- Checklists: what is asked on a job, by its items or on every job, and what was answered there.
--! grant checklist: select, insert, update(name, name_key, every_job, questions, status, version, updated_at)
--! grant checklist_item: select, insert, delete
--! grant job_question: select, insert, delete, update(answer, note, failed, photo_id, answered_at, answered_by, version, updated_at)

create table checklist (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  name text not null,
  name_key text collate "C" not null,
  -- Asked on every job; else with the items that bring it.
  every_job boolean not null default false,
  -- In order; a job takes them along as they are when it begins.
  questions jsonb not null,
  status text not null default 'active',
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint checklist_pkey primary key (tenant_id, id),
  constraint checklist_name check (length(name) between 1 and 80),
  constraint checklist_questions check (jsonb_typeof(questions) = 'array' and jsonb_array_length(questions) <= 60),
  constraint checklist_status check (status in ('active', 'archived'))
);
create unique index checklist_name_once on checklist (tenant_id, name_key) where status = 'active';
create trigger remember after insert or update or delete on checklist for each row execute function remember();

create table checklist_item (
  tenant_id uuid not null default wall.current_tenant(),
  checklist_id uuid not null,
  item_id uuid not null,
  created_at timestamptz not null,
  created_by uuid,
  constraint checklist_item_pkey primary key (tenant_id, checklist_id, item_id),
  constraint checklist_item_checklist foreign key (tenant_id, checklist_id) references checklist (tenant_id, id),
  constraint checklist_item_item foreign key (tenant_id, item_id) references item (tenant_id, id)
);
create index checklist_item_by_item on checklist_item (tenant_id, item_id, checklist_id);

-- A question as it was asked on a job: no later change of the checklist reaches it.
create table job_question (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  order_id uuid not null,
  checklist_id uuid not null,
  checklist_name text not null,
  position integer not null,
  asks jsonb not null,
  answer text,
  note text,
  failed boolean not null default false,
  photo_id uuid,
  answered_at timestamptz,
  answered_by text,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint job_question_pkey primary key (tenant_id, id),
  constraint job_question_once unique (tenant_id, order_id, checklist_id, position),
  constraint job_question_order foreign key (tenant_id, order_id) references work_order (tenant_id, id),
  constraint job_question_checklist foreign key (tenant_id, checklist_id) references checklist (tenant_id, id),
  constraint job_question_photo foreign key (tenant_id, photo_id) references photo (tenant_id, id),
  constraint job_question_asks check (jsonb_typeof(asks) = 'object'),
  constraint job_question_answer check (length(answer) between 1 and 2000),
  constraint job_question_note check (length(note) between 1 and 1000),
  constraint job_question_answered check ((answered_at is not null) = (answer is not null or photo_id is not null))
);
create index job_question_by_checklist on job_question (tenant_id, checklist_id);
create index job_question_by_photo on job_question (tenant_id, photo_id);
create trigger remember after insert or update or delete on job_question for each row execute function remember('order_id');
select ctl.within_reach(current_schema(), 'job_question', 'work_order', 'order_id in (select reached_order())');

-- Why a job was finished although required questions were open.
alter table work_order add column finished_anyway text;
alter table work_order add constraint work_order_finished_anyway check (length(finished_anyway) between 1 and 500);
