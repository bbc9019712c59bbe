//! Companies and their people: who may come in, with which rights, and what the frame around every page shows.
//!
//! ```text
//! Authenticator::new(desk, secrets, clock)  sessions, API keys, access tokens -> Principal; `furnish` hands a house its keys
//! Registry::new(desk, dsns, secrets) slug, host or id -> Tenant
//! on_start(&house, &dsns, &secrets)  what handlers need later; watches the registry for changes by other processes
//! create_company(&house, …)          a new company with its owner, roles and first API key
//! shell::page(&scope, Frame {…})     the office frame; also phone, public, error_page
//! ```
pub mod account;
pub mod api_key;
mod asker;
mod authenticator;
pub mod chain;
pub mod company;
pub mod files;
mod guard;
pub mod history;
pub mod member;
pub mod onboarding;
pub mod operator;
mod palette;
#[cfg(feature = "passkeys")]
pub mod passkey;
#[cfg(not(feature = "passkeys"))]
#[path = "passkey_off.rs"]
mod passkey;
mod password;
pub mod permissions;
mod registry;
pub mod role;
mod seal;
pub mod second_factor;
mod secret;
pub mod service_account;
pub mod session;
pub mod settings;
pub mod shell;
pub mod sign_in;
pub mod support;
pub mod team;
pub mod token;

pub use authenticator::Authenticator;
pub use company::{Company, NewCompany, create_company, on_start};
pub use member::MemberId;
pub use permissions::*;
pub use registry::Registry;
pub use seal::{Seal, derived, must_be_tag, tag};

use kernel::Module;

/// Everything the house offers before any trade begins.
pub fn module() -> Module {
    passkey::routes(Module::new("tenancy"))
        .nav::<SettingsRead>(900, "Settings", "/settings", "settings", 's')
        .action::<MembersWrite>("Add somebody", "/settings/people/new", "user-plus", false)
        .action::<MembersRead>("People", "/settings/people", "users", false)
        .action::<ApiKeysManage>("API keys", "/settings/api-keys", "key-round", false)
        .action::<ApiKeysManage>("Service accounts", "/settings/service-accounts", "users", false)
        .action::<AccountOwn>("Change your password", "/account", "key", false)
        .merge(shell::routes())
        .get("/brand.css", shell::styles, "The company's colours")
        .get("/brand/logo", files::logo, "The company's logo")
        .get("/manifest.webmanifest", shell::manifest, "Name and icon as an app")
        .get("/palette", palette::palette, "Find anything, do anything")
        .get("/files/{id}", files::get, "A photo or other file")
        .get("/.well-known/jwks.json", token::jwks, "The public keys of access tokens")
        .post("/api/v1/auth/token", token::issue, "A password for a pair of tokens")
        .post("/api/v1/auth/refresh", token::refresh, "A refresh token for a new pair")
        .post("/api/v1/auth/revoke", token::revoke, "End a refresh token and its family")
        .get("/sign-in", sign_in::page, "Sign in")
        .post("/sign-in", sign_in::post, "Sign in")
        .get("/sign-in/second", sign_in::second_page, "The second step of signing in")
        .post("/sign-in/second", sign_in::second_post, "The second step of signing in")
        .post("/sign-out", sign_in::sign_out, "Sign out")
        .get("/welcome", sign_in::welcome_page, "Take up an invitation")
        .post("/welcome", sign_in::welcome_post, "Take up an invitation")
        .get("/forgot", sign_in::forgot_page, "A lost password")
        .post("/forgot", sign_in::forgot_post, "Send a link for a new password")
        .job::<sign_in::SendReset>()
        .get("/reset", sign_in::reset_page, "Choose a new password, by a letter's link")
        .post("/reset", sign_in::reset_post, "Choose a new password, by a letter's link")
        .get("/confirm", sign_in::confirm_page, "Confirm an address, by a letter's link")
        .post("/confirm", sign_in::confirm_post, "Confirm an address, by a letter's link")
        .on_kinds(account::companies::subscriber())
        .get("/account", account::page, "One's own account")
        .post("/account/password", account::change_password, "Change one's password")
        .post("/account/email", account::change_email, "Change one's address")
        .post("/account/email/confirm", account::send_proof, "Send a letter that proves one's address")
        .post("/account/places/{id}/end", account::end_place, "Sign out at one place")
        .post("/account/elsewhere", account::end_others, "Sign out everywhere else")
        .get("/account/second-step", second_factor::page, "One's second step")
        .post("/account/second-step/begin", second_factor::begin, "Draw a secret for an authenticator")
        .post("/account/second-step/confirm", second_factor::confirm, "Turn the second step on")
        .post("/account/second-step/codes", second_factor::new_codes, "New recovery codes")
        .post("/account/second-step/off", second_factor::off, "Turn the second step off")
        .get("/api/v1/account", account::account_api, "Oneself")
        .post("/api/v1/account/password", account::change_password_api, "Change one's password")
        .get("/api/v1/account/second-step", second_factor::api, "How one's second step stands")
        .post("/api/v1/account/second-step", second_factor::begin_api, "Draw a secret for an authenticator")
        .post("/api/v1/account/second-step/confirm", second_factor::confirm_api, "Turn the second step on")
        .post("/api/v1/account/second-step/codes", second_factor::new_codes_api, "New recovery codes")
        .post("/api/v1/account/second-step/off", second_factor::off_api, "Turn the second step off")
        .get("/api/v1/account/sessions", account::places_api, "Where one is signed in")
        .delete("/api/v1/account/sessions/{id}", account::end_place_api, "Sign out at one place")
        .get("/api/v1/members", member::list_api, "Who works here")
        .post("/api/v1/members", member::add_api, "Add somebody")
        .get("/api/v1/members/{id}", member::get_api, "One person")
        .patch("/api/v1/members/{id}", member::change_api, "Change name, phone or role")
        .post("/api/v1/members/{id}/deactivate", member::deactivate_api, "End somebody's access")
        .post("/api/v1/members/{id}/reactivate", member::reactivate_api, "Give access back")
        .post("/api/v1/members/{id}/invite", member::invite_api, "A new link to choose a password")
        .post(
            "/api/v1/members/{id}/remove-second-factor",
            second_factor::remove_api,
            "Let somebody in by password alone",
        )
        .post(
            "/settings/people/{id}/second-step/remove",
            second_factor::remove_post,
            "Let somebody in by password alone",
        )
        .get("/settings/people", member::list_page, "People")
        .get("/settings/people/new", member::add_page, "Add somebody")
        .post("/settings/people/new", member::add_post, "Add somebody")
        .get("/settings/people/{id}", member::edit_page, "One person")
        .post("/settings/people/{id}", member::edit_post, "Change name, phone or role")
        .post("/settings/people/{id}/invite", member::invite_post, "A new link to choose a password")
        .post("/settings/people/{id}/deactivate", member::deactivate_post, "End somebody's access")
        .post("/settings/people/{id}/reactivate", member::reactivate_post, "Give access back")
        .get("/settings/roles", role::list_page, "What each role may do")
        .post("/settings/roles", role::new_post, "Make a role as a copy of another")
        .get("/settings/roles/{id}", role::page, "What one role may do, as a matrix")
        .post("/settings/roles/{id}", role::change_post, "Change what a role may do")
        .post("/settings/roles/{id}/delete", role::remove_post, "Delete a role that nobody has")
        .get("/api/v1/roles", role::list_api, "Roles, what they may do and whose records they see")
        .post("/api/v1/roles", role::create_api, "Make a role as a copy of another")
        .get("/api/v1/roles/{id}", role::get_api, "One role")
        .patch("/api/v1/roles/{id}", role::change_api, "Change a role's name, rights or reach")
        .delete("/api/v1/roles/{id}", role::remove_api, "Delete a role that nobody has")
        .get("/api/v1/teams", team::list_api, "Teams")
        .post("/api/v1/teams", team::create_api, "Add a team")
        .patch("/api/v1/teams/{id}", team::change_api, "Rename a team")
        .delete("/api/v1/teams/{id}", team::remove_api, "Delete a team; its people stay")
        .get("/settings/teams", team::list_page, "Teams")
        .post("/settings/teams", team::new_post, "Add a team")
        .post("/settings/teams/{id}", team::change_post, "Rename a team")
        .post("/settings/teams/{id}/delete", team::remove_post, "Delete a team")
        .get("/api/v1/api-keys", api_key::list_api, "API keys")
        .post("/api/v1/api-keys", api_key::create_api, "Make an API key")
        .get("/api/v1/api-keys/{id}", api_key::get_api, "One API key")
        .post("/api/v1/api-keys/{id}/rotate", api_key::rotate_api, "A new key in the place of an old one")
        .post("/api/v1/api-keys/{id}/revoke", api_key::revoke_api, "End an API key")
        .get("/settings/api-keys", api_key::page, "API keys")
        .post("/settings/api-keys", api_key::post, "Make an API key")
        .post("/settings/api-keys/{id}/rotate", api_key::rotate_post, "A new key in the place of an old one")
        .post("/settings/api-keys/{id}/revoke", api_key::revoke_post, "End an API key")
        .get("/api/v1/service-accounts", service_account::list_api, "Accounts of programs")
        .post("/api/v1/service-accounts", service_account::create_api, "Add an account for a program")
        .get("/api/v1/service-accounts/{id}", service_account::get_api, "One account of a program")
        .patch("/api/v1/service-accounts/{id}", service_account::change_api, "Change its name or role")
        .post(
            "/api/v1/service-accounts/{id}/deactivate",
            service_account::deactivate_api,
            "End its access, with all its keys",
        )
        .post("/api/v1/service-accounts/{id}/reactivate", service_account::reactivate_api, "Give access back")
        .get("/settings/service-accounts", service_account::list_page, "Accounts of programs")
        .post("/settings/service-accounts", service_account::new_post, "Add an account for a program")
        .get("/settings/service-accounts/{id}", service_account::edit_page, "One account of a program")
        .post("/settings/service-accounts/{id}", service_account::edit_post, "Change its name or role")
        .post(
            "/settings/service-accounts/{id}/deactivate",
            service_account::deactivate_post,
            "End its access, with all its keys",
        )
        .post("/settings/service-accounts/{id}/reactivate", service_account::reactivate_post, "Give access back")
        .get("/start", onboarding::start, "The first page at the base domain")
        .post("/start", onboarding::start_post, "The way to one's company, by its address or one's own")
        .get("/onboarding", onboarding::page, "Sign up")
        .get("/onboarding/address", onboarding::free, "Is an address free, and which are near it")
        .get("/onboarding/progress", onboarding::progress, "How the setting up goes")
        .post("/onboarding/company", onboarding::company_post, "Which company")
        .post("/onboarding/you", onboarding::you_post, "Who the owner is")
        .post("/onboarding/address", onboarding::address_post, "Which address")
        .post("/onboarding/plan", onboarding::plan_post, "Which plan; sets the company up")
        .post("/onboarding/key", onboarding::show_key, "The first API key and the way in, shown once")
        .post("/onboarding/again", onboarding::again, "Set up once more")
        .duty("sign-ups", onboarding::duty)
        .duty("signing keys", token::duty)
        .get("/settings", settings::index_page, "Settings")
        .get("/api/v1/company", settings::company_api, "The company's settings")
        .patch("/api/v1/company", settings::change_api, "Change the company's settings")
        .get("/settings/company", settings::company_page, "The company's settings")
        .post("/settings/company", settings::company_post, "Change the company's settings")
        .post("/settings/company/logo", settings::logo_post, "Set the logo")
        .post("/settings/company/logo/remove", settings::logo_remove, "Remove the logo")
        .get("/settings/plan", settings::plan_page, "Plan and use")
        .get("/api/v1/audit", settings::audit_api, "Who did what")
        .get("/settings/audit", settings::audit_page, "Who did what")
        .post(
            "/api/v1/audit/export",
            settings::audit_export_api,
            "Who did what between two days, as CSV, the archive included",
        )
        .get("/settings/audit/export", settings::audit_export_page, "Take along who did what, the archive included")
        .post("/settings/audit/export", settings::audit_export_post, "Take along who did what, the archive included")
        .get("/api/v1/history/{id}", history::list_api, "The changes of a record, before and after")
        .post("/api/v1/history/{id}/put-back", history::put_back_api, "Put a field back as it was before a change")
        .get("/history/{id}", history::page, "The history of a record, and how it was at a moment")
        .post("/history/{id}/put-back", history::put_back_post, "Put a field back as it was before a change")
        .panel::<AuditRead>("customer.rail", 950, history::card)
        .panel::<AuditRead>("appointment.panel", 950, history::card)
        .panel::<AuditRead>("work_order.rail", 950, history::card)
        .duty("audit-seals", chain::keep)
        .every("tenancy.archive_audit", 24 * 3600, chain::archive::run)
        .get(
            "/api/v1/support-access",
            support::rules_api,
            "What the company says about visits of Tradewind's operators",
        )
        .patch(
            "/api/v1/support-access",
            support::change_rules_api,
            "Ask first, or let visits change things until a day",
        )
        .get("/api/v1/support-visits", support::list_api, "Visits of Tradewind's operators, newest first")
        .get("/api/v1/support-visits/{id}", support::show_api, "One visit with what was looked at")
        .post("/api/v1/support-visits/{id}/agree", support::agree_api, "Let somebody look in who asked")
        .post("/api/v1/support-visits/{id}/refuse", support::refuse_api, "Keep somebody out who asked")
        .post("/api/v1/support-visits/{id}/end", support::end_api, "End a visit at once")
        .post("/api/v1/support-visits/{id}/writing", support::writing_api, "Let a visit change things, or no longer")
        .get("/settings/support", support::page, "Support access")
        .post("/settings/support", support::rules_post, "Ask first, or let visits change things until a day")
        .get("/settings/support/{id}", support::show_page, "One visit with what was looked at")
        .post("/settings/support/{id}/agree", support::agree_post, "Let somebody look in who asked")
        .post("/settings/support/{id}/refuse", support::refuse_post, "Keep somebody out who asked")
        .post("/settings/support/{id}/end", support::end_post, "End a visit at once")
        .post("/settings/support/{id}/writing", support::writing_post, "Let a visit change things, or no longer")
        .get("/support/enter", support::enter_page, "The way in of an operator's visit")
        .post("/support/enter", support::enter_post, "Begin an operator's visit")
        .get("/support/over", support::over, "The visit is over")
        .post("/support/leave", support::leave, "Leave a company that one looked into")
        .get("/operator/sign-in", operator::sign_in_page, "Sign in as one of those who run the house")
        .post("/operator/sign-in", operator::sign_in_post, "Sign in as one of those who run the house")
        .post("/operator/sign-out", operator::sign_out, "Sign out")
        .get("/operator/setup", operator::setup_page, "Choose a password and take the second step, by a link")
        .post("/operator/setup", operator::setup_post, "Choose a password and take the second step, by a link")
        .get("/operator", operator::companies_page, "All companies")
        .get("/operator/companies/{id}", operator::company_page, "One company as the registry knows it")
        .post("/operator/companies/{id}/visits", operator::visit_post, "Ask to look into a company")
        .get("/operator/visits", operator::visits_page, "One's own visits")
        .get("/operator/visits/{id}", operator::visit_page, "One visit")
        .post("/operator/visits/{id}/enter", operator::enter_post, "A ticket for the company's address")
        .post("/operator/visits/{id}/end", operator::end_post, "End one's own visit")
}
