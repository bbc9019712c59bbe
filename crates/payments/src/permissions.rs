//! What one may do with card payments.
kernel::permission! {
    pub PaymentsManage = "payments.manage": "Connect the card provider, with its secret keys", [], whole;
    pub PaymentsRefund = "payments.refund": "Give card payments back to the card", [ServiceManager];
}
