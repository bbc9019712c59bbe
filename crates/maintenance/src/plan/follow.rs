//! The plans of a customer who is merged with another are the other's.
use customers::CustomerId;
use kernel::{Uuid, sql};

sql! {
    fn follow(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update maintenance_plan set customer_id = $3, version = version + 1
        where tenant_id = $1 and customer_id = $2 and ($4::uuid[] is null or id = any($4)) returning id";
}
customers::follows! { "maintenance_plan" => follow }
