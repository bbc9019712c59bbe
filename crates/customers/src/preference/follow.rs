//! What somebody prefers goes over to whoever stays when two customers are merged, unless they have said something themselves: then
//! it stays behind unseen.
use kernel::{Uuid, sql};

use crate::CustomerId;

sql! {
    fn follow(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update customer_preference p set customer_id = $3, version = version + 1
        where p.tenant_id = $1 and p.customer_id = $2 and ($4::uuid[] is null or p.id = any($4))
          and not exists (select from customer_preference k where k.tenant_id = $1 and k.customer_id = $3)
        returning p.id";
}
crate::follows! { "customer_preference" => follow }
