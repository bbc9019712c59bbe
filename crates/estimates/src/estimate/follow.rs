//! The estimates of a customer who is merged with another are the other's. What was sent stays as it was shown.
use customers::CustomerId;
use kernel::{Uuid, sql};

sql! {
    fn estimates(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update estimate set customer_id = $3, version = version + 1
        where tenant_id = $1 and customer_id = $2 and ($4::uuid[] is null or id = any($4)) returning id";
}
customers::follows! { "estimate" => estimates }
