//! Customers, their contacts and service locations, what happened with them, and how they come in from a file.
pub mod consent;
pub mod contact;
pub mod custom;
pub mod customer;
pub mod duplicate;
pub mod equipment;
mod export;
pub mod file;
pub mod import;
pub mod location;
pub mod merge;
mod permissions;
pub mod preference;
pub mod relation;
pub mod tag;
pub mod timeline;
pub mod view;

use kernel::Module;

pub use consent::{Consent, ConsentId};
pub use contact::{Contact, ContactId};
pub use customer::{Customer, CustomerId};
pub use duplicate::{Duplicate, DuplicateId};
pub use equipment::{Equipment, EquipmentId};
pub use file::{CustomerFile, CustomerFileId};
pub use location::{Location, LocationId};
pub use merge::{Merge, MergeId};
pub use permissions::{CustomersImport, CustomersMerge, CustomersRead, CustomersTags, CustomersWrite};
pub use preference::{PreferenceId, Preferences};
pub use relation::{Relation, RelationId};
pub use tag::{Tag, TagId};
pub use view::{View, ViewId};

#[doc(hidden)]
pub mod __ {
    pub use linkme;
}

pub fn module() -> Module {
    Module::new("customers")
        .get("/api/v1/customers", customer::list::api, "Customers by name, or those that match `q`")
        .post("/api/v1/customers", customer::create::api, "Add a customer")
        .get("/api/v1/customers/{id}", customer::show::api, "One customer")
        .patch("/api/v1/customers/{id}", customer::change::api, "Change a customer")
        .post("/api/v1/customers/{id}/archive", customer::archive::api, "Archive a customer")
        .post("/api/v1/customers/{id}/restore", customer::archive::api_restore, "Bring an archived customer back")
        .post("/api/v1/customers/assign", customer::assign::api, "Give up to 200 customers to somebody to look after")
        .post("/api/v1/customers/bulk", customer::bulk::api, "Tag, untag, archive or bring back up to 200 customers")
        .post("/api/v1/customers/{id}/merge", merge::api, "Merge another customer into this one")
        .get("/api/v1/customers/{id}/merges", merge::api_list, "Who became part of a customer, newest first")
        .post("/api/v1/customer-merges/{id}/undo", merge::api_take_back, "Take a merge back")
        .get(
            "/api/v1/customer-duplicates",
            duplicate::api_list,
            "Pairs of customers who may be one, the likeliest first",
        )
        .post("/api/v1/customer-duplicates/look", duplicate::api_look, "Look through all customers for such pairs")
        .post("/api/v1/customer-duplicates/{id}/dismiss", duplicate::api_apart, "Say that a pair is two customers")
        .post("/api/v1/customers/{id}/tags", tag::api_give, "Set the tags of a customer")
        .get(
            "/api/v1/customers/{id}/consents",
            consent::api_list,
            "What may be sent to a customer, by channel and purpose",
        )
        .post("/api/v1/customers/{id}/consents", consent::api_say, "Write down what a customer wants no more, or again")
        .get(
            "/api/v1/customers/{id}/consents/history",
            consent::api_history,
            "What a customer said about it, newest first",
        )
        .get("/api/v1/customers/{id}/preferences", preference::api, "What a customer prefers")
        .patch("/api/v1/customers/{id}/preferences", preference::api_change, "Write down what a customer prefers")
        .get("/api/v1/customers/{id}/relations", relation::api_list, "With whom a customer is connected")
        .post("/api/v1/customers/{id}/relations", relation::api_add, "Connect a customer with another")
        .delete("/api/v1/customer-relations/{id}", relation::api_remove, "Disconnect two customers")
        .get("/api/v1/custom-fields", custom::api_list, "The company's own fields of a customer")
        .post("/api/v1/custom-fields", custom::api_create, "Add a field")
        .patch("/api/v1/custom-fields/{id}", custom::api_change, "Change a field")
        .delete("/api/v1/custom-fields/{id}", custom::api_remove, "Delete a field and what stands in it")
        .get("/api/v1/customer-views", view::api_list, "Saved views of the list: one's own and the shared")
        .post("/api/v1/customer-views", view::api_create, "Save filters of the list under a name")
        .patch("/api/v1/customer-views/{id}", view::api_change, "Rename, filter or share a view")
        .delete("/api/v1/customer-views/{id}", view::api_remove, "Delete a view")
        .get("/api/v1/tags", tag::api_list, "The company's tags")
        .post("/api/v1/tags", tag::api_create, "Add a tag")
        .patch("/api/v1/tags/{id}", tag::api_change, "Rename or colour a tag")
        .delete("/api/v1/tags/{id}", tag::api_remove, "Delete a tag and take it off everybody")
        .get("/api/v1/customers/{id}/contacts", contact::api_list, "The contacts of a customer")
        .post("/api/v1/customers/{id}/contacts", contact::api_create, "Add a contact")
        .patch("/api/v1/contacts/{id}", contact::api_change, "Change a contact")
        .delete("/api/v1/contacts/{id}", contact::api_delete, "Remove a contact")
        .get("/api/v1/customers/{id}/locations", location::api_list, "The service locations of a customer")
        .post("/api/v1/customers/{id}/locations", location::api_create, "Add a service location")
        .patch("/api/v1/locations/{id}", location::api_change, "Change a service location")
        .get("/api/v1/customers/{id}/equipment", equipment::api_list, "What a customer has installed")
        .post("/api/v1/customers/{id}/equipment", equipment::api_create, "Add a piece of equipment")
        .get("/api/v1/equipment/{id}", equipment::api_one, "One piece of equipment")
        .patch("/api/v1/equipment/{id}", equipment::api_change, "Change a piece of equipment, or take it out")
        .get("/api/v1/customers/{id}/files", file::api_list, "The files of a customer, newest first")
        .post_large("/api/v1/customers/{id}/files", file::api_add, "Add a file to a customer")
        .get("/api/v1/customers/{id}/files/{file}", file::api_one, "One file, without its bytes")
        .patch("/api/v1/customers/{id}/files/{file}", file::api_change, "Say what a file is, or of which location")
        .delete("/api/v1/customers/{id}/files/{file}", file::api_remove, "Remove a file")
        .post("/api/v1/customers/{id}/files/{file}/restore", file::api_restore, "Bring a removed file back")
        .get("/api/v1/customers/{id}/files/{file}/content", file::get, "The bytes of a file")
        .get(
            "/api/v1/customers/{id}/external-ids",
            import::elsewhere::api,
            "By which ids other systems know a customer",
        )
        .post(
            "/api/v1/customers/{id}/external-ids",
            import::link::api_add,
            "Say by which id another system knows a customer",
        )
        .delete("/api/v1/customers/{id}/external-ids/{external}", import::link::api_remove, "Take such an id away")
        .get("/api/v1/customers/{id}/vcard", customer::vcard::get, "A customer and their contacts as vCards")
        .get("/api/v1/customers/{id}/timeline", timeline::api_list, "What happened with a customer, newest first")
        .post("/api/v1/customers/{id}/notes", timeline::api_note, "Write a note")
        .get("/api/v1/customers/{id}/notes/{note}", timeline::api_one, "One note")
        .patch("/api/v1/customers/{id}/notes/{note}", timeline::api_amend, "Change the words of a note of one's own")
        .delete("/api/v1/customers/{id}/notes/{note}", timeline::api_remove, "Remove a note of one's own")
        .post("/api/v1/customers/{id}/notes/{note}/pin", timeline::api_pin, "Pin a note")
        .post("/api/v1/customers/{id}/notes/{note}/unpin", timeline::api_unpin, "Unpin a note")
        .get("/api/v1/customers/{id}/pinned-notes", timeline::api_pinned, "The pinned notes of a customer")
        .get("/customers", customer::browse::page, "List of customers")
        .get("/customers/rows", customer::browse::rows, "More rows of the list")
        .post("/customers/bulk", customer::choose::post, "Do something with the chosen customers")
        .post("/customers/assign", customer::assign::post, "Give the chosen customers to somebody to look after")
        .post("/customers/assign/undo", customer::assign::undo, "Give them back to whom they were with")
        .post("/customers/bulk/undo", customer::choose::undo, "Take back what was done with them")
        .get("/customers/new", customer::form::new, "Form of a new customer")
        .post("/customers/new", customer::form::post, "Add a customer")
        .get("/customers/views", view::page, "One's saved views")
        .get("/customers/views/new", view::new, "Form of a new view")
        .post("/customers/views/new", view::post, "Save filters of the list under a name")
        .post("/customers/views/{id}", view::post_change, "Rename or share a view")
        .post("/customers/views/{id}/delete", view::post_remove, "Delete a view")
        .get("/customers/duplicates", duplicate::page, "Pairs of customers who may be one")
        .post("/customers/duplicates/look", duplicate::post_look, "Look through all customers for such pairs")
        .post("/customers/duplicates/{id}/apart", duplicate::post_apart, "Say that a pair is two customers")
        .get("/customers/{id}/relations/new", relation::new, "Form of a new connection")
        .post("/customers/{id}/relations/new", relation::post, "Connect a customer with another")
        .post("/customers/{id}/relations/{relation}/remove", relation::post_remove, "Disconnect two customers")
        .get("/customers/{id}/merge", merge::page, "Two customers side by side")
        .post("/customers/{id}/merge", merge::post, "Merge two customers")
        .post("/customers/{id}/apart", merge::post_apart, "Say that these are two customers")
        .post("/customers/merges/{id}/undo", merge::post_take_back, "Take a merge back")
        .get("/customers/{id}", customer::show::page, "Page of a customer")
        .get("/customers/{id}/peek", customer::show::peek, "Drawer of a customer")
        .get("/customers/{id}/timeline", timeline::fragment, "Timeline of a customer")
        .post("/customers/{id}/notes", timeline::post_note, "Write a note")
        .get("/customers/{id}/pinned", timeline::pinned_fragment, "Pinned notes of a customer")
        .get("/customers/{id}/notes/{note}/edit", timeline::edit, "Form of a note")
        .post("/customers/{id}/notes/{note}/edit", timeline::post_edit, "Change the words of a note")
        .post("/customers/{id}/notes/{note}/remove", timeline::post_remove, "Remove a note")
        .post("/customers/{id}/notes/{note}/pin", timeline::post_pin, "Pin a note")
        .post("/customers/{id}/notes/{note}/unpin", timeline::post_unpin, "Unpin a note")
        .get("/customers/{id}/edit", customer::form::edit, "Form of a customer")
        .post("/customers/{id}/edit", customer::form::post_edit, "Change a customer")
        .post("/customers/{id}/archive", customer::archive::post, "Archive a customer")
        .post("/customers/{id}/restore", customer::archive::post_restore, "Bring a customer back")
        .get("/customers/{id}/tags", tag::edit, "Form of a customer's tags")
        .post("/customers/{id}/tags", tag::post_give, "Set the tags of a customer")
        .get("/customers/{id}/consent", consent::page, "What a customer wants no more")
        .post("/customers/{id}/consent", consent::post, "Write down what a customer wants no more")
        .get("/customers/{id}/preferences", preference::page, "Form of what a customer prefers")
        .post("/customers/{id}/preferences", preference::post, "Write down what a customer prefers")
        .get("/settings/tags", tag::page, "The company's tags")
        .post("/settings/tags", tag::post, "Add a tag")
        .post("/settings/tags/{id}", tag::post_change, "Rename or colour a tag")
        .post("/settings/tags/{id}/delete", tag::post_remove, "Delete a tag and take it off everybody")
        .get("/settings/fields", custom::page, "The company's own fields of a customer")
        .post("/settings/fields", custom::post, "Add a field")
        .post("/settings/fields/{id}", custom::post_change, "Change a field")
        .post("/settings/fields/{id}/delete", custom::post_remove, "Delete a field and what stands in it")
        .get("/customers/{id}/contacts/new", contact::new, "Form of a new contact")
        .post("/customers/{id}/contacts/new", contact::post, "Add a contact")
        .get("/customers/contacts/{id}/edit", contact::edit, "Form of a contact")
        .post("/customers/contacts/{id}/edit", contact::post_edit, "Change a contact")
        .post("/customers/contacts/{id}/remove", contact::post_remove, "Remove a contact")
        .get("/customers/{id}/locations/new", location::new, "Form of a new location")
        .post("/customers/{id}/locations/new", location::post, "Add a location")
        .get("/customers/locations/{id}/edit", location::edit, "Form of a location")
        .post("/customers/locations/{id}/edit", location::post_edit, "Change a location")
        .get("/customers/{id}/equipment/new", equipment::new, "Form of new equipment")
        .post("/customers/{id}/equipment/new", equipment::post, "Add equipment")
        .get("/customers/equipment/{id}", equipment::page, "Page of a piece of equipment")
        .get("/customers/equipment/{id}/edit", equipment::edit, "Form of a piece of equipment")
        .post("/customers/equipment/{id}/edit", equipment::post_edit, "Change a piece of equipment")
        .get("/customers/{id}/files", file::page, "Files of a customer")
        .post_large("/customers/{id}/files", file::post, "Add files to a customer")
        .get("/customers/{id}/files/{file}", file::get, "The bytes of a file")
        .get("/customers/{id}/files/{file}/edit", file::edit, "Form of a file")
        .post("/customers/{id}/files/{file}/edit", file::post_edit, "Say what a file is")
        .post("/customers/{id}/files/{file}/remove", file::post_remove, "Remove a file")
        .post("/customers/{id}/files/{file}/restore", file::post_restore, "Bring a removed file back")
        .post_large("/api/v1/customer-imports", import::upload::api, "Upload a file of customers")
        .get("/api/v1/customer-imports/{id}", import::show::api, "How far an import is")
        .post("/api/v1/customer-imports/{id}/check", import::check::api, "Find out what an import would do")
        .post("/api/v1/customer-imports/{id}/run", import::check::api_run, "Import the checked file")
        .post("/api/v1/customer-imports/{id}/pause", import::pause::api, "Let a running import rest")
        .post("/api/v1/customer-imports/{id}/resume", import::pause::api_resume, "Let a paused import go on")
        .post("/api/v1/customer-imports/{id}/cancel", import::pause::api_cancel, "End an import where it is")
        .post("/api/v1/customer-imports/{id}/undo", import::undo::api, "Undo what an import did")
        .get("/api/v1/customer-imports/{id}/kept", import::kept::api, "Whom an undoing left as they are, and why")
        .get("/customers/import", import::upload::page, "Import customers")
        .post_large("/customers/import", import::upload::post, "Upload a file of customers")
        .get("/customers/import/{id}", import::show::page, "Page of an import")
        .get("/customers/import/{id}/progress", import::fragment, "How far an import is")
        .post("/customers/import/{id}/check", import::check::post, "Find out what an import would do")
        .post("/customers/import/{id}/run", import::check::post_run, "Import the checked file")
        .post("/customers/import/{id}/pause", import::pause::post, "Let a running import rest")
        .post("/customers/import/{id}/resume", import::pause::post_resume, "Let a paused import go on")
        .post("/customers/import/{id}/cancel", import::pause::post_cancel, "End an import where it is")
        .post("/customers/import/{id}/undo", import::undo::post, "Undo what an import did")
        .get("/customers/import/{id}/errors.csv", import::download, "The refused lines with their reasons")
        .nav::<CustomersRead>(40, "Customers", "/customers", "users", 'c')
        .finder::<CustomersRead>("Customers", customer::palette::find)
        .action::<CustomersWrite>("New customer", "/customers/new", "user-plus", true)
        .action::<CustomersMerge>("Duplicates", "/customers/duplicates", "copy", false)
        .action::<CustomersImport>("Import customers", "/customers/import", "file-up", false)
        .job::<import::ImportLines>()
        .job::<import::UndoImport>()
        .job::<tag::Retag>()
        .job::<custom::Clear>()
        .job::<duplicate::Look>()
        .job::<duplicate::Sweep>()
        .every("customers.sweep_files", 24 * 3600, file::sweep)
        .on_kinds(timeline::subscriber())
        .on_kinds(duplicate::subscriber())
}
