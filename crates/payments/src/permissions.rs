//! What one may do with card payments.
kernel::permission! {
    pub PaymentsManage = "payments.manage": "Connect the card provider, with its secret keys", [], whole;
    pub PaymentsCharge = "payments.charge": "Charge cards that customers keep, and remove them", [ServiceManager];
    pub PaymentsRefund = "payments.refund": "Give card payments back to the card", [ServiceManager];
}
