//! The price book: categories, the services, materials and labor in them, and the taxes on what is sold.
pub mod category;
pub mod item;
mod permissions;
pub mod tax_rate;

use kernel::Module;

pub use category::CategoryId;
pub use item::{Item, ItemId};
pub use permissions::{CatalogRead, CatalogWrite};
pub use tax_rate::TaxRateId;

pub fn module() -> Module {
    Module::new("catalog")
        .get("/api/v1/items", item::list::api, "Items of the price book by name, or those that match `q`")
        .post("/api/v1/items", item::create::api, "Add an item")
        .get("/api/v1/items/{id}", item::list::api_one, "One item")
        .patch("/api/v1/items/{id}", item::change::api, "Change an item")
        .post("/api/v1/items/{id}/archive", item::archive::api, "Take an item out of the price book")
        .post("/api/v1/items/{id}/restore", item::archive::api_restore, "Put an item back")
        .get("/api/v1/categories", category::api_list, "Categories in order")
        .post("/api/v1/categories", category::create::api, "Add a category")
        .patch("/api/v1/categories/{id}", category::change::api, "Change or archive a category")
        .get("/api/v1/tax-rates", tax_rate::api_list, "Tax rates")
        .post("/api/v1/tax-rates", tax_rate::create::api, "Add a tax rate")
        .patch("/api/v1/tax-rates/{id}", tax_rate::change::api, "Change or archive a tax rate")
        .get("/price-book", item::book::page, "The price book")
        .get("/price-book/new", item::form::new, "Form of a new item")
        .post("/price-book/new", item::form::post, "Add an item")
        .get("/price-book/{id}", item::form::edit, "Form of an item")
        .post("/price-book/{id}", item::form::post_edit, "Change an item")
        .post("/price-book/{id}/archive", item::archive::post, "Take an item out of the price book")
        .post("/price-book/{id}/restore", item::archive::post_restore, "Put an item back")
        .get("/price-book/categories", category::form::page, "Categories")
        .post("/price-book/categories", category::form::post, "Add a category")
        .post("/price-book/categories/{id}", category::form::post_edit, "Rename a category")
        .post("/price-book/categories/{id}/archive", category::form::post_archive, "Archive a category")
        .get("/price-book/taxes", tax_rate::form::page, "Tax rates")
        .post("/price-book/taxes", tax_rate::form::post, "Add a tax rate")
        .post("/price-book/taxes/{id}", tax_rate::form::post_edit, "Change a tax rate")
        .post("/price-book/taxes/{id}/archive", tax_rate::form::post_archive, "Archive a tax rate")
        .nav::<CatalogRead>(80, "Price book", "/price-book", "book-open", 'p')
        .finder::<CatalogRead>("Price book", item::list::find)
        .action::<CatalogWrite>("New price book item", "/price-book/new", "circle-plus", false)
}
