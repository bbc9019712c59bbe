//! An exemption goes over to whoever stays when two customers are merged: both are one, and the certificate is theirs.
use customers::CustomerId;
use kernel::{Uuid, sql};

sql! {
    fn follow(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update tax_exemption x set customer_id = $3, version = version + 1
        where x.tenant_id = $1 and x.customer_id = $2 and ($4::uuid[] is null or x.id = any($4)) returning x.id";
}
customers::follows! { "tax_exemption" => follow }
