//! What one may do with the price book.
kernel::permission! {
    pub CatalogRead = "catalog.read": "See the price book", [ServiceManager, Dispatcher, Technician, Member, Viewer];
    pub CatalogWrite = "catalog.write": "Change prices, services and taxes", [ServiceManager];
}

kernel::heard! { "item." by everybody; "category." by everybody; "tax_rate." by everybody; "labor_rate." by everybody; "markup." by everybody; "price_change." by everybody; "price_book." by everybody }
