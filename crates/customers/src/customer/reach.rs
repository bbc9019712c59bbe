//! Finding a customer by e-mail or phone: the booking page and messages know no more.
use kernel::sql;

use super::Customer;

sql! {
    /// The oldest active customer with this address (lower case) or these digits; pass "" for what is not known.
    pub fn find_by_reach(email_key: String, phone_key: String) -> Option<Customer> = "
        select id, number, kind, name, email, phone, notes, external_id, place, city, status, version, created_at, updated_at
        from customer
        where tenant_id = $1 and status = 'active'
          and ((email_key = $2 and $2 <> '') or (phone_key = $3 and $3 <> ''))
        order by (email_key is not distinct from $2) desc, id limit 1";
}
