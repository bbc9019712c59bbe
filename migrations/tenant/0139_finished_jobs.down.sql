drop index work_order_by_completed;
