//! The price book: categories in a tree, the services, materials, labor, equipment and bundles in them, by which rules these are
//! priced, and the taxes on what is sold.
pub mod category;
pub mod import;
pub mod item;
pub mod labor_rate;
pub mod many;
pub mod markup;
pub mod part;
mod permissions;
pub mod price;
pub mod starter;
pub mod tax_rate;

use kernel::{Module, sql};

pub use category::CategoryId;
pub use item::{Item, ItemId};
pub use labor_rate::LaborRateId;
pub use markup::MarkupId;
pub use permissions::{CatalogRead, CatalogWrite};
pub use tax_rate::TaxRateId;

sql! {
    /// Whoever brings many items at once does so one after the other: by a file, or as a book to begin with.
    pub(crate) fn queue_up() -> i64 = "select count(*) from (select pg_advisory_xact_lock(hashtextextended('price book ' || $1::text, 0))) l";
}

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
        .get("/api/v1/items/{id}/price", price::ask::api, "What an item sells for, to whom, on which day, and why")
        .get("/api/v1/items/{id}/prices", item::version::api, "What an item sold for, and will")
        .get("/api/v1/items/{id}/parts", part::api, "What an item consists of")
        .put("/api/v1/items/{id}/parts", part::set::api, "Say what an item consists of")
        .get("/api/v1/labor-rates", labor_rate::api_list, "Labor rates")
        .post("/api/v1/labor-rates", labor_rate::create::api, "Add a labor rate")
        .patch("/api/v1/labor-rates/{id}", labor_rate::change::api, "Change or archive a labor rate")
        .get("/api/v1/markups", markup::api_list, "What is added to costs")
        .post("/api/v1/markups", markup::set::api, "Add a markup")
        .patch("/api/v1/markups/{id}", markup::set::api_change, "Change the bands of a markup")
        .delete("/api/v1/markups/{id}", markup::remove::api, "Remove a markup")
        .get("/api/v1/price-changes", many::api_list, "Changes of many prices")
        .post("/api/v1/price-changes/preview", many::apply::api_preview, "What changing many prices would do")
        .post("/api/v1/price-changes", many::apply::api, "Change many prices")
        .post("/api/v1/price-changes/{id}/undo", many::undo::api, "Take a change of many prices back")
        .get("/api/v1/price-book-starters", starter::api_list, "Price books to begin with")
        .post("/api/v1/price-book-starters", starter::api, "Add a price book to begin with")
        .post_large("/api/v1/price-book-imports", import::upload::api, "Upload a price book")
        .get("/api/v1/price-book-imports/{id}", import::show::api, "How far an import of a price book is")
        .get("/api/v1/price-book-imports/{id}/lines", import::lines::api, "What becomes of each line of an import")
        .post(
            "/api/v1/price-book-imports/{id}/check",
            import::check::api,
            "Find out what an import of a price book would do",
        )
        .post("/api/v1/price-book-imports/{id}/run", import::check::api_run, "Import the checked price book")
        .post("/api/v1/price-book-imports/{id}/undo", import::undo::api, "Undo what an import of a price book did")
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
        .get("/price-book/{id}/parts", part::page::page, "Parts of an item")
        .post("/price-book/{id}/parts", part::page::post, "Add a part, or say how many")
        .post("/price-book/{id}/parts/remove", part::page::post_remove, "Remove a part")
        .get("/price-book/labor-rates", labor_rate::form::page, "Labor rates")
        .post("/price-book/labor-rates", labor_rate::form::post, "Add a labor rate")
        .post("/price-book/labor-rates/{id}", labor_rate::form::post_edit, "Change a labor rate")
        .post("/price-book/labor-rates/{id}/archive", labor_rate::form::post_archive, "Archive a labor rate")
        .get("/price-book/markups", markup::page::page, "Markups")
        .post("/price-book/markups", markup::page::post, "Add a markup")
        .get("/price-book/markups/{id}", markup::page::edit, "Form of a markup")
        .post("/price-book/markups/{id}", markup::page::post_edit, "Change a markup")
        .post("/price-book/markups/{id}/remove", markup::remove::post, "Remove a markup")
        .get("/price-book/change-prices", many::page::page, "Change many prices: what it would do")
        .post("/price-book/change-prices", many::page::post, "Change many prices")
        .post("/price-book/change-prices/{id}/undo", many::undo::post, "Take a change of many prices back")
        .get("/price-book/starter", starter::page, "Price books to begin with")
        .post("/price-book/starter", starter::post, "Add a price book to begin with")
        .get("/price-book/imports", import::upload::page, "Import a price book")
        .post_large("/price-book/imports", import::upload::post, "Upload a price book")
        .get("/price-book/imports/{id}", import::show::page, "Page of an import of a price book")
        .get("/price-book/imports/{id}/progress", import::fragment, "How far an import of a price book is")
        .post("/price-book/imports/{id}/check", import::check::post, "Find out what an import of a price book would do")
        .post("/price-book/imports/{id}/run", import::check::post_run, "Import the checked price book")
        .post("/price-book/imports/{id}/undo", import::undo::post, "Undo what an import of a price book did")
        .get("/price-book/imports/{id}/errors.csv", import::download, "The refused lines with their reasons")
        .get("/price-book/categories", category::form::page, "Categories")
        .post("/price-book/categories", category::form::post, "Add a category")
        .post("/price-book/categories/{id}", category::form::post_edit, "Rename a category")
        .post("/price-book/categories/{id}/step", category::form::post_step, "Move a category by a step")
        .post("/price-book/categories/{id}/archive", category::form::post_archive, "Archive a category")
        .get("/price-book/taxes", tax_rate::form::page, "Tax rates")
        .post("/price-book/taxes", tax_rate::form::post, "Add a tax rate")
        .post("/price-book/taxes/{id}", tax_rate::form::post_edit, "Change a tax rate")
        .post("/price-book/taxes/{id}/archive", tax_rate::form::post_archive, "Archive a tax rate")
        .job::<price::reprice::Reprice>()
        .job::<import::ImportItems>()
        .nav::<CatalogRead>(80, "Price book", "/price-book", "book-open", 'p')
        .finder::<CatalogRead>("Price book", item::list::find)
        .action::<CatalogWrite>("Import a price book", "/price-book/imports", "file-up", false)
        .action::<CatalogWrite>("New price book item", "/price-book/new", "circle-plus", false)
}
