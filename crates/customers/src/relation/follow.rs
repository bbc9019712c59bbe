//! Whoever was connected with a customer who is merged is connected with whoever stays, from either end. What both had, and what
//! connected the two, stays behind unseen.
use kernel::{Uuid, sql};

use crate::CustomerId;

sql! {
    fn from_one_end(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update customer_relation r set customer_id = $3
        where r.tenant_id = $1 and r.customer_id = $2 and ($4::uuid[] is null or r.id = any($4)) and r.other_id <> $3
          and not exists (select from customer_relation k
            where k.tenant_id = $1 and k.customer_id = $3 and k.kind = r.kind and k.other_id = r.other_id)
        returning r.id";
    fn from_the_other(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update customer_relation r set other_id = $3
        where r.tenant_id = $1 and r.other_id = $2 and ($4::uuid[] is null or r.id = any($4)) and r.customer_id <> $3
          and not exists (select from customer_relation k
            where k.tenant_id = $1 and k.customer_id = r.customer_id and k.kind = r.kind and k.other_id = $3)
        returning r.id";
}
crate::follows! {
    "customer_relation" => from_one_end;
    "customer_relation.other_id" => from_the_other;
}
