//! The cards that a customer keeps, and what they agreed to, are the other's after a merge.
use customers::CustomerId;
use kernel::{Uuid, sql};

sql! {
    fn agreements(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update card_agreement set customer_id = $3
        where tenant_id = $1 and customer_id = $2 and ($4::uuid[] is null or id = any($4)) returning id";
    fn cards(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update card_on_file set customer_id = $3
        where tenant_id = $1 and customer_id = $2 and ($4::uuid[] is null or id = any($4)) returning id";
}
customers::follows! { "card_agreement" => agreements; "card_on_file" => cards }
