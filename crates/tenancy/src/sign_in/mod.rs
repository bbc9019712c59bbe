//! In and out: with a password, with a link that works once, and out again.
pub(crate) mod confirm;
pub(crate) mod enter;
mod forgot;
pub(crate) mod mail_link;
pub(crate) mod page;
mod reset;
pub(crate) mod second;
mod welcome;

use kernel::{Result, Role, Visitor, row, sql};

use crate::{
    MemberId,
    guard::{Guard, Limit},
    member::email_key,
    password,
    session::device::{self, DeviceId},
};

pub use confirm::{EmailChanged, EmailVerified, page as confirm_page, post as confirm_post};
pub use forgot::{SendReset, page as forgot_page, post as forgot_post};
pub use page::{page, post, sign_out};
pub use reset::{PasswordReset, page as reset_page, post as reset_post};
pub use second::{page as second_page, post as second_post};
pub use welcome::{page as welcome_page, post as welcome_post};

row! {
    pub struct Known {
        pub id: MemberId,
        pub name: String,
        pub role: String,
        password_hash: Option<String>,
    }
}

sql! {
    fn by_email(email_key: String) -> Option<Known> = "
        select id, name, role, password_hash from member where tenant_id = $1 and email_key = $2 and active";
}

/// Who this is, if the password is theirs. The same answer at the same cost whether the account exists or not. Who is
/// wrong too often waits, by account and address, by account, by company and by address; in a browser that the account's
/// owner has used, what strangers do elsewhere does not count.
pub async fn verified(visitor: &Visitor, email: &str, given: String) -> Result<Option<Known>> {
    let key = email_key(email);
    let now = visitor.now();
    let guard = Guard::of(visitor.house())?;
    let device = match visitor.has_cookie_like(device::COOKIES) {
        true => known_device(visitor, key.clone()).await?,
        false => None,
    };
    let attempt = match device {
        Some(device) => guard.attempt(now, &[(Limit::Device, &device.to_string())])?,
        None => {
            visitor.house().limits().careful("sign-in", &visitor.peer)?;
            let tenant = visitor.tenant().id;
            let (account, both) = (format!("{tenant}:{key}"), format!("{tenant}:{}:{key}", visitor.peer));
            let keys = [
                (Limit::AccountFromAddress, both.as_str()),
                (Limit::Account, account.as_str()),
                (Limit::Company, &tenant.to_string()),
            ];
            guard.attempt(now, &keys)?
        }
    };
    let found = visitor.read(by_email(key)).await?.filter(|known| known.role != Role::Customer.as_str());
    let kept = found.as_ref().and_then(|known| known.password_hash.clone());
    if !password::matches(given, kept).await? {
        return Ok(None);
    }
    attempt.succeeded();
    Ok(found)
}

/// The browser that asks, if the account's owner has signed in there.
async fn known_device(visitor: &Visitor, key: String) -> Result<Option<DeviceId>> {
    let Some(known) = visitor.read(by_email(key)).await? else { return Ok(None) };
    let Some(hash) = device::of(visitor, known.id) else { return Ok(None) };
    Ok(visitor.read(device::known(known.id, hash, visitor.now())).await?.map(|device| device.id))
}

/// Where to go after signing in: a path of our own, or the first page.
pub fn own_path(next: Option<&str>) -> String {
    let plain = |path: &str| {
        path.starts_with('/')
            && !path.starts_with("//")
            && path.len() <= 300
            && path.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.?=&".contains(c))
            && !path.starts_with("/sign-")
    };
    next.filter(|path| plain(path)).unwrap_or("/").to_owned()
}

#[test]
fn only_a_path_of_our_own_follows_a_sign_in() {
    for good in ["/", "/customers/7", "/board?date=2026-11-21&view=week"] {
        assert_eq!(own_path(Some(good)), good);
    }
    for bad in [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "/sign-out",
        "/a b",
        "/%0d%0a",
    ] {
        assert_eq!(own_path(Some(bad)), "/", "{bad}");
    }
}
