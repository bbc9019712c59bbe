//! Taxes by place and day: who levies them where (jurisdictions), at which rates from which day on, who is exempt, and how papers are
//! added up. The price book says which tax an item is sold with; here is what that tax comes to.
pub mod exemption;
pub mod jurisdiction;
pub mod rate;
pub mod resolve;
pub mod terms;
mod tried;

pub use exemption::{Exemption, ExemptionId};
pub use jurisdiction::{Jurisdiction, JurisdictionId};
pub use rate::{Rate, RateId};
pub use resolve::{Basis, Place};

use catalog::CatalogWrite;
use customers::CustomersRead;
use kernel::Module;

kernel::heard! { "jurisdiction." by everybody; "tax_terms." by everybody; "tax_exemption." by who sees exemption::seen }

pub fn module() -> Module {
    let module = Module::new("taxes")
        .panel::<CustomersRead>("customer.rail", 60, |scope, id| Box::pin(exemption::of_customer(scope, id)))
        .action::<CatalogWrite>("Taxes by place", "/settings/taxes", "percent", false);
    pages(api(module))
}

fn api(module: Module) -> Module {
    module
        .get("/api/v1/taxes", tried::api, "What each tax comes to at a place, on a day, for a customer")
        .get("/api/v1/tax-terms", terms::api, "How papers are added up")
        .patch("/api/v1/tax-terms", terms::change_api, "Say how papers are added up")
        .get("/api/v1/jurisdictions", jurisdiction::list_api, "Who levies taxes where")
        .post("/api/v1/jurisdictions", jurisdiction::create_api, "Add a jurisdiction")
        .get("/api/v1/jurisdictions/{id}", jurisdiction::find_api, "One jurisdiction")
        .patch("/api/v1/jurisdictions/{id}", jurisdiction::change_api, "Change a jurisdiction")
        .get("/api/v1/jurisdictions/{id}/rates", rate::list_api, "The rates of a jurisdiction, the latest first")
        .post("/api/v1/jurisdictions/{id}/rates", rate::set_api, "Say a rate from a day on")
        .post("/api/v1/jurisdictions/{id}/rates/{rate_id}/end", rate::end_api, "End a rate, or take a planned one back")
        .get("/api/v1/customers/{id}/tax-exemptions", exemption::list_api, "The tax exemptions of a customer")
        .post("/api/v1/customers/{id}/tax-exemptions", exemption::give_api, "Exempt a customer from tax")
        .patch("/api/v1/tax-exemptions/{id}", exemption::change_api, "Change a tax exemption, or end it")
}

fn pages(module: Module) -> Module {
    module
        .get("/settings/taxes", terms::page, "Taxes by place")
        .post("/settings/taxes", terms::post, "Say how papers are added up")
        .get("/settings/taxes/new", jurisdiction::new, "Form of a new jurisdiction")
        .post("/settings/taxes/new", jurisdiction::new_post, "Add a jurisdiction")
        .get("/settings/taxes/{id}", jurisdiction::edit, "Form of a jurisdiction and its rates")
        .post("/settings/taxes/{id}", jurisdiction::edit_post, "Change a jurisdiction")
        .post("/settings/taxes/{id}/rates", jurisdiction::rate_post, "Say a rate from a day on")
        .post(
            "/settings/taxes/{id}/rates/{rate_id}/end",
            jurisdiction::end_post,
            "End a rate, or take a planned one back",
        )
        .get("/customers/{id}/tax-exemptions", exemption::page, "Tax exemptions of a customer")
        .post("/customers/{id}/tax-exemptions", exemption::post, "Exempt a customer from tax")
        .post("/customers/{id}/tax-exemptions/{exemption_id}", exemption::end_post, "End a tax exemption")
}
