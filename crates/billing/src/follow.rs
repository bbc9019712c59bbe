//! The invoices and payments of a customer who is merged with another are the other's. What is printed on an issued invoice
//! stays as it is.
use customers::CustomerId;
use kernel::{Uuid, sql};

sql! {
    fn invoices(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update invoice set customer_id = $3, version = version + 1
        where tenant_id = $1 and customer_id = $2 and ($4::uuid[] is null or id = any($4)) returning id";
    fn payments(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update payment set customer_id = $3
        where tenant_id = $1 and customer_id = $2 and ($4::uuid[] is null or id = any($4)) returning id";
}
sql! {
    fn credit_notes(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update credit_note set customer_id = $3
        where tenant_id = $1 and customer_id = $2 and ($4::uuid[] is null or id = any($4)) returning id";
    fn credits(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update customer_credit set customer_id = $3
        where tenant_id = $1 and customer_id = $2 and ($4::uuid[] is null or id = any($4)) returning id";
}
customers::follows! { "invoice" => invoices; "payment" => payments; "credit_note" => credit_notes; "customer_credit" => credits }
